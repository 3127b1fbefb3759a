"""Layers from environment variables: one each, the shallowest key first."""

import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from app.core import limits
from app.core.errors import ArgumentError
from app.core.layers import Layer, Origin, Path, Span, fold
from app.core.legible import legible
from app.merging.isolated_settings import is_token
from app.modelling import legacy
from app.modelling.shape import Shape
from app.options import Options
from app.sources.overrides import SUFFIX
from app.sources.selection import switcher
from app.sources.shorthand import leaves, parts_of, url_paths, value_at

if TYPE_CHECKING:
    from app.sources.dotenv import Dotenv, DotenvVariable

LEGACY: Mapping[str, Path] = legacy.LEGACY
"""Variables of older deployments that still work, lowest among the variables, where the model knows their key."""

DIGEST_KEY = "ASSAY_DIGEST_KEY"
"""The variable that holds what digests of secrets are made with."""

_SETTING = "ASSAY_HISTORY__DIGEST_KEY"
"""The one that sets the service's setting, wherever a stranger's project is diagnosed."""

NOWHERE: Mapping[str, Origin] = MappingProxyType({})
"""The places of variables that no deployment gives."""

_OF_CLIENTS = ("SERVICE_URLS", "SERVICE_TOKEN", "PROJECT", "LAST_GOOD", "INSTANCE", "TIMEOUT")
_UNTYPABLE = re.compile(r"""[\s="'`$\\]""")
"""What no shell and no file of variables takes in a name."""
RESERVED = frozenset(
    {DIGEST_KEY, "ASSAY_TARGET_PASSWORD", "ASSAY_REQUIRE_BROWSER", *(f"ASSAY_{name}" for name in _OF_CLIENTS)}
)
"""Variables that speak to Assay itself, or to its client in an application, and are never settings."""


def key_of(environ: Mapping[str, str]) -> bytes | None:
    """What digests of secrets are made with in a process of these variables; None where they say nothing.

    Raises:
        ArgumentError: what they say is too short for a key.
    """
    text = environ.get(DIGEST_KEY, "")
    if text and usable_key(text) is None:
        message = (
            f"{DIGEST_KEY} is shorter than {limits.DIGEST_KEY_LENGTH} characters: a digest under it could be guessed."
        )
        fix = "Take a long random text: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
        raise ArgumentError(message, fix=fix)
    return usable_key(text) or usable_key(environ.get(_SETTING, ""))


def usable_key(text: str) -> bytes | None:
    """The text as a key of digests; None where it is too short for one."""
    return text.encode("utf-8", "surrogateescape") if len(text) >= limits.DIGEST_KEY_LENGTH else None


def variable_layers(
    options: Options,
    environ: Mapping[str, str],
    shape: Shape | None,
    dotenv: "Dotenv | None" = None,
    places: Mapping[str, Origin] = NOWHERE,
) -> list[Layer]:
    """What variables say, lowest first: legacy names, then `DYNACONF_*`, then the project's own prefixes.

    Under each prefix the shallowest key comes first, and of equally deep ones those of `.env` last: it is loaded into
    a process that has the others; a real variable of the same name hides them. `places` are those of variables that a
    deployment gives.

    Source: `dynaconf.loaders.env_loader`.
    """
    file = dotenv.counting(environ) if dotenv else {}
    texts = dotenv.over(environ) if dotenv else environ
    layers = list(_legacy(texts, shape)) if shape else []
    for prefix in _prefixes(options):
        named = _named(prefix, texts)
        if len(named) > limits.VARIABLES.figure:
            continue
        names = [name for name in named if _breach(name, prefix, options) is None]
        for name in sorted(names, key=lambda name: (_depth(name[len(prefix) :], options), name in file)):
            layers.append(_layer(name, name[len(prefix) :], texts[name], options, shape))
    return [_in_deployment(_in_file(layer, file), places) for layer in layers]


def taken(options: Options, environ: Mapping[str, str]) -> Mapping[str, str]:
    """The variables that a project of these options may take for values, or for options of Dynaconf's.

    What only a reference names, or code asks for, is not among them.
    """
    named = {name for prefix in _prefixes(options) for name in _named(prefix, environ)}
    return {
        name: text
        for name, text in environ.items()
        if name in named or name.endswith(SUFFIX) or name == switcher(options)
    }


def beyond(options: Options, texts: Mapping[str, str]) -> Iterator[tuple[str, limits.Limit]]:
    """The variables that go beyond a limit and are left out, each with the limit; too many of a prefix as one."""
    for prefix in _prefixes(options):
        names = _named(prefix, texts)
        if len(names) > limits.VARIABLES.figure:
            yield f"{prefix}*", limits.VARIABLES
            continue
        yield from ((name, limit) for name in names if (limit := _breach(name, prefix, options)))


def _named(prefix: str, texts: Mapping[str, str]) -> list[str]:
    return [name for name in texts if name.startswith(prefix) and len(name) > len(prefix) and name not in RESERVED]


def _breach(name: str, prefix: str, options: Options) -> limits.Limit | None:
    """The limit that a variable's name goes beyond."""
    if len(name) > limits.KEY.figure:
        return limits.KEY
    key = name[len(prefix) :]
    parts = max(_depth(key, options), key.count(".") + key.count("[")) + 1
    return limits.DEPTH if parts > limits.DEPTH.figure else None


def _in_file(layer: Layer, file: Mapping[str, "DotenvVariable"]) -> Layer:
    """The layer of a variable, placed in `.env` where it stands there."""
    found = file.get(layer.name or "")
    if found is None:
        return layer
    span = Span(line=found.line, column=1, end_line=found.line, end_column=1)
    return replace(layer, kind="dotenv", file=found.file, locate=lambda _: span)


def _in_deployment(layer: Layer, places: Mapping[str, Origin]) -> Layer:
    """The layer of a variable, placed in the manifest where it stands there."""
    found = places.get(layer.name or "")
    if found is None or layer.kind != "variable":
        return layer
    return replace(layer, kind=found.kind, file=found.file, via=found.via, locate=lambda _: found.span)


def path_of(name: str, options: Options) -> Path | None:
    """The key that a variable sets, in lower case; None for one without a prefix of the project."""
    prefix = next((one for one in reversed(_prefixes(options)) if name.startswith(one) and len(name) > len(one)), None)
    if prefix is None or name in RESERVED:
        return None
    key = name[len(prefix) :].lower()
    return tuple(key.split(options.separator)) if options.separator else (key,)


def variable_name(path: Path, options: Options) -> str | None:
    """The variable that would set a key; None where none can."""
    prefixes = options.prefixes
    if prefixes is None or not options.separator or any(isinstance(part, int) for part in path):
        return None
    if any(legible(str(part)) != part for part in path):  # nobody could type it, and with line ends it would be no line
        return None
    name = f"{prefixes[-1]}_{options.separator.join(str(part).upper() for part in path)}"
    return None if _UNTYPABLE.search(name) else name


def _prefixes(options: Options) -> list[str]:
    own = options.prefixes
    if options.envvar_prefix is None:
        return []
    if own is None:
        return ["DYNACONF_", ""]
    ordered = ("DYNACONF_", *(f"{prefix}_" for prefix in own))
    return list(dict.fromkeys(reversed(ordered)))[::-1]  # one that is named again counts where it is named last


def _depth(key: str, options: Options) -> int:
    return key.count(options.separator) if options.separator else 0


def _legacy(environ: Mapping[str, str], shape: Shape) -> Iterator[Layer]:
    for name, path in LEGACY.items():
        if name in environ and shape.at(path):
            yield _modelled(name, path, environ[name], shape)


def _layer(name: str, key: str, text: str, options: Options, shape: Shape | None) -> Layer:
    separator = options.separator
    parts = tuple(key.split(separator)) if separator else (key,)
    if shape and shape.at(parts):
        return _modelled(name, _spelled(parts, shape), text, shape)
    return Layer(kind="variable", name=name, values={key: text})


def _spelled(parts: tuple[str, ...], shape: Shape) -> Path:
    """The path in the model's own spelling."""
    path: Path = ()
    for part in parts:
        here = shape.at(path)
        path = (*path, (here.spelled(part) if here else None) or part)
    return path


def _modelled(name: str, path: Path, text: str, shape: Shape) -> Layer:
    """A variable whose key the model knows: texts stay texts, lists may have commas, URLs are taken apart."""
    field = shape.at(path)
    key = ".".join(str(part) for part in path)
    if path in set(url_paths(shape)) and (parts := parts_of(text)) is not None:
        above = path[:-1]
        stated = {".".join(map(str, (*above, *part))): value_at(parts, part) for part in leaves(parts)}
        return Layer(kind="variable", name=name, values=stated, literal=True, urls=frozenset({fold(path)}))
    value, literal = _read(text, field.kind if field else "other")
    return Layer(kind="variable", name=name, values={key: value}, literal=literal)


def _read(text: str, kind: str) -> tuple[Any, bool]:
    """The value for a field of that kind, and whether it is final."""
    if is_token(text):
        return text, False
    if kind == "text":
        return text, True
    stripped = text.strip()
    if stripped[:1] in {"[", "{"}:
        try:
            return json.loads(stripped), True
        except (ValueError, RecursionError):
            return text, False  # TOML's arrays and inline tables are read by Dynaconf
    if kind == "list":
        return [item.strip() for item in text.split(",") if item.strip()], True
    return text, False
