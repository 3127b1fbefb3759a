"""One environment that is checked, and which validator changed what in it."""

import os
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import PurePath
from typing import Any

from msgspec.structs import replace

from app.merging.process_isolation import without_options

with without_options(os.environ):
    from dynaconf.utils.functional import empty
    from dynaconf.utils.parse_conf import Lazy, MetaValue

from app.core.layers import Origin, Path, fold
from app.core.tree import Leaf, State, Statement
from app.core.validators import Validator
from app.merging.isolated_settings import FAILURES, reason_of
from app.merging.items import split
from app.merging.provenance_tags import bare
from app.merging.statements import tell
from app.merging.validation.build import Log, Unknown
from app.merging.validation.settings import BareLazy, CheckedSettings, Loaded, as_raised

type Flat = dict[Path, Any]

_UNTOLD = "only running the code would tell"


class CheckedEnvironment:
    """One environment that is checked, and who changed what in it."""

    def __init__(self, source: Loaded, log: Log, other: Callable[[str], "CheckedSettings"]) -> None:
        self.source = source
        self.settings = CheckedSettings(source, log, other)
        self.before = {fold(leaf.path): leaf for leaf in source.leaves}
        self._exact = {leaf.path: leaf for leaf in source.leaves}
        self._flat: dict[str, Flat] = {key: self._raw(key) for key in self.settings.user_keys()}
        self._set: dict[Path, tuple[Validator, Path, Any]] = {}
        self._changed: set[str] = set()

    def _raw(self, key: str) -> Flat:
        there = key in dict.keys(self.settings.store)
        return dict(flatten((key.lower(),), self.settings.raw(key))) if there else {}

    @cached_property
    def failure(self) -> Exception | None:
        """On what Dynaconf fails while it loads the environment; None where it does not, as far as is known."""
        fatal = self.source.replay.state.fatal
        raised = (as_raised(error, complete=self.source.complete) for _, _, error in fatal)
        return next((error for error in raised if not isinstance(error, Unknown)), None)

    def note(self, validator: Validator) -> None:
        """Keeps what the validator changed."""
        touched = [key for key in self.settings.known.touched if key in dict.keys(self.settings.store)]
        self.settings.known.touched.clear()
        for key in touched:
            old, new = self._flat.get(key, {}), self._raw(key)
            changed = {path: value for path, value in new.items() if path not in old or not _same(old[path], value)}
            gone = {fold(path) for path in old if path not in new}
            self._set = {path: said for path, said in self._set.items() if path not in gone}
            self._set |= {fold(path): (validator, path, value) for path, value in changed.items()}
            self._flat[key] = new
            if changed or len(old) != len(new):
                self._changed.add(key)

    def path(self, name: str) -> Path:
        """A key as the environment's values spell it."""
        first, *rest = split(name.strip(), self.settings.options)
        here = fold((first, *rest))
        leaf = next((leaf for path, leaf in self.before.items() if path[: len(here)] == here), None)
        return leaf.path[: len(here)] if leaf else (first.lower(), *rest)

    def origin(self, name: str) -> Origin | None:
        """Where the value of a key, or the first in its table, was set."""
        here = fold(self.path(name))
        by_validator = next((said[0] for path, said in self._set.items() if path[: len(here)] == here), None)
        if by_validator:
            return by_validator.origin
        found = next((leaf for path, leaf in self.before.items() if path[: len(here)] == here), None)
        above = (self.before.get(here[:depth]) for depth in range(len(here) - 1, 0, -1))
        found = found or next((leaf for leaf in above if leaf), None)
        return found.origin if found else None

    def said(self) -> list[Statement]:
        """What validators set, leaf by leaf."""
        return [
            Statement(layer=validator.layer, path=path, source=path, value=_shown(value))
            for validator, path, value in self._set.values()
            if not isinstance(value, Lazy)
        ]

    def leaves(self) -> list[Leaf]:
        """The effective leaves as they are now."""
        settings = self.settings
        if not self._changed and not settings.known.hidden:
            return list(self.source.leaves)
        changing = [key for key in settings.user_keys() if key in self._changed or _holds_lazy(settings.raw(key))]
        tops = {key.lower() for key in changing}
        kept = [leaf for leaf in self.source.leaves if str(leaf.path[0]) not in tops]
        found = [leaf for key in changing for leaf in self._leaves((key.lower(),), settings.raw(key))]
        there = {fold(leaf.path[:depth]) for leaf in found for depth in range(1, len(leaf.path) + 1)}
        failed = [leaf for leaf in self.source.leaves if str(leaf.path[0]) in tops and leaf.state == "unresolved"]
        left = [leaf for leaf in failed if fold(leaf.path) not in there and not self._is_fatal(leaf)]
        return tell([*kept, *found, *left], filter(self._is_fatal, failed))

    def _is_fatal(self, leaf: Leaf) -> bool:
        """Whether it stands for what could not be loaded, whatever has become of its key since."""
        return any(leaf.layer is layer and leaf.source == path for layer, path, _ in self.source.replay.state.fatal)

    def _leaves(self, path: Path, value: Any) -> Iterator[Leaf]:
        if isinstance(value, Lazy):
            try:
                value = value(self.settings)
            except Unknown as error:
                yield from self._unevaluated(path, reason_of(error) or _UNTOLD, "opaque", _text(value))
                return
            except FAILURES as error:
                yield from self._unevaluated(path, reason_of(error), "unresolved", None)
                return
        if isinstance(value, dict) and value:
            for key in dict.keys(value):
                yield from self._leaves((*path, str(key)), dict.__getitem__(value, key))
        elif isinstance(value, list) and value:
            for number, item in enumerate(list.__iter__(value)):
                yield from self._leaves((*path, number), item)
        else:
            yield self._leaf(path, value)

    def _unevaluated(self, path: Path, reason: str, state: State, shown: str | None) -> Iterator[Leaf]:
        """What stands where a lazy value cannot be had: what stood there, or a leaf of the validator's."""
        prefix = fold(path)
        standing = [leaf for at, leaf in self.before.items() if at[: len(prefix)] == prefix]
        before = [_without_value(leaf, reason, state, shown) for leaf in standing]
        said = self._set.get(prefix)
        layer = said[0].layer if said else None
        yield from before or [Leaf(path=path, value=shown, layer=layer, source=path, state=state, reason=reason)]

    def _leaf(self, path: Path, value: Any) -> Leaf:
        before, said = self._exact.get(path) or self.before.get(fold(path)), self._set.get(fold(path))
        if before and before.state == "plain" and _same(before.value, _shown(value)):
            return replace(before, path=path)
        if said:
            return Leaf(path=path, value=_shown(value), layer=said[0].layer, source=path)
        if before:
            return replace(before, path=path, value=_shown(value), state="plain", reason="")
        above = (self.before.get(fold(path[:depth])) for depth in range(len(path) - 1, 0, -1))
        reference = next(filter(None, above), None)  # which has another value since a validator has set that
        return Leaf(path=path, value=_shown(value), layer=reference.layer if reference else None, source=path)


def flatten(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    """The leaves of a raw value, lazy ones as they are."""
    if isinstance(value, dict) and value:
        for key in dict.keys(value):
            yield from flatten((*path, str(key)), dict.__getitem__(value, key))
    elif isinstance(value, list) and value:
        for number, item in enumerate(list.__iter__(value)):
            yield from flatten((*path, number), item)
    else:
        yield path, value


def _text(lazy: Lazy) -> str | None:
    """What a lazy value was read of."""
    return str(lazy.said.value) if isinstance(lazy, BareLazy) else None


def _without_value(leaf: Leaf, reason: str, state: State, shown: str | None) -> Leaf:
    """A leaf that was known, or failed, before a validator changed what it refers to."""
    if leaf.state in {"opaque", state}:
        return leaf
    return replace(leaf, value=shown, state=state, reason=reason)


def _same(one: Any, other: Any) -> bool:
    return one is other or (type(one) is type(other) and repr(one) == repr(other))


def _holds_lazy(value: Any) -> bool:
    return any(isinstance(leaf, Lazy) for _, leaf in flatten((), value))


def _shown(value: Any) -> Any:
    """A value as TOML knows it: sets as sorted lists, and the rest of what casts give as text."""
    if value is empty:
        return "@empty"
    if isinstance(value, set | frozenset | tuple):
        return sorted(map(_shown, value), key=repr) if not isinstance(value, tuple) else [_shown(one) for one in value]
    if isinstance(value, MetaValue):
        return f"@{type(value).__name__.lower()} {bare(value.value)}"
    if isinstance(value, bytes | complex | type | PurePath):
        return str(value)
    return bare(value)
