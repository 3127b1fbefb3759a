"""What the catalogue says: about an environment, about the project as a whole, and about its sources."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from app.core import limits
from app.core.cancellation import checkpoint
from app.core.findings import Deferred, Fault, Finding, Severity, Verdict
from app.core.layers import dotted, parse_key
from app.rules import RULES
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.supplied import source_of, sources
from app.rules.kit.survey import ProjectContext

_BY_ID: Mapping[str, Rule] = {rule.id: rule for rule in RULES}


def judge(subject: EnvironmentContext) -> Verdict:
    """Everything that the catalogue says about one environment, the most specific finding of each kind."""
    found = (finding for rule in RULES for finding in _bounded(rule, rule.judge(subject), environments=1))
    findings = [finding for finding in found if not _is_deployed(finding, subject)]
    return Verdict(findings=strongest(findings), deferred=tuple(sorted(_deferred(subject), key=lambda item: item.key)))


def _bounded(rule: Rule, found: Iterable[Finding], *, environments: int = 0) -> Iterator[Finding]:
    """So many findings of one rule in each environment, then one that tells of the others there, as bad as the worst.

    Args:
        rule: whose they are.
        found: its findings, which are looked for no further once no other could change anything.
        environments: how many they are about; 0 where that is not known.
    """
    checkpoint()
    told: Counter[str | None] = Counter()
    untold: dict[str | None, Finding] = {}
    for finding in found:
        place = finding.environment
        told[place] += 1
        if told[place] <= limits.FINDINGS.figure:
            yield finding
        elif place not in untold or untold[place].severity < finding.severity:
            untold[place] = finding
            if [one.severity for one in untold.values()] == environments * [Severity.ERROR]:
                break
    yield from (_more(rule, worst) for worst in untold.values())


def _more(rule: Rule, finding: Finding) -> Finding:
    message = f"{rule.id} finds more than {limits.FINDINGS.figure} times what it looks for; no others are told."
    fix = "Mend those that are told, then check again."
    return rule.project_finding(message, fix, origin=None, environment=finding.environment, severity=finding.severity)


def strongest(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings without those that yield to another about the same value, whatever the key's case.

    What belongs to no single environment yields to what is told of any.
    """
    told = {(one.rule, name, _folded(one)) for one in findings for name in (one.environment, None)}
    return tuple(
        finding
        for finding in findings
        if not any((rule, finding.environment, _folded(finding)) in told for rule in _BY_ID[finding.rule].superseded_by)
    )


def _folded(finding: Finding) -> str | None:
    return finding.key and finding.key.casefold()


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
            yield replace(subject.deferral(path, key), variable=variable.name, supplied=variable.origin)


def _unknown(subject: EnvironmentContext) -> Iterator[Deferred]:
    """What is deferred; a key that a model and a validator require once."""
    told: dict[str, Deferred] = {}
    for rule in RULES:
        for item in rule.deferred(subject):
            told.setdefault(item.key.casefold(), item)
    yield from told.values()
    yield from (subject.deferral(leaf.path, leaf.key) for leaf in subject.supplied)


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
