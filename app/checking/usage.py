"""What of the configuration does the code read?"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from app.core.errors import UnknownKey, did_you_mean
from app.core.findings import Severity
from app.core.layers import VARIABLES, Path, dotted, fold, is_include, parse_key, stem
from app.core.tree import Tree
from app.core.usage.reads import Read, UnclearUse, Usage
from app.core.usage.wanting import MissingKey, missing_keys
from app.core.validators import Validator, ValidatorResult
from app.project.workspace import Workspace
from app.reports import wire
from app.reports.released import released
from app.reports.wire.usage import (
    CodePlace,
    CodeValidator,
    UnclearPlace,
    UnsetKey,
    UsageReport,
    UsedKey,
    ValidatorVerdict,
)

FAMILY = "USE"
"""The rules about what code reads."""

MOST = 5
"""So many places that leave a key unclear are told of each: one is enough to know why."""


def usage(workspace: Workspace, key: str | None = None) -> UsageReport:
    """Which code reads each key, or those at and below one.

    Raises:
        UnknownKey: no environment has the key, and no code reads it.
    """
    trees = [workspace.tree(name) for name in workspace.environments]
    found = usage_report(workspace.usage, trees, _path(key) if key else None)
    if key and not found.keys and not found.missing:
        known = [dotted(path) for path in known_keys(trees)]
        raise UnknownKey(f"No environment has {key!r}, and no code reads it.", fix=did_you_mean(key, known))
    return released(found, workspace.mask().said)


def _path(key: str) -> Path:
    path = parse_key(key)
    if path is None:
        raise UnknownKey(f"{key!r} is no key.", fix="Write it as in database.pool.size.")
    return path


def only_usage(report: wire.Report, key: str | None = None) -> wire.Report:
    """The findings of a report that are about what code reads, or what it reads of one key or table."""
    about = parse_key(key) if key else None
    environments = [_narrowed(one, about) for one in report.environments]
    findings = _of_family(report.findings, about)
    every = [*findings, *(finding for one in environments for finding in one.findings)]
    return replace(report, findings=findings, environments=environments, counts=_counts(every))


def _narrowed(one: wire.EnvironmentReport, about: Path | None) -> wire.EnvironmentReport:
    findings = _of_family(one.findings, about)
    return replace(one, findings=findings, counts=_counts(findings), deferred=[], waived=[])


def _of_family(findings: Iterable[wire.ReportedFinding], about: Path | None) -> list[wire.ReportedFinding]:
    told = [finding for finding in findings if finding.rule.startswith(FAMILY)]
    return [finding for finding in told if _is_within(parse_key(finding.key or "") or (), about)]


def _counts(findings: Iterable[wire.ReportedFinding]) -> wire.FindingCounts:
    return wire.counts(Severity.of(finding.severity) for finding in findings)


def usage_report(usage: Usage, trees: Sequence[Tree], about: Path | None = None) -> UsageReport:
    """The report.

    Args:
        usage: what the code reads.
        trees: the environments.
        about: the key, or the table, that it is narrowed to; None for all.
    """
    call = CodePlace(file=usage.file, line=usage.line) if usage.file else None
    keys = [_key(usage, path, trees) for path in known_keys(trees) if _is_within(path, about)]
    missing = [_missing(one) for one in missing_keys(usage, trees) if _is_within(one.path, about)]
    validators = list(_validators(trees)) if about is None else []
    return UsageReport(call=call, keys=keys, missing=missing, validators=validators)


def known_keys(trees: Iterable[Tree]) -> list[Path]:
    """Every key that not only a variable sets, in the order of first appearance; a list is one key."""
    found: dict[Path, Path] = {}
    for tree in trees:
        for leaf in tree.leaves:
            if is_include(leaf.path) or (leaf.layer is not None and leaf.layer.kind in VARIABLES):
                continue  # without a prefix, every variable of the process would be a key
            found.setdefault(fold(stem(leaf.path)), stem(leaf.path))
    return list(found.values())


def reads_of(usage: Usage, path: Path) -> list[wire.KeyRead]:
    """Where the code reads a leaf."""
    return _told(usage.reads_of(path))


def _is_within(path: Path, about: Path | None) -> bool:
    return about is None or fold(path)[: len(about)] == fold(about)


def _key(usage: Usage, path: Path, trees: Sequence[Tree]) -> UsedKey:
    unclear = list(dict.fromkeys(map(_unclear, usage.unclear_of(path))))
    if not usage.known:
        unclear = []
    return UsedKey(
        key=dotted(path),
        verdict=usage.verdict(path),
        environments=[tree.environment for tree in trees if _has(tree, path)],
        reads=reads_of(usage, path),
        unclear=unclear[:MOST],
    )


def _has(tree: Tree, path: Path) -> bool:
    return next(tree.below(path), None) is not None


def _unclear(one: UnclearUse) -> UnclearPlace:
    return UnclearPlace(file=one.file, line=one.line, message=one.message)


def _told(reads: Iterable[Read]) -> list[wire.KeyRead]:
    return [
        wire.KeyRead(file=one.file, line=one.line, column=one.column, default=one.default, test=one.test)
        for one in reads
    ]


def _missing(one: MissingKey) -> UnsetKey:
    return UnsetKey(
        key=dotted(one.stored),
        environments=list(one.environments),
        reads=_told(one.reads),
        nearest=dotted(one.nearest) if one.nearest else None,
    )


def _validators(trees: Iterable[Tree]) -> Iterator[CodeValidator]:
    """Every validator with what it says about each environment; values are not among it."""
    found: dict[int, tuple[Validator, list[ValidatorVerdict]]] = {}
    for tree in trees:
        for result in tree.results:
            known = found.setdefault(id(result.validator), (result.validator, []))
            known[1].append(_verdict(tree, result))
    for validator, verdicts in found.values():
        yield CodeValidator(file=validator.file, line=validator.span.line, names=list(validator.keys),
                            readable=not validator.unread, environments=verdicts)  # fmt: skip


def _verdict(tree: Tree, result: ValidatorResult) -> ValidatorVerdict:
    message = None if result.passed else result.discreet or None
    return ValidatorVerdict(name=tree.environment, passed=result.passed, message=message)
