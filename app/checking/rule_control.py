"""Which rules count, and how bad what they find is: the options `ignore` and `severity`, and what one call narrows."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from app.checking.judgement import Judgement
from app.checking.rule_ids import begins_one, instead, known_id
from app.core.errors import ArgumentError, ProjectError
from app.core.findings import Finding, Severity
from app.reports.validation import Judged
from app.sources.project import Project


class RuleSelection(Struct, frozen=True, kw_only=True):
    """The rules that one call asks for, by their ids or the beginnings of ids, in capitals.

    Attributes:
        select: those that count; none: all.
        ignore: those that do not, also among those.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    @property
    def narrows(self) -> bool:
        """Whether any rule is left out."""
        return bool(self.select or self.ignore)


EVERY_RULE = RuleSelection()


def selection(select: Iterable[str], ignore: Iterable[str]) -> RuleSelection:
    """What a call asks for; several ids may stand in one text, with commas.

    Raises:
        ArgumentError: there is no such rule.
    """
    return RuleSelection(select=tuple(_words(select)), ignore=tuple(_words(ignore)))


def _words(texts: Iterable[str]) -> list[str]:
    words = [word.strip() for text in texts for word in text.split(",") if word.strip()]
    for word in words:
        if not begins_one(word):
            raise ArgumentError(f"There is no rule {word!r}.", fix=instead(word))
    return [word.upper() for word in words]


def under_control(project: Project, found: Judgement, chosen: RuleSelection = EVERY_RULE) -> Judgement:
    """What was found by the rules that count, as bad as the project sees it.

    Args:
        project: whose options.
        found: what all rules say.
        chosen: what the call asks for.

    Raises:
        ProjectError: the options name no rule.
    """
    ignored = _ignored(project)
    severities = _severities(project)
    if not (ignored or severities or chosen.narrows):
        return found
    control = _Control(select=chosen.select, ignore=(*chosen.ignore, *ignored), severities=severities)
    judged = tuple(_judged(control, one) for one in found.judged)
    return replace(found, findings=control.over(found.findings), judged=judged)


def _judged(control: "_Control", one: Judged) -> Judged:
    return replace(one, verdict=replace(one.verdict, findings=control.over(one.verdict.findings)))


class _Control(Struct, frozen=True, kw_only=True):
    """The rules that count."""

    select: tuple[str, ...]
    ignore: tuple[str, ...]
    severities: Mapping[str, Severity]

    def over(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        return tuple(self._seen(finding) for finding in findings if self._counts(finding.rule))

    def _counts(self, rule: str) -> bool:
        return not rule.startswith(self.ignore) and (not self.select or rule.startswith(self.select))

    def _seen(self, finding: Finding) -> Finding:
        severity = self.severities.get(finding.rule)
        return replace(finding, severity=severity) if severity is not None else finding


def _ignored(project: Project) -> tuple[str, ...]:
    for number, word in enumerate(project.options.ignore):
        if not begins_one(word):
            raise _no_rule(project, f"ignore[{number}]", word)
    return tuple(word.upper() for word in project.options.ignore)


def _severities(project: Project) -> Mapping[str, Severity]:
    found: dict[str, Severity] = {}
    for word, level in project.options.severity.items():
        rule = known_id(word)
        if rule is None:
            raise _no_rule(project, f"severity.{word}", word)
        found[rule] = Severity.of(level)
    return found


def _no_rule(project: Project, where: str, word: str) -> ProjectError:
    return ProjectError(f"{project.options_file}: {where}: there is no rule {word!r}.", fix=instead(word))
