"""What the code does with its validators, step by step, in one process."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.merging.process_isolation import silence, without_options

with without_options(os.environ):
    from dynaconf.validator import EQUALITY_ATTRS, ValidationError, ValidatorList

from app.core.tree import Leaf, Statement
from app.core.validators import Demands, Validator, ValidatorResult, ValidatorStep
from app.merging.validation.build import Log, Unknown, build
from app.merging.validation.environment import CheckedEnvironment
from app.merging.validation.settings import CheckedSettings, Loaded


class ValidatorRun(Struct, frozen=True, kw_only=True):
    """What is to be checked.

    Attributes:
        demands: what the code does with validators.
        complete: whether the process has no other variables than those that are known.
        other: another environment's values, in the same process; by its name as a validator spells it.
    """

    demands: Demands
    complete: bool
    other: Callable[[str], Loaded]


class Checked(Struct, frozen=True, kw_only=True):
    """What checking gives: the leaves as they are then, what validators say, and what each makes of it all.

    A leaf that a validator set has the validator's layer.
    """

    leaves: list[Leaf]
    said: list[Statement]
    results: tuple[ValidatorResult, ...]


def check(loaded: Loaded, checks: ValidatorRun) -> Checked:
    """Checks an environment as its application does.

    Source: Dynaconf, `validator.py`, and `Settings.__init__`.
    """
    session = _Session(loaded, checks)
    steps = checks.demands.steps
    with silence():
        results = [result for step in steps if not step.alone for result in session.take(step)]
        leaves, said = session.main.leaves(), session.main.said()
        results += [result for step in steps if step.alone for result in session.take_alone(step)]
    return Checked(leaves=leaves, said=said, results=tuple(_first(results)))


def _first(results: Sequence[ValidatorResult]) -> Iterator[ValidatorResult]:
    """One result a validator: the first that is not plainly good."""
    kept: dict[int, ValidatorResult] = {}
    for result in results:
        known = kept.get(id(result.validator))
        if known is None or (known.passed and not result.passed):
            kept[id(result.validator)] = result
    yield from kept.values()


def _comparable(value: object) -> object:
    """Equal for equal values, and quick to compare: what is registered again is looked for among those alike."""
    if isinstance(value, dict):
        return frozenset((name, _comparable(item)) for name, item in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(_comparable, value))
    return value if isinstance(value, str | int | float | None) else type(value)


class _Session:
    """One process of the application, as far as its validators go."""

    def __init__(self, loaded: Loaded, checks: ValidatorRun) -> None:
        self._checks = checks
        self._log = Log()
        self._others: dict[str, CheckedEnvironment] = {}
        self.main = CheckedEnvironment(loaded, self._log, self._other)
        self._list = ValidatorList(self.main.settings)
        self._alike: dict[object, list[Any]] = {}
        self._of: dict[int, Validator] = {}

    def _other(self, env: str) -> CheckedSettings:
        if env not in self._others:
            self._others[env] = CheckedEnvironment(self._checks.other(env), self._log, self._other)
        other = self._others[env]
        if other.failure:
            self._log.asks("", other.settings)
            raise other.failure
        return other.settings

    def take(self, step: ValidatorStep) -> Iterator[ValidatorResult]:
        """Does what a step says."""
        for validator in step.validators:
            try:
                made = build(validator, self._log)
            except Exception as error:  # noqa: BLE001 - whatever it is, the application does not start
                yield _crash(validator, error)
                continue
            alike = self._alike.setdefault(_comparable([getattr(made, name, None) for name in EQUALITY_ATTRS]), [])
            if step.registers and made in alike:
                continue
            alike.append(made)
            self._list.append(made)
            self._of[id(made)] = validator
        if step.checks:
            for made in list(self._list):
                result = self._result(made, self._of[id(made)], step)
                is_unsure = result.passed is False and (step.unsure or _may_hold(result, step))
                yield replace(result, passed=None) if is_unsure else result

    def take_alone(self, step: ValidatorStep) -> Iterator[ValidatorResult]:
        """Checks each of a step by itself."""
        for validator in step.validators:
            try:
                made = build(validator, self._log)
            except Exception as error:  # noqa: BLE001 - whatever it is, it fails
                yield _crash(validator, error)
                continue
            yield self._result(made, validator, step)

    def _result(self, made: Any, validator: Validator, step: ValidatorStep) -> ValidatorResult:
        self._log.clear()
        try:
            made.validate(
                self.main.settings, only=step.only, exclude=step.exclude, only_current_env=step.only_current_env
            )
        except Unknown:
            self._hide(validator)
            return ValidatorResult(validator=validator, passed=None)
        except ValidationError as error:
            return self._failure(validator, str(error))
        except (MemoryError, RecursionError):
            return ValidatorResult(validator=validator, passed=None)
        except Exception as error:  # noqa: BLE001 - whatever it is, the application does not start
            return self._failure(validator, f"{type(error).__name__}: {error}", crashed=True)
        finally:
            for environment in (self.main, *self._others.values()):
                environment.note(validator)
        return ValidatorResult(validator=validator)

    def _hide(self, validator: Validator) -> None:
        """Notes that its defaults may be there, wherever it was asked."""
        for name in _with_default(validator):
            for environment in (self.main, *self._others.values()):
                environment.settings.hide(name)

    def _failure(self, validator: Validator, message: str, *, crashed: bool = False) -> ValidatorResult:
        log = self._log
        environments = (self.main, *self._others.values())
        environment = next((one for one in environments if one.settings is log.settings), self.main)
        return ValidatorResult(
            validator=validator,
            passed=False,
            failing="crash" if crashed else log.failing,
            name=log.name,
            path=environment.path(log.name) if log.name else (),
            operation=log.operation,
            wanted=log.wanted,
            tabular=log.tabular,
            environment=str(environment.settings.current_env),
            message=log.plain(message),
            discreet=message.partition(":")[0] if crashed else log.discreet(message),
            origin=environment.origin(log.name) if log.name else None,
        )


def _may_hold(result: ValidatorResult, step: ValidatorStep) -> bool:
    """Whether what failed may hold by then, since the code sets a key that it asks for."""
    keys = result.validator.keys if result.validator.parts or not result.name else (result.name,)
    return any(map(step.sets, keys))


def _with_default(validator: Validator) -> Iterator[str]:
    """The keys that it gives a value where they have none."""
    for part in validator.parts:
        yield from _with_default(part)
    if "default" in validator.arguments or any(one.argument == "default" for one in validator.hidden):
        yield from validator.names


def _crash(validator: Validator, error: Exception) -> ValidatorResult:
    """What a validator says that cannot even be made."""
    name, key = type(error).__name__, next(iter(validator.keys), "")
    return ValidatorResult(validator=validator, passed=False, failing="crash", name=key, message=f"{name}: {error}",
                           discreet=name)  # fmt: skip
