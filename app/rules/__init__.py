"""The catalogue: one rule a file, listed here in the order of their ids."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from app.core import limits
from app.core.findings import Deferred, Fault, Finding, Verdict
from app.core.layers import dotted, parse_key
from app.rules import (
    app001_debug_on,
    app002_weak_secret_key,
    app003_reload_on,
    app004_docs_public,
    app005_hosts_open,
    app006_proxies_open,
    app007_body_unlimited,
    app008_base_url_insecure,
    auth001_no_tokens,
    auth002_digest_malformed,
    cook001_cookie_not_secure,
    cook002_cookie_not_httponly,
    cook003_samesite_none,
    cors001_any_origin,
    cors002_any_origin_with_credentials,
    cors003_insecure_origin,
    db001_tls_off,
    db002_default_password,
    db003_tls_unverified,
    db004_superuser,
    db005_local_server,
    db006_url_contradicts_parts,
    db007_no_timeouts,
    db008_pool_exceeds_server,
    db009_pool_unbounded,
    db010_embedded_server,
    db011_application_name_missing,
    db012_password_in_url,
    db013_driver_refuses,
    db014_unescaped_password,
    db015_url_unusable,
    dep001_sets_nothing,
    dep002_reference_missing,
    dep003_replicas_differ,
    dep004_wrong_environment,
    dep005_secret_in_manifest,
    dep006_service_links,
    dep007_changed_by_yaml,
    dep008_port_contradicts,
    dep009_unread_source,
    diag001_probe_targets_any,
    diag002_readiness_needs_database,
    env001_unknown_variable,
    env002_looks_mistyped,
    env003_legacy_variable,
    env004_single_underscore,
    env005_changes_kind,
    env006_other_case,
    env007_foreign_placeholder,
    env008_service_link,
    hdr001_hsts_short,
    hdr002_nosniff_off,
    hdr003_referrer_policy,
    hdr004_framing_allowed,
    hdr005_content_policy_unsafe,
    jwt001_algorithm_none,
    jwt002_signing_key_short,
    jwt003_expiry_off,
    log001_verbose_logging,
    log002_logs_unstructured,
    net001_plain_http_dependency,
    net002_verification_off,
    sec001_placeholder_secret,
    sec002_secret_committed,
    sec003_secrets_file_tracked,
    sec004_secrets_file_readable,
    sec005_example_incomplete,
    sec006_example_real,
    sec007_short_secret,
    sec008_known_format,
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
    src020_keys_lost,
    src021_not_toml,
    src022_sections_unused,
    src023_options_elsewhere,
    src024_secrets_file_unread,
    src025_loads_nothing,
    src026_outside_project,
    src027_beyond_limits,
    typ001_missing,
    typ002_wrong_type,
    typ003_unknown_key,
    typ004_constraint,
    val001_validator_failed,
    val002_validator_unreadable,
    waiv001_waiver_expired,
    waiv002_waiver_unused,
    xenv001_secret_shared,
    xenv002_database_shared,
    xenv003_missing_in_staging,
    xenv004_type_differs,
    xenv005_production_inherits_default,
    xenv006_identical_environments,
)
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.supplied import source_of, sources
from app.rules.kit.survey import ProjectContext

RULES: tuple[Rule, ...] = (
    app001_debug_on.RULE,
    app002_weak_secret_key.RULE,
    app003_reload_on.RULE,
    app004_docs_public.RULE,
    app005_hosts_open.RULE,
    app006_proxies_open.RULE,
    app007_body_unlimited.RULE,
    app008_base_url_insecure.RULE,
    auth001_no_tokens.RULE,
    auth002_digest_malformed.RULE,
    cook001_cookie_not_secure.RULE,
    cook002_cookie_not_httponly.RULE,
    cook003_samesite_none.RULE,
    cors001_any_origin.RULE,
    cors002_any_origin_with_credentials.RULE,
    cors003_insecure_origin.RULE,
    db001_tls_off.RULE,
    db002_default_password.RULE,
    db003_tls_unverified.RULE,
    db004_superuser.RULE,
    db005_local_server.RULE,
    db006_url_contradicts_parts.RULE,
    db007_no_timeouts.RULE,
    db008_pool_exceeds_server.RULE,
    db009_pool_unbounded.RULE,
    db010_embedded_server.RULE,
    db011_application_name_missing.RULE,
    db012_password_in_url.RULE,
    db013_driver_refuses.RULE,
    db014_unescaped_password.RULE,
    db015_url_unusable.RULE,
    dep001_sets_nothing.RULE,
    dep002_reference_missing.RULE,
    dep003_replicas_differ.RULE,
    dep004_wrong_environment.RULE,
    dep005_secret_in_manifest.RULE,
    dep006_service_links.RULE,
    dep007_changed_by_yaml.RULE,
    dep008_port_contradicts.RULE,
    dep009_unread_source.RULE,
    diag001_probe_targets_any.RULE,
    diag002_readiness_needs_database.RULE,
    env001_unknown_variable.RULE,
    env002_looks_mistyped.RULE,
    env003_legacy_variable.RULE,
    env004_single_underscore.RULE,
    env005_changes_kind.RULE,
    env006_other_case.RULE,
    env007_foreign_placeholder.RULE,
    env008_service_link.RULE,
    hdr001_hsts_short.RULE,
    hdr002_nosniff_off.RULE,
    hdr003_referrer_policy.RULE,
    hdr004_framing_allowed.RULE,
    hdr005_content_policy_unsafe.RULE,
    jwt001_algorithm_none.RULE,
    jwt002_signing_key_short.RULE,
    jwt003_expiry_off.RULE,
    log001_verbose_logging.RULE,
    log002_logs_unstructured.RULE,
    net001_plain_http_dependency.RULE,
    net002_verification_off.RULE,
    sec001_placeholder_secret.RULE,
    sec002_secret_committed.RULE,
    sec003_secrets_file_tracked.RULE,
    sec004_secrets_file_readable.RULE,
    sec005_example_incomplete.RULE,
    sec006_example_real.RULE,
    sec007_short_secret.RULE,
    sec008_known_format.RULE,
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
    src020_keys_lost.RULE,
    src021_not_toml.RULE,
    src022_sections_unused.RULE,
    src023_options_elsewhere.RULE,
    src024_secrets_file_unread.RULE,
    src025_loads_nothing.RULE,
    src026_outside_project.RULE,
    src027_beyond_limits.RULE,
    typ001_missing.RULE,
    typ002_wrong_type.RULE,
    typ003_unknown_key.RULE,
    typ004_constraint.RULE,
    val001_validator_failed.RULE,
    val002_validator_unreadable.RULE,
    waiv001_waiver_expired.RULE,
    waiv002_waiver_unused.RULE,
    xenv001_secret_shared.RULE,
    xenv002_database_shared.RULE,
    xenv003_missing_in_staging.RULE,
    xenv004_type_differs.RULE,
    xenv005_production_inherits_default.RULE,
    xenv006_identical_environments.RULE,
)

_BY_ID: Mapping[str, Rule] = {rule.id: rule for rule in RULES}


def judge(subject: EnvironmentContext) -> Verdict:
    """Everything that the catalogue says about one environment, the most specific finding of each kind."""
    found = (finding for rule in RULES for finding in _bounded(rule, rule.judge(subject)))
    findings = [finding for finding in found if not _is_deployed(finding, subject)]
    return Verdict(findings=strongest(findings), deferred=tuple(_deferred(subject)))


def _bounded(rule: Rule, found: Iterable[Finding]) -> Iterator[Finding]:
    """So many findings of one rule in each environment, then one that tells of the others there."""
    told: Counter[str | None] = Counter()
    for finding in found:
        told[finding.environment] += 1
        if told[finding.environment] <= limits.FINDINGS.figure:
            yield finding
        elif told[finding.environment] == limits.FINDINGS.figure + 1:
            yield _more(rule, finding)


def _more(rule: Rule, finding: Finding) -> Finding:
    message = f"{rule.id} finds more than {limits.FINDINGS.figure} times what it looks for; no others are told."
    fix = "Mend those that are told, then check again."
    return rule.project_finding(message, fix, origin=None, environment=finding.environment, severity=finding.severity)


def strongest(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings without those that yield to another about the same value."""
    told = {(finding.rule, finding.environment, finding.key) for finding in findings}
    return tuple(
        finding
        for finding in findings
        if not any((rule, finding.environment, finding.key) in told for rule in _BY_ID[finding.rule].superseded_by)
    )


def _is_deployed(finding: Finding, subject: EnvironmentContext | None) -> bool:
    """Whether the finding is about a key that the environment's deployment supplies."""
    if subject is None or not subject.deployed or finding.key is None:
        return False
    path = parse_key(finding.key)
    return path is not None and subject.deployed.covers(path)


def _deferred(subject: EnvironmentContext) -> Iterator[Deferred]:
    """What only the environment's own deployment holds, each with the place where that names its source."""
    named, told = list(sources(subject)), set[str]()
    for item in _unknown(subject):
        told.add(item.key)
        yield replace(item, supplied=source_of(subject, item, named))
    for path, variable in named:
        leaf = subject.tree.get(*path)
        key = leaf.key if leaf else dotted(path)
        if key not in told:
            message = f"{key} is supplied by the deployment of {subject.tree.environment}."
            yield Deferred(key=key, variable=variable.name, message=message, supplied=variable.origin)


def _unknown(subject: EnvironmentContext) -> Iterator[Deferred]:
    """What is deferred; a key that a model and a validator require once."""
    missing = [*typ001_missing.deferred(subject), *val001_validator_failed.deferred(subject)]
    yield from {found.key.casefold(): found for found in missing}.values()
    yield from src018_reference_unset.deferred(subject)
    yield from auth001_no_tokens.deferred(subject)
    for leaf in subject.supplied:
        message = f"{leaf.key} is supplied by the deployment of {subject.tree.environment}."
        yield Deferred(key=leaf.key, variable=subject.variable(leaf.path), message=message)


def judge_project(survey: ProjectContext) -> tuple[Finding, ...]:
    """Everything that the catalogue says about the project as a whole; some of it names an environment."""
    findings = (finding for rule in RULES for finding in _bounded(rule, rule.survey(rule, survey)))
    return strongest(
        [finding for finding in findings if not _is_deployed(finding, survey.subjects.get(finding.environment or ""))]
    )


def judge_sources(faults: Iterable[Fault]) -> tuple[Finding, ...]:
    """The findings of what sources found wrong with themselves."""
    said: dict[str, list[Finding]] = {}
    for fault in faults:
        said.setdefault(fault.rule, []).append(_BY_ID[fault.rule].finding_of(fault))
    return tuple(finding for name, found in said.items() for finding in _bounded(_BY_ID[name], found))
