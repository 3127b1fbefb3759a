"""Dynaconf's own validators, made of what the code says: nothing in them is the application's but names and values."""

import os
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from app.merging.process_isolation import without_options

with without_options(os.environ):
    from dynaconf.validator import AndValidator, OrValidator
    from dynaconf.validator import Validator as Stock

from app.core.validators import Failing, Validator

_OPEN, _CLOSE = "\ue000", "\ue001"
_MARKED = re.compile(f"{_OPEN}.*?{_CLOSE}", re.DOTALL)
_VALUES = ("value", "op_value")
_FAILING: dict[str, Failing] = {"must_exist_true": "missing", "must_exist_false": "present"}
_WHOLE = frozenset({"names", "env", "must_exist", "required", "validators", "**", "apply_default_on_none"})
"""What has to be known of a validator for it to be checked at all."""
_UNTOLD = frozenset({"messages", "description"})


class Unknown(Exception):
    """What only running code would tell."""


HIDDEN = object()
"""A default that is not known."""


class Log:
    """What validators do, and which refuses."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forgets everything: another validator is to begin."""
        self.name = ""
        self.settings: object = None
        self.failing: Failing = "value"
        self.operation = ""
        self.wanted: Any = None
        self.tabular = False

    def asks(self, name: str, settings: object) -> None:
        """A validator looks at a key of these settings."""
        self.name, self.settings = name, settings

    def fails(self, failing: Failing, said: Mapping[str, Any]) -> None:
        """A validator refuses a key, and says why."""
        self.failing = failing
        self.operation, self.wanted = str(said.get("operation", "")), said.get("op_value")
        self.tabular = self.tabular or any(isinstance(said.get(name), dict) for name in _VALUES)

    @staticmethod
    def plain(message: str) -> str:
        """The message as Dynaconf gives it."""
        return message.replace(_OPEN, "").replace(_CLOSE, "")

    @staticmethod
    def discreet(message: str) -> str:
        """The message without the values in it."""
        return _MARKED.sub("***", message)


class _Template(str):
    """A message's template that marks values, and says what failed."""

    __slots__ = ("kind", "log")
    kind: str
    log: Log

    def format(self, *_: object, **said: Any) -> str:
        """The message."""
        if self.kind != "combined":
            self.log.fails(_FAILING.get(self.kind, "value"), said)
        return str.format(self, **{name: _marked(value) if name in _VALUES else value for name, value in said.items()})

    def replace(self, *changed: Any) -> "_Template":
        """The template with another text."""
        return _template(str.replace(self, *changed), self.kind, self.log)

    def __deepcopy__(self, _: object) -> "_Template":
        return self


def _template(text: str, kind: str, log: Log) -> _Template:
    made = _Template(text)
    made.kind, made.log = kind, log
    return made


def _marked(value: Any) -> str:
    """The value between marks; the items of a set in order, so that a message is the same in every process."""
    if isinstance(value, set | frozenset) and value:
        value = "{" + ", ".join(sorted(map(repr, value))) + "}"
    return f"{_OPEN}{value}{_CLOSE}"


class _Mystery(Stock):  # type: ignore[misc]  # Dynaconf ships no types
    """A validator of which too little is known."""

    def validate(self, *_: Any, **__: Any) -> None:
        """Says nothing."""
        raise Unknown


def build(validator: Validator, log: Log) -> Any:
    """Dynaconf's own validator.

    Args:
        validator: what the code says.
        log: is told what it does.

    Raises:
        Exception: whatever Dynaconf raises for arguments like these.
    """
    if validator.joined:
        left, right = (build(part, log) for part in validator.parts)
        made = (OrValidator if validator.joined == "or" else AndValidator)(left, right)
    elif _WHOLE & {one.argument for one in validator.hidden}:
        made = _Mystery(*validator.names)
    else:
        made = Stock(*validator.names, **_arguments(validator, log))
    made.messages = {kind: _template(text, kind, log) for kind, text in made.messages.items()}
    made.default_messages = {kind: _template(text, kind, log) for kind, text in made.default_messages.items()}
    return made


def _arguments(validator: Validator, log: Log) -> dict[str, Any]:
    given = {name: _argument(name, value, log) for name, value in validator.arguments.items()}
    for one in validator.hidden:
        if one.argument in _UNTOLD:
            continue
        if one.argument == "default":
            given["default"] = HIDDEN
        elif one.argument == "cast":
            given["cast"] = _raising()
        elif one.argument == "when":
            given["when"] = _Mystery()
        else:
            given["condition"] = _raising()  # what is checked after everything that is known
    return given


def _argument(name: str, value: Any, log: Log) -> Any:
    if isinstance(value, Validator):
        return build(value, log)
    if name == "items_validators":
        return [build(one, log) if isinstance(one, Validator) else one for one in value or ()]
    return deepcopy(value)


def _raising() -> Callable[[Any], Any]:
    def unknown(_: Any) -> Any:
        raise Unknown

    return unknown
