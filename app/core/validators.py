"""What an application's code demands of its configuration: Dynaconf's validators, read and never run. Pure."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct, field

from app.core.layers import Layer, Origin, Path, Span

type Failing = Literal["missing", "present", "value", "crash"]
"""A key that has to be there is not; one that may not be there is; its value is refused; checking it raises."""


class Hidden(Struct, frozen=True, kw_only=True):
    """A part of a validator that only running code would tell.

    Attributes:
        argument: its name; `names` for the names of keys.
        text: what stands there.
    """

    argument: str
    text: str


class Validator(Struct, frozen=True, kw_only=True, dict=True, eq=False):
    """One `Validator(…)`, or several joined with `&` or `|`.

    Attributes:
        names: the keys that it is about, as it spells them.
        arguments: what else it was given, by Dynaconf's names for that, operations included; validators among them
            are of this class.
        hidden: what cannot be known of it.
        joined: how its parts belong together; None for a single one.
        parts: of one that is joined.
        file: where it stands, relative to the project's root, with `/`.
        span: the place there.
    """

    file: str
    span: Span
    names: tuple[str, ...] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict)
    hidden: tuple[Hidden, ...] = ()
    joined: Literal["and", "or"] | None = None
    parts: tuple["Validator", ...] = ()

    @cached_property
    def layer(self) -> Layer:
        """Its defaults and casts, which change values: a layer above all others."""
        return Layer(kind="validator", values={}, file=self.file, locate=lambda _: self.span)

    @property
    def origin(self) -> Origin:
        """The place where it stands."""
        return self.layer.origin(())

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The names of all its parts."""
        return tuple(dict.fromkeys((*self.names, *(name for part in self.parts for name in part.keys))))

    @cached_property
    def unread(self) -> tuple[Hidden, ...]:
        """What cannot be known of it, of its parts, and of the validators that it was given."""
        return tuple(dict.fromkeys((*self.hidden, *(one for other in self._others for one in other.unread))))

    @property
    def demanded(self) -> Iterator[str]:
        """The keys without which it fails, or may fail, as it spells them."""
        if self.arguments.get("must_exist") or self.arguments.get("required"):
            yield from self.names
        for part in self.parts:
            yield from part.demanded

    @property
    def _others(self) -> Iterator["Validator"]:
        yield from self.parts
        for value in self.arguments.values():
            listed = value if isinstance(value, list | tuple) else [value]
            yield from (one for one in listed if isinstance(one, Validator))

    @property
    def giving(self) -> Iterator[str]:
        """The keys to which it gives a default that only running code would tell, as it spells them."""
        if any(one.argument == "default" for one in self.hidden):
            yield from self.names
        for other in self._others:
            yield from other.giving


class ValidatorStep(Struct, frozen=True, kw_only=True):
    """What the code does with validators: hands some over, and has all be checked that it has handed over so far.

    Attributes:
        validators: what is handed over; with `register`, one that says the same as another is left out.
        checks: whether all are checked then.
        only: the beginnings of the names that are checked; None for all names.
        exclude: the beginnings of those that are not.
        only_current_env: whether those for other environments are left out.
        unsure: whether only running code would tell which of them are checked.
        alone: whether each is checked by itself, as `dynaconf validate` does, and changes nothing that lasts.
        filled: the first parts, in capitals, of the keys that the code sets before; `*` stands for any.
    """

    validators: tuple[Validator, ...] = ()
    registers: bool = False
    checks: bool = False
    only: Any = None
    exclude: Any = None
    only_current_env: Any = False
    unsure: bool = False
    alone: bool = False
    filled: frozenset[str] = frozenset()

    def sets(self, key: str) -> bool:
        """Whether the code may have given a key a value by then, which only running it would tell."""
        return not self.filled.isdisjoint({"*", key.replace("__", ".").partition(".")[0].upper()})


class Demands(Struct, frozen=True, kw_only=True, dict=True):
    """Everything that the code does with validators.

    Attributes:
        steps: in the order in which they are done.
        given_up: whether the code takes too long to be worked out, so that some of it is not known.
    """

    steps: tuple[ValidatorStep, ...] = ()
    given_up: bool = False

    @cached_property
    def validators(self) -> tuple[Validator, ...]:
        """All of them, in the order in which they are handed over."""
        return tuple(validator for step in self.steps for validator in step.validators)

    @cached_property
    def unchecked(self) -> tuple[Validator, ...]:
        """Those that are handed over, and that nothing checks; those of a file are there for `dynaconf validate`."""
        last = max((number for number, step in enumerate(self.steps) if step.checks), default=-1)
        return tuple(one for step in self.steps[last + 1 :] if not step.alone for one in step.validators)


class ValidatorResult(Struct, frozen=True, kw_only=True):
    """What one validator says about one environment.

    Attributes:
        validator: which.
        passed: whether Dynaconf lets it pass; None where only running code would tell.
        failing: why not.
        name: the key at fault, as the validator spells it.
        path: the same as the environment's values have it.
        operation: what the value does not do; empty where something else is wrong.
        wanted: what the operation compares it with.
        tabular: whether the message shows a table, of which nobody knows what is in it.
        environment: whose value it is.
        message: what Dynaconf says.
        discreet: the same without any value.
        origin: where the value was set; None where nothing sets it.
    """

    validator: Validator
    passed: bool | None = True
    failing: Failing = "value"
    name: str = ""
    path: Path = ()
    operation: str = ""
    wanted: Any = None
    tabular: bool = False
    environment: str = ""
    message: str = ""
    discreet: str = ""
    origin: Origin | None = None
