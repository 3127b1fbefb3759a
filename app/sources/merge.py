"""The merge engine: layers in, effective leaves out. Dynaconf decides every value; nothing else imports it.

Dynaconf 3.3.5 is used without its loaders and its globals. What only tables, lists and scalars say is folded with
its `object_merge` under the rule of `Settings.set`; what holds markers, tokens or dotted keys is replayed through an
isolated `Settings`. Values carry tags through both (tags.py), so each comes out with its origin.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from itertools import groupby
from typing import Any

from msgspec import Struct, field

from app.sources.quiet import silence, without_options

with without_options(os.environ):
    from dynaconf.base import UPPER_DEFAULT_SETTINGS, DynaconfCore, Settings
    from dynaconf.loaders.base import SourceMetadata
    from dynaconf.nodes import DataDict, DataList
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

from app.layers import Layer, Path
from app.sources.items import VARIABLES, Item, MergeOptions, batch, is_dotted, is_plain, is_plain_key, partition, split
from app.sources.lazy import Formatter, OpaqueError, UnresolvedError
from app.sources.outcome import Merged, Said, attribute, say, tell
from app.sources.tags import MARKERS, Tagged, bare, like, tag, tag_all

INTERNAL_KEYS = frozenset(UPPER_DEFAULT_SETTINGS) | {"SETTINGS_MODULE"}
"""Top-level keys that would reconfigure Dynaconf in mid-load; they never reach the merge."""

_FAILURES = (
    UnresolvedError,
    DynaconfFormatError,
    DynaconfParseError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
_ABSENT = object()  # Dynaconf's own sentinel is a value that profiles can write: `@empty`
_CIRCULAR = "it refers to itself"
_TOO_MANY = "references multiply without end"
_MOST_EVALUATIONS = 10_000  # Dynaconf evaluates a chain of dotted references twice at each step
_SAFE_CASTS = frozenset(converters) - {"@format", "@jinja", "@get", "@read_file", "@reset", "@del", "@merge",
                                       "@merge_unique", "@insert", "@empty"}  # fmt: skip


class _State(Struct, kw_only=True):
    """What a replay knows that Dynaconf's settings do not.

    Attributes:
        environ: the variables that were handed in.
        options: the project's.
        flag: the word on merging of the source that is being set, under `lists = "replace"`.
        failures: what could not be loaded: the layer's number, the path in its own spelling, and why.
        active: the lazy values that are being evaluated, each for the one before it.
        evaluated: how many have been.
    """

    environ: Mapping[str, str]
    options: MergeOptions
    flag: bool | None = None
    failures: list[tuple[int, Path, str]] = field(default_factory=list)
    active: list[Lazy] = field(default_factory=list)
    evaluated: int = 0


class _Lazy(Lazy):  # type: ignore[misc]  # Dynaconf ships no types
    """A lazy value that knows its place, reads no global, and never raises."""

    def __init__(self, lazy: Lazy, said: Tagged, environ: Mapping[str, str]) -> None:
        super().__init__(lazy.value, formatter=lazy.formatter, casting=lazy.casting)
        self.said, self.environ = said, environ

    def __call__(self, settings: "_Replay", _validator: object = None) -> Any:
        name = str(self.formatter.token)
        if name not in {"format", "get"}:
            return self.said.turned(self.said.value, state="opaque", reason=f"@{name} is not run here")
        try:
            with settings.evaluating(self):
                value = settings.format(self.value, self.environ) if name == "format" else settings.fetch(self.value)
                value = self.casting(_resolved(value, settings)) if self.casting else value
        except OpaqueError as error:
            return self.said.turned(self.said.value, state="opaque", reason=_reason(error))
        except _FAILURES as error:
            if settings.state.active:  # what needs this one fails too
                raise UnresolvedError(_reason(error)) from error
            return settings.fail(self.said.layer, self.said.path, error)
        if isinstance(value, DataDict | DataList):
            return value  # the very table that it refers to: Dynaconf shares it, and merging changes both
        return tag_all(value, self.said.layer, self.said.path)


class _Replay(Settings):  # type: ignore[misc]  # Dynaconf ships no types
    """Dynaconf's own settings object without loaders, files, validators and the process's environment."""

    def __init__(self, options: MergeOptions, environ: Mapping[str, str]) -> None:
        core = DynaconfCore("assay", box_settings=self)
        core.config.defaults = {}
        self.__core__ = core
        self._kwargs = _State(environ=environ, options=options)
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
    def state(self) -> _State:
        """What this replay knows that Dynaconf's settings do not."""
        state: _State = self._kwargs
        return state

    @property
    def environ(self) -> Mapping[str, str]:
        """The variables that were handed in."""
        return self.state.environ

    @property
    def current_env(self) -> str:
        """The environment that is resolved."""
        return self.options.environment

    @property
    def options(self) -> MergeOptions:
        """The project's options."""
        return self.state.options

    def fail(self, number: int, path: Path, error: Exception) -> Tagged:
        """Keeps a failure, and gives what stands in its place."""
        self.state.failures.append((number, path, _reason(error)))
        return Tagged(None, number, path, state="unresolved", reason=_reason(error))

    @contextmanager
    def evaluating(self, lazy: _Lazy) -> Iterator[None]:
        """Refuses a lazy value that needs itself."""
        self.state.evaluated += 1
        if any(lazy is other for other in self.state.active):
            raise UnresolvedError(_CIRCULAR)
        if self.state.evaluated > _MOST_EVALUATIONS:
            raise UnresolvedError(_TOO_MANY)
        self.state.active.append(lazy)
        try:
            yield
        finally:
            self.state.active.pop()

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
            with silence() if "@reset" in text.value else nullcontext():
                value = parse_conf_data(text.value, box_settings=self)
            return _tagged(value, text, self.environ)
        except _FAILURES as error:
            return self.fail(text.layer, text.path, error)

    def set(self, key: str, value: Any, *args: Any, dotted_lookup: Any = empty, **kwargs: Any) -> None:
        """Sets a value; a plain key's tokens are read once."""
        if not is_dotted(key, self.options) or dotted_lookup not in (True, empty):
            value = self.read(value)
        super().set(key, value, *args, dotted_lookup=dotted_lookup, **kwargs)

    def _dotted_set(self, dotted_key: str, value: Any, *args: Any, **kwargs: Any) -> None:
        """A dotted key's tokens are read twice, and again when the whole top-level table is set."""
        super()._dotted_set(dotted_key, self.read(self.read(value)), *args, **kwargs)

    def _merge_before_set(self, existing: Any, value: Any, identifier: Any = None, context_merge: Any = empty,
                          list_merge: str = "merge") -> Any:  # fmt: skip
        if self.options.lists == "replace":
            list_merge = "shallow"
            context_merge = context_merge if self.state.flag is None else self.state.flag
            if isinstance(value, list) and not any(item in MARKERS for item in value if isinstance(item, str)):
                return value, identifier
        return super()._merge_before_set(existing, value, identifier, context_merge, list_merge)

    def look_up(self, names: Sequence[str | int]) -> Any:
        """The bare value at a path of names; raises UnresolvedError where there is none."""
        if names[0] == "current_env":
            return self.current_env
        dotted = ".".join(map(str, names))
        value = self._top(str(names[0])) if dotted in self else _ABSENT
        for name in names[1:]:
            value = _step(value, name)
        if value is _ABSENT:
            message = f"the setting {dotted} does not exist"
            raise UnresolvedError(message)
        return _resolved(value, self)

    def _top(self, name: str) -> Any:
        """A top-level value as templates get it: from Dynaconf's cache, which outlives the load; `@empty` is absent."""
        try:
            return self[name]
        except KeyError:
            return _ABSENT

    def format(self, template: Any, environ: Mapping[str, str]) -> str:
        """A `@format` template, evaluated safely."""
        return Formatter(self.look_up, environ).format(str(template))

    def fetch(self, text: str) -> Any:
        """What `@get KEY [@cast] [default]` gives."""
        return _get_formatter(text, this=_Getter(self))


class _Marker(str):
    """A marker inside a template's text: as Dynaconf writes it, but for its address in memory."""

    __slots__ = ()
    __repr__ = str.__str__


class _Getter:
    """The part of a settings object that `@get` uses, without casts that could run code."""

    def __init__(self, settings: _Replay) -> None:
        self._settings = settings

    def __contains__(self, key: str) -> bool:
        return key in self._settings

    def get(self, *, key: str, default: Any = None, cast: str | None = None) -> Any:
        stored = self._settings.get(key, default=default)
        value = _resolved(stored)
        if cast is None:
            return stored if isinstance(stored, dict | list) else value
        if cast not in _SAFE_CASTS:
            message = f"the cast {cast} is not run here"
            raise UnresolvedError(message)
        return apply_converter(cast, value, self._settings)


def _step(value: Any, name: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(name, _ABSENT)
    if isinstance(value, list) and isinstance(name, int) and name < len(value):
        return value[name]
    return _ABSENT


def _resolved(value: Any, replay: _Replay | None = None) -> Any:
    """The value without tags; with a replay lazy values inside it are evaluated too. Raises UnresolvedError."""
    if isinstance(value, Lazy) and replay:
        value = value(replay)
    if isinstance(value, Tagged):
        if value.state != "plain":
            raise (OpaqueError if value.state == "opaque" else UnresolvedError)(value.reason)
        return value.value
    if isinstance(value, MetaValue) and replay:
        return _Marker(f"{type(value).__name__}({bare(value.value)})")
    if isinstance(value, dict):
        return like(value, {key: _resolved(dict.__getitem__(value, key), replay) for key in dict.keys(value)})
    return [_resolved(item, replay) for item in list.__iter__(value)] if isinstance(value, list) else value


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
    replay = _Replay(options, environ)
    items = [item for number, layer in enumerate(layers) for item in _items(number, layer, replay)]
    simple, rest = partition(items, options)
    for key, value in _fold(simple, options).items():
        replay.store[key] = DataDict(value, core=replay) if isinstance(value, dict) else value
    ignored = [item for _, batch in groupby(rest, batch) for item in _set_all(list(batch), replay)]
    failures = tuple(replay.state.failures)  # what fails later than this fails where it stands
    merged = [leaf for key in replay.user_keys() for leaf in _flatten((key.lower(),), replay.raw(key), replay)]
    merged = tell(merged, (_failed(*failure, options) for failure in failures))
    said = [said for item in items if item not in ignored for said in _said(item, options)]
    return attribute(merged, said), said


def _items(number: int, layer: Layer, replay: _Replay) -> Iterator[Item]:
    last = {upperfy(key): key for key in layer.values}  # of two spellings the later counts
    for key in last.values():
        if upperfy(key.strip()) in INTERNAL_KEYS:
            continue
        value, is_variable = layer.values[key], layer.kind in VARIABLES
        if is_variable and not layer.literal and not is_token(value):
            value = parse_conf_data(boolean_fix(value), tomlfy=True, box_settings=replay)
        plain = is_plain_key(key, replay.options) and (layer.literal or is_plain(value))
        taken = key if is_variable else upperfy(key)
        yield Item(number=number, layer=layer, key=taken, spelled=key, value=value, plain=plain)


def _fold(items: Sequence[Item], options: MergeOptions) -> dict[str, Any]:
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


def _set_all(items: list[Item], replay: _Replay) -> list[Item]:
    """Sets what is loaded at once; gives what it leaves out: variables that nothing lower knows, if options say so."""
    ignored = [item for item in items if item.is_variable and not _is_known(item, replay)]
    for item in items:
        if item not in ignored:
            _set(replay, item)
    return ignored


def _is_known(item: Item, replay: _Replay) -> bool:
    if not replay.options.ignore_unknown_envvars:
        return True
    try:
        return replay.get(item.key, default=_ABSENT) is not _ABSENT
    except _FAILURES as error:
        replay.fail(item.number, (item.spelled,), error)
        return False


def _set(replay: _Replay, item: Item) -> None:
    """Hands one item to Dynaconf; where Dynaconf would not start, the replay keeps the reason."""
    try:
        _set_value(replay, item)
    except _FAILURES as error:
        replay.fail(item.number, (item.spelled,), error)


def _set_value(replay: _Replay, item: Item) -> None:
    flag = empty if item.layer.merge is None else item.layer.merge
    lookup = empty if item.layer.dotted_lookup is None else item.layer.dotted_lookup
    value = tag(item.value, item.number, (item.spelled,), final=item.layer.literal)
    if item.is_variable and isinstance(item.value, str):
        value = replay.read(value)  # the environment's loader reads tokens before `set` does
    if flag is not empty and replay.options.lists == "replace":
        replay.state.flag = bool(flag)
        flag = empty
    source = SourceMetadata(loader="layer", identifier=str(item.number))
    try:
        replay.set(item.key, value, loader_identifier=source, merge=flag, dotted_lookup=lookup, validate=False)
    finally:
        replay.state.flag = None


def _tagged(value: Any, said: Tagged, environ: Mapping[str, str]) -> Any:
    """What a token became, with our own lazy values in place of Dynaconf's."""
    if isinstance(value, Lazy):
        return _Lazy(value, said, environ)
    if isinstance(value, MetaValue):
        value.value = _tagged(value.value, said, environ)
        value.said = said
        return value
    return value if value is empty else tag_all(value, said.layer, said.path)


def _flatten(path: Path, value: Any, replay: _Replay, within: Sequence[_Lazy] = ()) -> Iterator[Merged]:
    """The leaves of a value; what stands in a table that is referred to belongs to the reference."""
    if isinstance(value, Lazy):
        within, value = (*within, value), _evaluated(value, replay, within)
    if isinstance(value, dict) and value:
        for key in dict.keys(value):
            yield from _flatten((*path, str(key)), dict.__getitem__(value, key), replay, within)
    elif isinstance(value, list) and value:
        for number, item in enumerate(list.__iter__(value)):
            yield from _flatten((*path, number), item, replay, within)
    else:
        yield _leaf(path, value, within[0].said if within else value)


def _leaf(path: Path, value: Any, said: Any) -> Merged:
    layer, source = (said.layer, said.path) if isinstance(said, Tagged) else (None, path)
    if not isinstance(value, Tagged):
        return Merged(path=path, value=_leftover(value), layer=layer, source=source)
    shown = _leftover(value.value)
    return Merged(path=path, value=shown, layer=layer, source=source, state=value.state, reason=value.reason)


def _evaluated(lazy: _Lazy, replay: _Replay, within: Sequence[_Lazy]) -> Any:
    if any(lazy is other for other in within):
        return lazy.said.turned(None, state="unresolved", reason=_CIRCULAR)
    return lazy(replay)


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
    parts = split(upperfy(str(source[0])).strip(), options)
    names: list[str] = []
    for part in (parts[0].lower(), *parts[1:], *source[1:]):
        if isinstance(part, int):
            break  # a list that holds a failure fails as a whole
        names.append(part)
    return Merged(path=tuple(names), value=None, layer=number, source=source, state="unresolved", reason=reason)


def _said(item: Item, options: MergeOptions) -> Iterator[Said]:
    """What one item states, leaf by leaf."""
    parts = split(item.key.strip(), options)
    if item.layer.dotted_lookup is False:
        parts = [".".join(parts)]
    yield from say((parts[0].lower(), *parts[1:]), (item.spelled,), item.value, item.number)
