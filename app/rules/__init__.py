"""The catalogue: one rule a file, listed here in the order of their ids."""

from collections.abc import Iterable

from app.findings import Fault, Finding, Verdict
from app.rules import (
    app001_debug_on,
    cors001_any_origin,
    db001_tls_off,
    db002_default_password,
    sec001_placeholder_secret,
    src001_file_missing,
    src002_toml_syntax,
    src003_not_utf8,
    src005_active_unknown,
    typ001_missing,
    typ002_wrong_type,
    typ003_unknown_key,
    typ004_constraint,
)
from app.rules.rule import Rule
from app.rules.subject import Subject
from app.rules.survey import Survey

RULES: tuple[Rule, ...] = (
    app001_debug_on.RULE,
    cors001_any_origin.RULE,
    db001_tls_off.RULE,
    db002_default_password.RULE,
    sec001_placeholder_secret.RULE,
    src001_file_missing.RULE,
    src002_toml_syntax.RULE,
    src003_not_utf8.RULE,
    src005_active_unknown.RULE,
    typ001_missing.RULE,
    typ002_wrong_type.RULE,
    typ003_unknown_key.RULE,
    typ004_constraint.RULE,
)


def judge(subject: Subject) -> Verdict:
    """Everything that the catalogue says about one environment, the most specific finding of each kind."""
    findings = [finding for rule in RULES for finding in rule.judge(subject)]
    stronger = {(finding.rule, finding.key) for finding in findings}
    kept = [finding for finding in findings if not any((rule, finding.key) in stronger for rule in _yields_to(finding))]
    return Verdict(findings=tuple(kept), deferred=tuple(typ001_missing.deferred(subject)))


def judge_project(survey: Survey) -> tuple[Finding, ...]:
    """Everything that the catalogue says about the project as a whole."""
    return tuple(finding for rule in RULES for finding in rule.survey(rule, survey))


def judge_sources(faults: Iterable[Fault]) -> tuple[Finding, ...]:
    """The findings of what sources found wrong with themselves."""
    return tuple(_rule(fault.rule).finding_of(fault) for fault in faults)


def _yields_to(finding: Finding) -> tuple[str, ...]:
    return _rule(finding.rule).yields_to


def _rule(identifier: str) -> Rule:
    return next(rule for rule in RULES if rule.id == identifier)
