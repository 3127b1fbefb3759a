"""The merge engine: layers in, effective leaves out. Dynaconf decides every value; nothing else imports it.

Dynaconf 3.3.5 is used without its loaders and its globals. What only tables, lists and scalars say is folded with
its `object_merge` under the rule of `Settings.set`; what holds markers, tokens or dotted keys is replayed through an
isolated `Settings`. Values carry tags through both (tags.py), so each comes out with its origin.
"""

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # stock warns about variables of the process, which are none of our business
    from dynaconf.base import UPPER_DEFAULT_SETTINGS, DynaconfCore, Settings
    from dynaconf.loaders.base import SourceMetadata
    from dynaconf.nodes import DataDict
    from dynaconf.utils import object_merge, upperfy
    from dynaconf.utils.functional import empty
    from dynaconf.utils.parse_conf import (
        DynaconfFormatError,
        DynaconfParseError,
        Lazy,
        MetaValue,
        _get_formatter,
        apply_converter,
        boolean_fix,
        converters,
        parse_conf_data,
    )

from app.layers import Layer, Path, fold
from app.sources.lazy import Formatter, UnresolvedError
from app.sources.tags import MARKERS, Tagged, bare, tag, tag_all

INTERNAL_KEYS = frozenset(UPPER_DEFAULT_SETTINGS) | {"SETTINGS_MODULE"}
"""Top-level keys that would reconfigure Dynaconf in mid-load; they never reach the merge."""

_FAILURES = (
    UnresolvedError,
    DynaconfFormatError,
    DynaconfParseError,
    AttributeError,
    IndexError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
)
_LAZY_TOKENS = ("@format", "@get", "@jinja", "@read_file")
_SAFE_CASTS = frozenset(converters) - {"@format", "@jinja", "@get", "@read_file", "@reset", "@del", "@merge",
                                       "@merge_unique", "@insert", "@empty"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeOptions:
    """Dynaconf's options that decide values, and Assay's one of its own (`lists`)."""

    merge_enabled: bool = False
    nested_separator: str = "__"
    ignore_unknown_envvars: bool = False
    lists: Literal["dynaconf", "replace"] = "dynaconf"
    environment: str = "development"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """One effective leaf: its path in the result, and the layer (by number) and source path that won, if any."""

    path: Path
    value: Any
    layer: int | None
    source: Path
    state: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One leaf that a layer (by number) states, whether it wins or not: its path in the result's space, and its own."""

    layer: int
    path: Path
    source: Path
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One top-level statement of one layer, as `Settings.set` takes it, and the key in the layer's own spelling."""

    number: int
    layer: Layer
    key: str
    spelled: str
    value: Any
    plain: bool


class _Lazy(Lazy):  # type: ignore[misc]  # Dynaconf ships no types
    """A lazy value that knows its place, reads no global, and never raises."""

    def __init__(self, lazy: Lazy, said: Tagged, environ: Mapping[str, str]) -> None:
        super().__init__(lazy.value, formatter=lazy.formatter, casting=lazy.casting)
        self.said, self.environ = said, environ

    def __call__(self, settings: "_Replay", _validator: object = None) -> Any:
        token = str(self.formatter.token)
        if token not in {"format", "get"} or isinstance(self.value, Lazy):
            return self.said.turned(self.said.value, state="opaque", reason=f"@{token} is not run here")
        try:
            value = settings.format(self.value, self.environ) if token == "format" else settings.fetch(self.value)
            value = self.casting(value) if self.casting else value
        except _FAILURES as error:
            return self.said.turned(None, state="unresolved", reason=_reason(error))
        return tag_all(value, self.said.layer, self.said.path)


class _Replay(Settings):  # type: ignore[misc]  # Dynaconf ships no types
    """Dynaconf's own settings object without loaders, files, validators and the process's environment."""

    def __init__(self, options: MergeOptions, environ: Mapping[str, str]) -> None:
        core = DynaconfCore("assay", box_settings=self)
        core.config.defaults = {}
        self.__core__ = core
        self._kwargs = {"environ": environ, "options": options, "flag": None, "failures": []}
        defaults = {
            "MERGE_ENABLED_FOR_DYNACONF": options.merge_enabled,
            "NESTED_SEPARATOR_FOR_DYNACONF": options.nested_separator or False,
            "INDEX_SEPARATOR_FOR_DYNACONF": None,
            "DOTTED_LOOKUP_FOR_DYNACONF": True,
            "AUTO_CAST_FOR_DYNACONF": True,
            "VALIDATE_ON_UPDATE_FOR_DYNACONF": False,
            "SYSENV_FALLBACK_FOR_DYNACONF": False,
            "LOWERCASE_READ_FOR_DYNACONF": True,
            "ENV_FOR_DYNACONF": options.environment,
        }
        for name, value in defaults.items():
            core.store[name] = value
            object.__setattr__(self, name, value)

    @property
    def environ(self) -> Mapping[str, str]:
        """The variables that were handed in."""
        environ: Mapping[str, str] = self._kwargs["environ"]
        return environ

    @property
    def current_env(self) -> str:
        """The environment that is resolved."""
        name: str = self._kwargs["options"].environment
        return name

    @property
    def options(self) -> MergeOptions:
        """The project's options."""
        options: MergeOptions = self._kwargs["options"]
        return options

    def say(self, flag: bool | None) -> None:  # noqa: FBT001 - it is the flag itself
        """The word on merging of the source that is being set, under `lists = "replace"`."""
        self._kwargs["flag"] = flag

    @property
    def failures(self) -> list[tuple[int, Path, str]]:
        """What could not be loaded: the layer's number, the path in its own spelling, and why."""
        failures: list[tuple[int, Path, str]] = self._kwargs["failures"]
        return failures

    def fail(self, number: int, path: Path, error: Exception) -> Tagged:
        """Keeps a failure, and gives what stands in its place."""
        self.failures.append((number, path, _reason(error)))
        return Tagged(None, number, path, state="unresolved", reason=_reason(error))

    def user_keys(self) -> list[str]:
        """The top-level keys that are not Dynaconf's own."""
        return [key for key in dict.keys(self.store) if key not in INTERNAL_KEYS]

    def raw(self, key: str) -> Any:
        """The value at a top-level key, lazy values unevaluated."""
        return dict.__getitem__(self.store, key)

    def execute_loaders(self, *_args: object, **_kwargs: object) -> None:
        """Load nothing: layers are handed in."""

    def read(self, value: Any) -> Any:
        """Reads tokens once, as `parse_conf_data` does: in tables in place, in lists into a new list."""
        if isinstance(value, Tagged):
            return self._read_text(value) if value.is_text and is_token(value.value) else value
        if isinstance(value, dict):
            for key in dict.keys(value):
                dict.__setitem__(value, key, self.read(dict.__getitem__(value, key)))
            return value
        return [self.read(item) for item in list.__iter__(value)] if isinstance(value, list) else value

    def _read_text(self, text: Tagged) -> Any:
        try:
            return _tagged(parse_conf_data(text.value, box_settings=self), text, self.environ)
        except _FAILURES as error:
            return self.fail(text.layer, text.path, error)

    def set(self, key: str, value: Any, *args: Any, dotted_lookup: Any = empty, **kwargs: Any) -> None:
        """Sets a value; a plain key's tokens are read once."""
        if not _is_dotted(key, self.options) or dotted_lookup not in (True, empty):
            value = self.read(value)
        super().set(key, value, *args, dotted_lookup=dotted_lookup, **kwargs)

    def _dotted_set(self, dotted_key: str, value: Any, *args: Any, **kwargs: Any) -> None:
        """A dotted key's tokens are read twice, and again when the whole top-level table is set."""
        super()._dotted_set(dotted_key, self.read(self.read(value)), *args, **kwargs)

    def _merge_before_set(self, existing: Any, value: Any, identifier: Any = None, context_merge: Any = empty,
                          list_merge: str = "merge") -> Any:  # fmt: skip
        if self.options.lists == "replace":
            list_merge = "shallow"
            context_merge = context_merge if self._kwargs["flag"] is None else self._kwargs["flag"]
            if isinstance(value, list) and not any(item in MARKERS for item in value if isinstance(item, str)):
                return value, identifier
        return super()._merge_before_set(existing, value, identifier, context_merge, list_merge)

    def look_up(self, names: Sequence[str]) -> Any:
        """The bare value at a path of names; raises UnresolvedError where there is none."""
        if names[0] == "current_env":
            return self.current_env
        value = self.get(names[0], default=empty, dotted_lookup=False)
        for name in names[1:]:
            value = _step(value, name)
        if value is empty:
            message = f"the setting {'.'.join(names)} does not exist"
            raise UnresolvedError(message)
        return _resolved(value)

    def format(self, template: Any, environ: Mapping[str, str]) -> str:
        """A `@format` template, evaluated safely."""
        return Formatter(self.look_up, environ).format(str(template))

    def fetch(self, text: str) -> Any:
        """What `@get KEY [@cast] [default]` gives."""
        return _get_formatter(text, this=_Getter(self))


class _Getter:
    """The part of a settings object that `@get` uses, without casts that could run code."""

    def __init__(self, settings: _Replay) -> None:
        self._settings = settings

    def __contains__(self, key: str) -> bool:
        return key in self._settings

    def get(self, *, key: str, default: Any = None, cast: str | None = None) -> Any:
        value = _resolved(self._settings.get(key, default=default))
        if cast is None:
            return value
        if cast not in _SAFE_CASTS:
            message = f"the cast {cast} is not run here"
            raise UnresolvedError(message)
        return apply_converter(cast, value, self._settings)


def _step(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return value.get(name, empty)
    if isinstance(value, list) and name.isdigit() and int(name) < len(value):
        return value[int(name)]
    return empty


def _resolved(value: Any) -> Any:
    if isinstance(value, Tagged) and value.state == "unresolved":
        raise UnresolvedError(value.reason)
    return bare(value)


def is_token(text: str) -> bool:
    """Whether Dynaconf reads the text's first word as a token (`@format`, `@int`, ...)."""
    return text.partition(" ")[0] in converters


def merge(
    layers: Sequence[Layer], options: MergeOptions, environ: Mapping[str, str]
) -> tuple[list[Merged], list[Said]]:
    """Merge layers, lowest first, as Dynaconf does with the project's options.

    Args:
        layers: what each source says.
        options: the project's own.
        environ: variables that `@format {env[...]}` may refer to.

    Returns:
        Every effective leaf, and every leaf that some layer states. A value that Dynaconf would fail on is
        `unresolved` and says why.

    Source: `Settings.set`, `Settings._merge_before_set` and `object_merge` of Dynaconf 3.3.5.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `@reset` is deprecated, and says so on standard error
        replay = _Replay(options, environ)
        items = [item for number, layer in enumerate(layers) for item in _items(number, layer, replay)]
        simple, rest = _partition(items, options)
        for key, value in _fold(simple, options).items():
            replay.store[key] = DataDict(value, core=replay) if isinstance(value, dict) else value
        for item in rest:
            _set(replay, item)
        merged = [leaf for key in replay.user_keys() for leaf in _flatten((key.lower(),), replay.raw(key), replay)]
        for failure in replay.failures:
            merged = _told(merged, _failed(*failure, options))
    said = [said for item in items for said in _said(item, options)]
    return [leaf if leaf.layer is not None else _attributed(leaf, said) for leaf in merged], said


def _items(number: int, layer: Layer, replay: "_Replay") -> Iterator[_Item]:
    last = {upperfy(key): key for key in layer.values}  # of two spellings the later counts
    for key in last.values():
        if upperfy(key.strip()) in INTERNAL_KEYS:
            continue
        value, is_variable = layer.values[key], layer.kind in {"variable", "dotenv"}
        if is_variable and not layer.literal and not is_token(value):
            value = parse_conf_data(boolean_fix(value), tomlfy=True, box_settings=replay)
        plain = _is_plain_key(key, replay.options) and (layer.literal or _is_plain(value))
        taken = key if is_variable else upperfy(key)
        yield _Item(number=number, layer=layer, key=taken, spelled=key, value=value, plain=plain)


def _is_dotted(key: str, options: MergeOptions) -> bool:
    separator = options.nested_separator
    return "." in key or "[" in key or bool(separator and separator in key)


def _is_plain_key(key: str, options: MergeOptions) -> bool:
    return key.isascii() and " " not in key and not _is_dotted(key, options)


def _is_plain(value: Any) -> bool:
    """True for values that Dynaconf hands on as they are, whatever they are merged with."""
    if isinstance(value, str):
        return not value.startswith("@") and value not in MARKERS
    if isinstance(value, dict):
        return not MARKERS & value.keys() and all(
            key.isascii() and " " not in key and _is_plain(item) for key, item in value.items()
        )
    return all(_is_plain(item) for item in value) if isinstance(value, list) else True


def _partition(items: Sequence[_Item], options: MergeOptions) -> tuple[list[_Item], list[_Item]]:
    """The items of top-level keys that can be folded, and the others, each in their order."""
    groups = [_group(item, options) for item in items]
    if options.ignore_unknown_envvars or any(not item.key.isascii() or " " in item.key for item in items):
        return [], list(items)
    often = {group for group, count in Counter(groups).items() if count > 1}
    if any(group in often and _mentions_lazy(item.value) for group, item in zip(groups, items, strict=True)):
        return [], list(items)
    odd = {group for group, item in zip(groups, items, strict=True) if not item.plain}
    pairs = list(zip(groups, items, strict=True))
    return [item for group, item in pairs if group not in odd], [item for group, item in pairs if group in odd]


def _group(item: _Item, options: MergeOptions) -> str:
    return _split(item.key, options)[0].strip().upper()


def _split(key: str, options: MergeOptions) -> list[str]:
    """The parts of a dotted key."""
    separator = options.nested_separator
    return (key.replace(separator, ".") if separator else key).split(".")


def _mentions_lazy(value: Any) -> bool:
    if isinstance(value, str):
        return value.startswith("@") and any(token in value for token in _LAZY_TOKENS)
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_mentions_lazy(child) for child in children)


def _fold(items: Sequence[_Item], options: MergeOptions) -> dict[str, Any]:
    store: dict[str, Any] = {}
    for item in items:
        key = upperfy(item.key.strip())
        new = tag(item.value, item.number, (item.spelled,), final=item.layer.literal)
        old = store.get(key)
        store[key] = new if old is None or old == new else _combined(old, new, item.layer.merge, options)
    return store


def _combined(old: Any, new: Any, said: Any, options: MergeOptions) -> Any:
    if not (options.merge_enabled if said is None else said):
        return new
    if options.lists == "replace":
        return object_merge(old, new, list_merge="shallow") if isinstance(new, dict) else new
    return object_merge(old, new)


def _set(replay: "_Replay", item: _Item) -> None:
    """Hands one item to Dynaconf; where Dynaconf would not start, the replay keeps the reason."""
    try:
        if not _is_ignored(replay, item):
            _set_value(replay, item)
    except _FAILURES as error:
        replay.fail(item.number, (item.spelled,), error)


def _is_ignored(replay: "_Replay", item: _Item) -> bool:
    if not replay.options.ignore_unknown_envvars or item.layer.kind not in {"variable", "dotenv"}:
        return False
    return replay.get(item.key, default=empty) is empty


def _set_value(replay: "_Replay", item: _Item) -> None:
    flag = empty if item.layer.merge is None else item.layer.merge
    lookup = empty if item.layer.dotted_lookup is None else item.layer.dotted_lookup
    value = tag(item.value, item.number, (item.spelled,), final=item.layer.literal)
    if item.layer.kind in {"variable", "dotenv"} and isinstance(item.value, str):
        value = replay.read(value)  # the environment's loader reads tokens before `set` does
    if flag is not empty and replay.options.lists == "replace":
        replay.say(bool(flag))
        flag = empty
    source = SourceMetadata(loader="layer", identifier=str(item.number))
    try:
        replay.set(item.key, value, loader_identifier=source, merge=flag, dotted_lookup=lookup, validate=False)
    finally:
        replay.say(None)


def _tagged(value: Any, said: Tagged, environ: Mapping[str, str]) -> Any:
    """What a token became, with our own lazy values in place of Dynaconf's."""
    if isinstance(value, Lazy):
        return _Lazy(value, said, environ)
    if isinstance(value, MetaValue):
        value.value = _tagged(value.value, said, environ)
        value.said = said
        return value
    return value if value is empty else tag_all(value, said.layer, said.path)


def _flatten(path: Path, value: Any, replay: "_Replay") -> Iterator[Merged]:
    if isinstance(value, Lazy):
        value = value(replay)
    if isinstance(value, dict) and value:
        for key in dict.keys(value):
            yield from _flatten((*path, str(key)), dict.__getitem__(value, key), replay)
    elif isinstance(value, list) and value:
        for number, item in enumerate(list.__iter__(value)):
            yield from _flatten((*path, number), item, replay)
    elif isinstance(value, Tagged):
        yield Merged(path=path, value=_leftover(value.value), layer=value.layer, source=value.path, state=value.state,
                     reason=value.reason)  # fmt: skip
    else:
        yield Merged(path=path, value=_leftover(value), layer=None, source=path, state="plain", reason="")


def _leftover(value: Any) -> Any:
    """What stands in the result without a tag: markers, None, and empty tables and lists."""
    if isinstance(value, MetaValue):
        return value.said.value
    if value is empty:
        return "@empty"
    return bare(value)


def _reason(error: Exception) -> str:
    return str(error).strip("'\"")


def _failed(number: int, source: Path, reason: str, options: MergeOptions) -> Merged:
    parts = _split(upperfy(str(source[0])).strip(), options)
    names: list[str] = []
    for part in (parts[0].lower(), *parts[1:], *source[1:]):
        if isinstance(part, int):
            break  # a list that holds a failure fails as a whole
        names.append(part)
    return Merged(path=tuple(names), value=None, layer=number, source=source, state="unresolved", reason=reason)


def _told(leaves: list[Merged], failure: Merged) -> list[Merged]:
    """The leaves with the failure among them even where another layer overrides it: the application does not start."""
    if any((leaf.state, leaf.layer, leaf.source) == (failure.state, failure.layer, failure.source) for leaf in leaves):
        return leaves
    path = next(path for path in _prefixes(failure.path) if _can_stand(path, leaves))
    here = fold(path)
    return [*(leaf for leaf in leaves if fold(leaf.path)[: len(here)] != here), replace(failure, path=path)]


def _prefixes(path: Path) -> Iterator[Path]:
    return (path[:depth] for depth in range(len(path), 0, -1))


def _can_stand(path: Path, leaves: Sequence[Merged]) -> bool:
    """Whether a leaf can stand there: everything above is a table."""
    here = fold(path)
    for leaf in leaves:
        there = fold(leaf.path)
        if len(there) < len(here) and there == here[: len(there)]:
            return False
        if any(isinstance(part, int) and here[:depth] == there[:depth] for depth, part in enumerate(there) if depth < len(here)):
            return False
    return True


def _said(item: _Item, options: MergeOptions) -> Iterator[Said]:
    """What one item states, leaf by leaf."""
    parts = _split(item.key.strip(), options) if item.layer.dotted_lookup is not False else [item.key.strip()]
    yield from _leaves((parts[0].lower(), *parts[1:]), (item.spelled,), item.value, item.number)


def _leaves(path: Path, source: Path, value: Any, number: int) -> Iterator[Said]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not children or not value:
        yield Said(layer=number, path=path, source=source, value=value)
        return
    for part, child in children:
        yield from _leaves((*path, part), (*source, part), child, number)


def _attributed(leaf: Merged, said: Sequence[Said]) -> Merged:
    """A leaf without a tag belongs to the highest layer that states it, else to the highest that touches its key."""
    here = fold(leaf.path)
    for wanted in (here, here[:1]):
        for statement in reversed(said):
            if fold(statement.path)[: len(wanted)] == wanted:
                return replace(leaf, layer=statement.layer, source=statement.source)
    return leaf
