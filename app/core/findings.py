"""What rules say: findings, what is deferred, and what was waived."""

from collections.abc import Iterable
from datetime import date
from enum import IntEnum
from typing import Any, Literal

from msgspec import Struct, field

from app.core.layers import Origin


class Severity(IntEnum):
    """How bad it is; comparable, so that a threshold is a comparison."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """The name as options, JSON and text spell it."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "Severity":
        """The severity of that name."""
        return cls[word.upper()]


class Edit(Struct, frozen=True, kw_only=True):
    """The change that mends what was found, as data: a program can make it, and its text can be pasted.

    Attributes:
        kind: a key of a profile is set or taken out, a variable is set, or an option of the project is set.
        text: what can be pasted: TOML lines, `NAME=value`, or the option's line; never a secret. In a report a remark
            above the lines says where they go in the file, and a command stands where they would show a secret.
        key: the dotted key below the section; the variable's or the option's name.
        file: the profile, the file that holds the options, or the `.env` file that holds a variable; else None.
        section: the section of the profile, `tool.assay` in pyproject.toml; None in files without, and for variables.
        value: what it is set to; None for a secret, for what only a person can choose, and where it is taken out.
    """

    kind: Literal["set", "unset", "variable", "option"]
    text: str
    key: str
    file: str | None = None
    section: str | None = None
    value: Any = None


class Fix(Struct, frozen=True, kw_only=True):
    """What to do about a finding: the sentence that says so, and the edit that does it, where one does; else advice."""

    text: str
    edit: Edit | None = None


class Finding(Struct, frozen=True, kw_only=True):
    """One problem.

    Attributes:
        rule: the rule's id, `DB002`.
        name: the rule's name, `default-password`.
        environment: None where it belongs to no single environment (a broken file).
        key: the dotted key at fault; None where there is none.
        message: what is wrong, one sentence, never a secret.
        fix: what to do, ready to paste where it can be.
        origin: the guilty place; None where nothing set the key.
        related: other places that belong to it.
        edit: the change that mends it, where one does.
    """

    rule: str
    name: str
    severity: Severity
    message: str
    fix: str
    environment: str | None = None
    key: str | None = None
    origin: Origin | None = None
    related: tuple[Origin, ...] = ()
    edit: Edit | None = None


class Fault(Struct, frozen=True, kw_only=True):
    """What a source finds wrong with itself; the rule of that id makes a finding of it.

    Attributes:
        severity: how bad it is; None where the rule says so.
        hides: what keeps its content from us, as the end of a sentence about its place (`does not parse`): no
            environment that needs it can be judged; None where everything that it says is known all the same.
    """

    rule: str
    message: str
    fix: str
    origin: Origin
    edit: Edit | None = None
    severity: Severity | None = None
    hides: str | None = None

    @property
    def reason(self) -> str | None:
        """Why what needs this source cannot be judged, with the place; None where it can."""
        span = self.origin.span
        place = f"{self.origin.file or self.origin.name}{f':{span.line}' if span else ''}"
        return f"{place} {self.hides}" if self.hides else None


def each_once(faults: Iterable[Fault]) -> list[Fault]:
    """The faults without those that say at one place what an earlier one has said; first what hides something."""
    once: dict[tuple[object, ...], Fault] = {}
    for fault in faults:
        once.setdefault((fault.rule, fault.origin, fault.message), fault)
    return sorted(once.values(), key=lambda fault: fault.hides is None)


class Deferred(Struct, frozen=True, kw_only=True):
    """A required value that an environment does not hold here: its own deployment supplies it.

    `supplied` is where the deployment names its source.
    """

    key: str
    variable: str | None
    message: str
    supplied: Origin | None = None


class Waiver(Struct, frozen=True, kw_only=True):
    """Findings that somebody accepts until a day.

    Attributes:
        rule: the rule's id.
        reason: why they are accepted.
        expires: the last day on which it holds; None for one without end.
        key: the keys it is about, with `*` and `?`; None where it is about any finding of the rule.
        environment: the environments it is about, with `*` and `?`; None where it is about all, and the project.
        number: its place among the project's waivers, from 0.
    """

    rule: str
    reason: str
    expires: date | None
    key: str | None = None
    environment: str | None = None
    number: int = 0


class Waived(Struct, frozen=True, kw_only=True):
    """A finding that a waiver accepts: listed, not counted."""

    finding: Finding
    waiver: Waiver


class Verdict(Struct, frozen=True, kw_only=True):
    """What judging one environment gave."""

    findings: tuple[Finding, ...] = ()
    deferred: tuple[Deferred, ...] = field(default=())
    waived: tuple[Waived, ...] = ()
