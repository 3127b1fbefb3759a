"""A key has another type in one environment than in the others.

Code that works in development then meets a text where it expects a number, and fails in production alone: `"false"` is
true, and `"8080" + 1` is an error. Whole and broken numbers are of one type; of lists only that they are lists is
compared. The environment that differs from most is told; where as many say this as say that, the production-like ones
are taken to be right, else the first environment; of a boolean and a word for one, as `"off"`, the boolean is, and of a
number and a text of digits, as `"30"`, the number. Silent are references, keys that a model declares (it checks them
itself), and what SRC011, ENV002 or ENV005 tell.

Wrong:

    [development]
    retries = 3

    [production]
    retries = "3"

Right:

    [development]
    retries = 3

    [production]
    retries = 5
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time

from msgspec import Struct

from app.core.findings import Finding, Severity
from app.core.layers import VARIABLES, Path, dotted, fold, stem
from app.core.tree import Leaf
from app.rules import env002_looks_mistyped, env005_changes_kind, src011_shape_change
from app.rules.kit.comparing import listed, of_one_variable
from app.rules.kit.known_defaults import is_reference
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.survey import ProjectContext
from app.rules.kit.switches import is_off, is_on

_EXAMPLES: Mapping[str, str] = {
    "a text": '"…"', "a list": '["…"]', "a boolean": "true", "a number": "1", "a table": '{ "…" = "…" }',
    "a date": "2026-01-31", "a time": "12:00:00",
}  # fmt: skip


_WHOLE = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,17})")


class Typed(Struct, frozen=True, kw_only=True):
    """A setting of one environment, what it is, and a leaf of it."""

    subject: EnvironmentContext
    kind: str
    leaf: Leaf


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Every setting that is something else in some environment."""
    subjects = tuple(survey.subjects.values())
    for path in _disputed(subjects):
        typed = [one for subject in subjects if (one := _typed(subject, path))]
        if len({one.kind for one in typed}) > 1 and not _is_told(path, typed):
            yield from _findings(rule, path, typed)


_KINDS: Mapping[type, str] = {
    str: "a text", bool: "a boolean", int: "a number", float: "a number", list: "a list", dict: "a table",
    datetime: "a date", date: "a date", time: "a time",
}  # fmt: skip


def _kind_of(value: object) -> str | None:
    """What a value is called; None where it says nothing about what is meant."""
    kind = type(value)
    return _KINDS.get(kind) or next((_KINDS[base] for base in kind.__mro__ if base in _KINDS), None)


def _kinds(leaf: Leaf) -> tuple[tuple[Path, str], ...]:
    """What a leaf makes of its setting, and of the tables around that."""
    path = fold(leaf.path)
    key = stem(path)
    kind = "a list" if key != path else _kind_of(leaf.value) if leaf.state == "plain" else None
    tables = tuple((key[:depth], "a table") for depth in range(len(key) - 1, 0, -1))
    return ((key, kind), *tables) if kind else tables


def _disputed(subjects: Iterable[EnvironmentContext]) -> list[Path]:
    """The keys that may not be the same everywhere, in the order in which they are met; a leaf is looked at once."""
    first: dict[Path, str] = {}
    disputed: dict[Path, None] = {}
    seen: set[int] = set()
    for subject in subjects:
        kinds = subject.answers(_kinds)
        for one in (one for one in subject.tree.by_id if one not in seen):
            disputed.update((path, None) for path, kind in kinds[one] if first.setdefault(path, kind) != kind)
        seen.update(subject.tree.by_id)
    return list(disputed)


def _typed(subject: EnvironmentContext, path: Path) -> Typed | None:
    """What the setting is in one environment; None where that is not known, or a model's business."""
    leaf = next(subject.tree.below(path), None)
    if leaf is None or leaf.state != "plain" or (subject.shape and subject.shape.at(path)):
        return None
    below = fold(leaf.path)[len(path) :]
    kind = _kind_of(leaf.value) if not below else "a list" if isinstance(below[0], int) else "a table"
    is_open = not below and isinstance(leaf.value, str) and is_reference(leaf.value)
    return Typed(subject=subject, kind=kind, leaf=leaf) if kind and not is_open else None


def _is_told(path: Path, typed: list[Typed]) -> bool:
    """Whether another rule tells about the layers of one environment what would be told here about several."""
    key = dotted(path).casefold()
    if "a table" not in {one.kind for one in typed} and not any(_is_variable(one) for one in typed):
        return False
    rules = (src011_shape_change.RULE, env002_looks_mistyped.RULE, env005_changes_kind.RULE)
    return any(
        (finding.key or "").casefold() == key for one in typed for rule in rules for finding in rule.judge(one.subject)
    )


def _is_variable(one: Typed) -> bool:
    return one.leaf.layer is not None and one.leaf.layer.kind in VARIABLES


def _findings(rule: Rule, path: Path, typed: list[Typed]) -> Iterator[Finding]:
    right, origins = _right(typed), {id(one): one.leaf.origin for one in typed}
    elsewhere = {kind: _elsewhere(kind, typed) for kind in dict.fromkeys(one.kind for one in typed) if kind != right}
    for odd in (one for one in typed if one.kind != right):
        rest = [one for one in typed if one.kind != odd.kind and not of_one_variable(one.leaf, odd.leaf)]
        related = dict.fromkeys(origins[id(one)] for one in rest)
        key = odd.leaf.path[: len(path)]
        value = _meant(odd.leaf.value, right)
        fix = odd.subject.setting(key, value, sample=_EXAMPLES[right], says=f"Write {right}: {{}}.")
        message = f"{dotted(key)} is {odd.kind} in {odd.subject.tree.environment}, and {elsewhere[odd.kind]}."
        others = tuple(at for at in related if at is not None and at != origins[id(odd)])
        yield rule.finding(odd.subject, key, message, fix, leaf=odd.leaf, related=others)


def _meant(value: object, right: str) -> int | bool | None:
    """What a text says where the others have a number or a boolean; None where only a person knows."""
    if right == "a number" and isinstance(value, str) and _is_whole(value):
        return int(value)
    if right == "a boolean" and isinstance(value, str) and (is_on(value) or is_off(value)):
        return is_on(value)
    return None


def _right(typed: list[Typed]) -> str:
    """What most say; of two that as many say, what a production-like environment says, else the first one.

    A text that is a word for yes or no was meant as the boolean that it is elsewhere, however many say it; and one of
    digits as the number, but for secrets. Of a list and a text that as many say it is the brackets that were forgotten.
    """
    kinds, first = {one.kind for one in typed}, typed[0]
    if kinds == {"a boolean", "a text"} and all(map(_is_switch, typed)):
        return "a boolean"
    texts = [one.leaf.value for one in typed if one.kind == "a text"]
    if kinds == {"a number", "a text"} and all(map(_is_whole, texts)) and not first.subject.is_secret(first.leaf.path):
        return "a number"
    counts = Counter(one.kind for one in typed)
    most = [one for one in typed if counts[one.kind] == max(counts.values())]
    if {one.kind for one in most} == {"a list", "a text"}:
        return "a list"
    return next((one for one in most if one.subject.production), most[0]).kind


def _is_whole(value: object) -> bool:
    """Whether it is a text of digits, as a whole number is written; `007` and `1.10` are names of something."""
    return isinstance(value, str) and _WHOLE.fullmatch(value.strip()) is not None


def _is_switch(one: Typed) -> bool:
    return is_on(one.leaf.value) or is_off(one.leaf.value)


def _elsewhere(odd: str, typed: list[Typed]) -> str:
    """`a number in development and test`, for each of the other kinds."""
    kinds: dict[str, list[str]] = {}
    for one in typed:
        if one.kind != odd:
            kinds.setdefault(one.kind, []).append(one.subject.tree.environment)
    return ", ".join(f"{kind} in {listed(names)}" for kind, names in kinds.items())


RULE = Rule(
    id="XENV004",
    name="type-differs",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A key has another type in one environment.",
    source="The Twelve-Factor App, X",
    page=__doc__,
    survey=survey,
)
