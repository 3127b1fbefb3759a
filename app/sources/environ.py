"""Layers from environment variables: one each, the shallowest key first."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.layers import Layer, Path
from app.schema import legacy
from app.schema.shape import Shape
from app.sources.merge import is_token
from app.sources.options import Options
from app.sources.shorthand import leaves, parts_of, url_paths, value_at

LEGACY: Mapping[str, Path] = legacy.LEGACY
"""Variables of older deployments that still work, lowest among the variables, where the model knows their key."""

RESERVED = frozenset({"ASSAY_DIGEST_KEY", "ASSAY_TARGET_PASSWORD", "ASSAY_REQUIRE_BROWSER"})
"""Variables that speak to Assay itself and are never settings."""


def variable_layers(options: Options, environ: Mapping[str, str], shape: Shape | None) -> list[Layer]:
    """What variables say, lowest first: legacy names, then `DYNACONF_*`, then the project's own prefixes.

    Source: `dynaconf.loaders.env_loader`.
    """
    layers = list(_legacy(environ, shape)) if shape else []
    for prefix in _prefixes(options):
        names = [
            name for name in environ if name.startswith(prefix) and len(name) > len(prefix) and name not in RESERVED
        ]
        for name in sorted(names, key=lambda name: _depth(name[len(prefix) :], options)):
            layers.append(_layer(name, name[len(prefix) :], environ[name], options, shape))
    return layers


def variable_name(path: Path, options: Options) -> str | None:
    """The variable that would set a key; None where none can."""
    prefixes = options.prefixes
    if prefixes is None or not options.nested_separator or any(isinstance(part, int) for part in path):
        return None
    return f"{prefixes[-1]}_{options.nested_separator.join(str(part).upper() for part in path)}"


def _prefixes(options: Options) -> list[str]:
    own = options.prefixes
    if own is None:
        return ["DYNACONF_", ""]
    return list(dict.fromkeys(("DYNACONF_", *(f"{prefix}_" for prefix in own))))


def _depth(key: str, options: Options) -> int:
    return key.count(options.nested_separator) if options.nested_separator else 0


def _legacy(environ: Mapping[str, str], shape: Shape) -> Iterator[Layer]:
    for name, path in LEGACY.items():
        if name in environ and shape.at(path):
            yield _modelled(name, path, environ[name], shape)


def _layer(name: str, key: str, text: str, options: Options, shape: Shape | None) -> Layer:
    separator = options.nested_separator
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
    if path in set(url_paths(shape)) and (parts := parts_of(text)):
        above = path[:-1]
        stated = {".".join(map(str, (*above, *part))): value_at(parts, part) for part in leaves(parts)}
        return Layer(kind="variable", name=name, values=stated, literal=True)
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
        except ValueError:
            return text, False  # TOML's arrays and inline tables are read by Dynaconf
    if kind == "list":
        return [item.strip() for item in text.split(",") if item.strip()], True
    return text, False
