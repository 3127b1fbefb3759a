"""Processes of one environment that are given different variables."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.core.deployment import DeployedVariable, Runner
from app.core.findings import Fault, Severity

_FIX = "Give both the same, from one ConfigMap or file; or name the one that counts: container = …, name = …."


def differences(runners: Sequence[Runner], words: tuple[str, ...]) -> Iterator[Fault]:
    """What each process is given otherwise than the one before it; sources that are no process are passed over.

    What runs now and then is no replica of what goes on, and one task none of another.
    """
    for left, right in pairwise([one for one in runners if not one.bare and not one.task]):
        yield from _between(left, right, words)


def _between(left: Runner, right: Runner, words: tuple[str, ...]) -> Iterator[Fault]:
    first, second = left.effective, right.effective
    for name in dict.fromkeys((*first, *second)):
        if words and not name.startswith(words):
            continue
        one, other = first.get(name), second.get(name)
        if one and other:
            if None not in {one.value, other.value} and one.value != other.value:
                what = f"{name} is one thing in {left.label} and another in {right.label}"
                yield _fault(f"{what}; the former stands at {one.origin}.", other)
        elif (left if other else right).open:
            continue
        elif found := one or other:
            having, lacking = (left, right) if one else (right, left)
            yield _fault(f"{name} is set in {having.label} and not in {lacking.label}.", found)


def _fault(message: str, variable: DeployedVariable) -> Fault:
    return Fault(rule="DEP003", message=message, fix=_FIX, origin=variable.origin, severity=Severity.WARNING)
