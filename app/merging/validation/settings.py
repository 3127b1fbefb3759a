"""Dynaconf's own settings object with one environment's values, bare, as validators see and change it."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from app.merging.process_isolation import without_options

with without_options(os.environ):
    from dynaconf.base import Settings
    from dynaconf.nodes import DataDict, DataList
    from dynaconf.utils import upperfy
    from dynaconf.utils.functional import empty
    from dynaconf.utils.parse_conf import DynaconfFormatError, Lazy, MetaValue, parse_conf_data

from app.core.layers import Layer, Path, fold
from app.core.tree import Leaf
from app.merging.isolated_settings import LazyValue, Replay, reason_of
from app.merging.items import split, traits
from app.merging.lazy import AbsentSettingError, AbsentVariableError, CircularError, UnresolvedError
from app.merging.provenance_tags import Tagged
from app.merging.replay_state import State
from app.merging.validation.build import HIDDEN, Log, Unknown

_AS_FORMAT = (AbsentSettingError, AbsentVariableError, CircularError, KeyError, AttributeError)
"""What of ours Dynaconf raises as its own. Source: `BaseFormatter` and `recursively_evaluate_lazy_format`."""

COMPUTED = "the code computes a default that it needs"

OWN = Layer(kind="validator", values={})
"""In the place of a layer: a validator's default."""


class Loaded(Struct, frozen=True, kw_only=True, eq=False):
    """One environment's values before any validator sees them.

    Attributes:
        replay: the settings object that has them.
        leaves: the same, as leaves.
        environ: the variables that references may name.
        complete: whether the process has no other variables.
    """

    replay: Replay
    leaves: Sequence[Leaf]
    environ: Mapping[str, str]
    complete: bool


class SettingsState(State, kw_only=True):
    """What settings that are checked know beside.

    Attributes:
        touched: the top-level keys that have been set.
        hidden: the keys, folded, that may have a default which is not known.
    """

    log: Log
    complete: bool
    other: Callable[[str], "CheckedSettings"]
    touched: set[str] = field(default_factory=set)
    hidden: set[Path] = field(default_factory=set)


def as_raised(error: Exception, *, complete: bool) -> Exception:
    """What Dynaconf raises where we fail; Unknown where that is not known, or where only a bound of ours is reached.

    Args:
        error: on which we fail.
        complete: whether the process has no other variables than we know.
    """
    while type(error) is UnresolvedError and isinstance(error.__cause__, Exception):
        error = error.__cause__  # what a value needs that needs another
    is_open = isinstance(error, AbsentVariableError) and not complete
    if isinstance(error, _AS_FORMAT) and not is_open:
        raised: Exception = DynaconfFormatError(reason_of(error))
        return raised
    return Unknown(reason_of(error)) if isinstance(error, UnresolvedError | MemoryError | RecursionError) else error


class BareLazy(LazyValue):
    """A lazy value that gives a bare one."""

    def __call__(self, settings: "CheckedSettings", _validator: object = None) -> Any:
        """The value; raises what Dynaconf raises where there is none, and Unknown where only running would tell."""
        value = super().__call__(settings)
        if isinstance(value, Tagged) and value.state == "unresolved":
            raise as_raised(settings.known.failures[-1][-1], complete=settings.known.complete)
        if isinstance(value, Tagged) and value.state != "plain":
            raise Unknown(value.reason)
        return value if isinstance(value, DataDict | DataList) else settings.bare(value)


class Unevaluated(Lazy):  # type: ignore[misc]  # Dynaconf ships no types
    """What stands in the place of a value that is not known."""

    def __call__(self, *_: object) -> Any:
        """Nothing; raises Unknown."""
        raise Unknown


class CheckedSettings(Replay):
    """Dynaconf's own settings object, isolated, with bare values."""

    def __init__(self, source: Loaded, log: Log, other: Callable[[str], "CheckedSettings"]) -> None:
        super().__init__(source.replay.options, source.environ)
        self._kwargs: Any = SettingsState(
            environ=source.environ, options=source.replay.options, log=log, complete=source.complete, other=other
        )
        for key in source.replay.user_keys():
            self.store[key] = self.bare(source.replay.raw(key))

    def bare(self, value: Any) -> Any:
        """A value of a replay without tags, in tables and lists of these settings."""
        if isinstance(value, LazyValue):
            return BareLazy(value, value.said, self.environ)
        if isinstance(value, Tagged):
            return value.value if value.state == "plain" else Unevaluated("")
        if isinstance(value, MetaValue):
            return Unevaluated("")
        if isinstance(value, dict):
            return DataDict({key: self.bare(dict.__getitem__(value, key)) for key in dict.keys(value)}, core=self)
        if isinstance(value, list):
            return DataList([self.bare(item) for item in list.__iter__(value)], core=self)
        return value

    @property
    def known(self) -> SettingsState:
        """What these settings know beside."""
        state: SettingsState = self._kwargs
        return state

    def from_env(self, env: str = "", **_: object) -> "CheckedSettings":
        """Another environment's settings."""
        return self.known.other(env)

    def setdefault(self, item: str, default: Any, *args: Any, **kwargs: Any) -> Any:
        """The value, or the default, which is set then; one that is not known is of no use where there is no value."""
        self.known.log.asks(item, self)
        if default is HIDDEN:
            value = super().setdefault(item, empty, *args, **kwargs)
            if value is empty or value is None:
                raise Unknown
            return value
        return super().setdefault(item, default, *args, **kwargs)

    def hide(self, name: str) -> None:
        """Notes that a key that has no value here may have one that only the application's code would tell."""
        self.known.hidden.add(fold(tuple(split(name.strip(), self.options))))

    def look_up(self, names: Sequence[str | int]) -> Any:
        """The same; raises Unknown where only the application's code would tell."""
        try:
            return super().look_up(names)
        except AbsentSettingError:
            self._require_known(tuple(names))
            raise

    def fetch(self, text: str) -> Any:
        """The same; raises Unknown where only the application's code would tell."""
        name = text.split(maxsplit=1)[0] if text.split() else ""
        if name not in self:
            self._require_known(tuple(split(name, self.options)))
        return super().fetch(text)

    def _require_known(self, names: Path) -> None:
        here = fold(names)
        if any(here[: len(hidden)] == hidden[: len(here)] for hidden in self.known.hidden):
            raise Unknown(COMPUTED)

    def set(self, key: str, value: Any, *args: Any, **kwargs: Any) -> None:
        """Sets a value, of which nothing runs."""
        separator = self.options.nested_separator
        self.known.touched.add(upperfy((key.replace(separator, ".") if separator else key).strip()))
        Settings.set(self, key, self._guarded(value), *args, **kwargs)

    def _dotted_set(self, dotted_key: str, value: Any, *args: Any, **kwargs: Any) -> None:
        Settings._dotted_set(self, dotted_key, value, *args, **kwargs)  # noqa: SLF001 - past the replay's own

    def _guarded(self, value: Any) -> Any:
        """The value with our own lazy ones in the place of Dynaconf's, which reach for the process's environment."""
        if isinstance(value, str) and traits(value)[1]:
            parsed = parse_conf_data(value, box_settings=self)
            return BareLazy(parsed, Tagged(value, OWN, ()), self.environ) if isinstance(parsed, Lazy) else value
        if isinstance(value, list | tuple) and traits(list(value))[1]:
            return [self._guarded(item) for item in value]
        if isinstance(value, dict) and traits(value)[1]:
            return {key: self._guarded(dict.__getitem__(value, key)) for key in dict.keys(value)}
        return value
