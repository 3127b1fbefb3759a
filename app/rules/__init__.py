"""The catalogue: one rule a file, listed here in the order of their ids."""

from collections.abc import Iterable, Iterator, Mapping

from app.findings import Deferred, Fault, Finding, Verdict
from app.layers import parse_key
from app.rules import (
    app001_debug_on,
    cors001_any_origin,
    db001_tls_off,
    db002_default_password,
    db006_url_contradicts_parts,
    env001_unknown_variable,
    env002_looks_mistyped,
    env003_legacy_variable,
    env004_single_underscore,
    sec001_placeholder_secret,
    src001_file_missing,
    src002_toml_syntax,
    src003_not_utf8,
    src004_unknown_environment,
    src005_active_unknown,
    src006_section_not_table,
    src007_case_duplicate,
    src008_outside_sections,
    src009_reserved_key,
    src010_order_ambiguous,
    src011_shape_change,
    src012_list_concatenated,
    src013_marker_left,
    src014_opaque_value,
    src015_default_after_environment,
    src016_profile_mixed,
    src017_dead_value,
    src018_reference_unset,
    src019_no_production,
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
    db006_url_contradicts_parts.RULE,
    env001_unknown_variable.RULE,
    env002_looks_mistyped.RULE,
    env003_legacy_variable.RULE,
    env004_single_underscore.RULE,
    sec001_placeholder_secret.RULE,
    src001_file_missing.RULE,
    src002_toml_syntax.RULE,
    src003_not_utf8.RULE,
    src004_unknown_environment.RULE,
    src005_active_unknown.RULE,
    src006_section_not_table.RULE,
    src007_case_duplicate.RULE,
    src008_outside_sections.RULE,
    src009_reserved_key.RULE,
    src010_order_ambiguous.RULE,
    src011_shape_change.RULE,
    src012_list_concatenated.RULE,
    src013_marker_left.RULE,
    src014_opaque_value.RULE,
    src015_default_after_environment.RULE,
    src016_profile_mixed.RULE,
    src017_dead_value.RULE,
    src018_reference_unset.RULE,
    src019_no_production.RULE,
    typ001_missing.RULE,
    typ002_wrong_type.RULE,
    typ003_unknown_key.RULE,
    typ004_constraint.RULE,
)

_BY_ID: Mapping[str, Rule] = {rule.id: rule for rule in RULES}


def judge(subject: Subject) -> Verdict:
    """Everything that the catalogue says about one environment, the most specific finding of each kind."""
    findings = [finding for rule in RULES for finding in rule.judge(subject) if not _is_deployed(finding, subject)]
    stronger = {(finding.rule, finding.key) for finding in findings}
    kept = [
        finding
        for finding in findings
        if not any((rule, finding.key) in stronger for rule in _BY_ID[finding.rule].yields_to)
    ]
    return Verdict(findings=tuple(kept), deferred=tuple(_deferred(subject)))


def _is_deployed(finding: Finding, subject: Subject | None) -> bool:
    """Whether the finding is about a key that the environment's deployment supplies."""
    if subject is None or not subject.deployed.patterns or finding.key is None:
        return False
    path = parse_key(finding.key)
    return path is not None and subject.deployed.covers(path)


def _deferred(subject: Subject) -> Iterator[Deferred]:
    """What only the environment's own deployment holds."""
    yield from typ001_missing.deferred(subject)
    yield from src018_reference_unset.deferred(subject)
    for leaf in subject.supplied:
        message = f"{leaf.key} is supplied by the deployment of {subject.tree.environment}."
        yield Deferred(key=leaf.key, variable=subject.variable(leaf.path), message=message)


def judge_project(survey: Survey) -> tuple[Finding, ...]:
    """Everything that the catalogue says about the project as a whole; some of it names an environment."""
    findings = (finding for rule in RULES for finding in rule.survey(rule, survey))
    return tuple(
        finding for finding in findings if not _is_deployed(finding, survey.subjects.get(finding.environment or ""))
    )


def judge_sources(faults: Iterable[Fault]) -> tuple[Finding, ...]:
    """The findings of what sources found wrong with themselves."""
    return tuple(_BY_ID[fault.rule].finding_of(fault) for fault in faults)
