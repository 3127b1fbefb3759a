"""Dynaconf's own settings object, isolated: no loaders, no files, no globals, nothing that runs."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, NoReturn

from app.merging.process_isolation import silence, without_options

with without_options(os.environ):
    from dynaconf import utils
    from dynaconf.base import UPPER_DEFAULT_SETTINGS, DynaconfCore, Settings
    from dynaconf.nodes import DataDict, DataList
    from dynaconf.utils.functional import empty
    from dynaconf.utils.parse_conf import (
        DynaconfFormatError,
        DynaconfParseError,
        Lazy,
        MetaValue,
        _get_formatter,
        converters,
        parse_conf_data,
    )

from app.core import limits
from app.core.layers import MARKERS, Layer, Path
from app.merging.items import MergeOptions, is_dotted
from app.merging.lazy import AbsentSettingError, CircularError, Formatter, OpaqueError, UnresolvedError
from app.merging.lookup import ABSENT, LimitedGetter, resolved, step
from app.merging.provenance_tags import Tagged, tag_all
from app.merging.replay_state import State
from app.merging.tables import spelled
from app.merging.templates import flaw

utils.find_the_correct_casing = spelled  # the same, of which a large table is not made of a square

INTERNAL_KEYS = frozenset(UPPER_DEFAULT_SETTINGS) | {"SETTINGS_MODULE"}
"""Top-level keys that would reconfigure Dynaconf in mid-load; they never reach the merge."""

FAILURES = (
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
CIRCULAR = "it refers to itself"
_TOO_MANY = "references multiply without end"
_MOST_EVALUATIONS = 10_000  # Dynaconf evaluates a chain of dotted references twice at each step


class LazyValue(Lazy):  # type: ignore[misc]  # Dynaconf ships no types
    """A lazy value that knows its place, reads no global, and never raises."""

    def __init__(self, lazy: Lazy, said: Tagged, environ: Mapping[str, str]) -> None:
        super().__init__(lazy.value, formatter=lazy.formatter, casting=lazy.casting)
        self.said, self.environ = said, environ

    def __call__(self, settings: "Replay", _validator: object = None) -> Any:
        """The value, tagged; what cannot be had says why."""
        name = str(self.formatter.token)
        try:
            with settings.evaluating(self):
                if name not in {"format", "get"}:
                    self._refuse(name)
                value = settings.format(self.value, self.environ) if name == "format" else settings.fetch(self.value)
                value = self.casting(resolved(value, settings)) if self.casting else value
        except OpaqueError as error:
            return self.said.turned(self.said.value, state="opaque", reason=reason_of(error))
        except FAILURES as error:
            if settings.state.active:  # what needs this one fails too
                raise UnresolvedError(reason_of(error)) from error
            return settings.fail(self.said.layer, self.said.path, error)
        if isinstance(value, DataDict | DataList):
            return value  # the very table that it refers to: Dynaconf shares it, and merging changes both
        return tag_all(value, self.said.layer, self.said.path)

    def _refuse(self, name: str) -> NoReturn:
        """Raises for a token that is not run here: it is sure to fail, or opaque."""
        if isinstance(self.value, str) and (reason := flaw(name, self.value)):
            raise UnresolvedError(reason)
        message = f"@{name} is not run here"
        raise OpaqueError(message)


class Replay(Settings):  # type: ignore[misc]  # Dynaconf ships no types
    """Dynaconf's own settings object without loaders, files, validators and the process's environment."""

    def __init__(self, options: MergeOptions, environ: Mapping[str, str]) -> None:
        self._kwargs = State(environ=environ, options=options)
        self.restart()

    def restart(self) -> None:
        """Forgets everything that was set."""
        options = self.options
        core = DynaconfCore("assay", box_settings=self)
        core.config.defaults = {}
        self.__core__ = core
        self._kwargs = State(environ=self.environ, options=options)
        defaults = {
            "MERGE_ENABLED_FOR_DYNACONF": options.merge_enabled,
            "NESTED_SEPARATOR_FOR_DYNACONF": options.nested_separator or False,
            "INDEX_SEPARATOR_FOR_DYNACONF": None,
            "DOTTED_LOOKUP_FOR_DYNACONF": options.dotted_lookup,
            "AUTO_CAST_FOR_DYNACONF": options.auto_cast,
            "VALIDATE_ON_UPDATE_FOR_DYNACONF": False,
            "SYSENV_FALLBACK_FOR_DYNACONF": False,
            "LOWERCASE_READ_FOR_DYNACONF": True,
            "ENV_FOR_DYNACONF": options.environment,
        }
        for name, value in defaults.items():
            core.store[name] = value
            object.__setattr__(self, name, value)

    @property
    def state(self) -> State:
        """What this replay knows that Dynaconf's settings do not."""
        state: State = self._kwargs
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

    def fail(self, layer: Layer, path: Path, error: Exception) -> Tagged:
        """Keeps a failure, and gives what stands in its place."""
        self.state.failures.append((layer, path, error))
        return Tagged(None, layer, path, state="unresolved", reason=reason_of(error))

    @contextmanager
    def evaluating(self, lazy: LazyValue) -> Iterator[None]:
        """Refuses a lazy value that needs itself."""
        self.state.evaluated += 1
        if any(lazy is other for other in self.state.active):
            raise CircularError(CIRCULAR)
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
            require_bounded(value)
            return tagged(value, text, self.environ)
        except FAILURES as error:
            return self.fail(text.layer, text.path, error)

    def set(self, key: str, value: Any, *args: Any, dotted_lookup: Any = empty, **kwargs: Any) -> None:
        """Sets a value; a plain key's tokens are read once."""
        if not is_dotted(key, self.options) or dotted_lookup not in (True, empty):
            value = self.read(value)
        super().set(key, value, *args, dotted_lookup=dotted_lookup, **kwargs)

    def begin(self, key: str, value: Any) -> None:
        """Sets what the call's keywords say: before options are known, so that `__` is part of a name.

        A key with dots is taken for a path, and for a name as well. Source: `Settings.__init__` and `default_loader`.
        """
        options = {
            "NESTED_SEPARATOR_FOR_DYNACONF": False,
            "MERGE_ENABLED_FOR_DYNACONF": False,
            "AUTO_CAST_FOR_DYNACONF": True,
        }
        known = {name: self.raw(name) for name in options}
        self.store.update(options)
        try:
            for dotted in (True, False) if "." in key or "[" in key else (False,):
                super().set(key, self.read(value), dotted_lookup=dotted, validate=False)
        finally:
            self.store.update(known)

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
        value = self._top(str(names[0])) if dotted in self else ABSENT
        for name in names[1:]:
            value = step(value, name)
        if value is ABSENT:
            message = f"the setting {dotted} does not exist"
            raise AbsentSettingError(message)
        return resolved(value, self)

    def _top(self, name: str) -> Any:
        """A top-level value as templates get it: from Dynaconf's cache, which outlives the load; `@empty` is absent."""
        try:
            return self[name]
        except KeyError:
            return ABSENT

    def format(self, template: Any, environ: Mapping[str, str]) -> str:
        """A `@format` template, evaluated safely."""
        return Formatter(self.look_up, environ).format(str(template))

    def fetch(self, text: str) -> Any:
        """What `@get KEY [@cast] [default]` gives."""
        return _get_formatter(text, this=LimitedGetter(self))


def require_bounded(value: Any) -> None:
    """Lets a value pass that a text became; raises UnresolvedError where it is deeper, longer or more than is taken."""
    if found := limits.excess(value.value if isinstance(value, MetaValue) else value):
        message = f"it {found.limit.breach}"
        raise UnresolvedError(message)


def is_token(text: str) -> bool:
    """Whether Dynaconf reads the text's first word as a token (`@format`, `@int`, ...)."""
    return text.partition(" ")[0] in converters


def tagged(value: Any, said: Tagged, environ: Mapping[str, str]) -> Any:
    """What a token became, with our own lazy values in place of Dynaconf's."""
    if isinstance(value, Lazy):
        return LazyValue(value, said, environ)
    if isinstance(value, MetaValue):
        value.value = tagged(value.value, said, environ)
        value.said = said
        return value
    return value if value is empty else tag_all(_placed(value, said, environ), said.layer, said.path)


def _placed(value: Any, said: Tagged, environ: Mapping[str, str]) -> Any:
    """The same value with our own lazy values in it: `@merge a=@format {this.b}` is a table that holds one."""
    if isinstance(value, dict):
        for key, item in dict.items(value):
            dict.__setitem__(value, key, _placed(item, said, environ))
    elif isinstance(value, list):
        for number, item in enumerate(list.__iter__(value)):
            list.__setitem__(value, number, _placed(item, said, environ))
    return tagged(value, said, environ) if isinstance(value, Lazy) else value


def reason_of(error: Exception) -> str:
    """What an error says, without the quotes that some put around it."""
    return str(error).strip("'\"")
