"""The law of plans: a plan is the difference of what `assay show` and `assay check` say of two checkouts."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from histories import commit, git, started
from projects import NOW
from strategies import case, toml

from app.checking.check import validate
from app.checking.values import show
from app.core.errors import AssayError, UnknownEnvironment
from app.core.findings import Severity
from app.planning.plan import plan
from app.planning.request import PlanRequest
from app.project.workspace import Workspace, open_workspace
from app.reports import wire
from app.reports.plan import ChangePlan
from app.reports.values import values as values_of

type Files = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """What Assay says of one checkout."""

    plain: Mapping[str, Mapping[str, wire.Value]]
    shown: Mapping[str, Mapping[str, wire.Value]]
    report: wire.Report | None


def checkout(root: Path, environ: Mapping[str, str]) -> Checkout:
    workspace = open_workspace(root, environ)
    if not workspace.project.is_there:
        return Checkout(plain={}, shown={}, report=None)
    plain, shown = dict[str, dict[str, wire.Value]](), dict[str, dict[str, wire.Value]]()
    for name in workspace.environments:
        plain[name] = {one.key.casefold(): one for one in values(workspace, name, reveal=True).values}
        shown[name] = {one.key.casefold(): one for one in values(workspace, name).values}
    return Checkout(plain=plain, shown=shown, report=validate(workspace))


def values(workspace: Workspace, name: str, *, reveal: bool = False) -> wire.Values:
    """What `show` says of an environment; of one that it does not take for one, what it would."""
    try:
        return show(workspace, name, reveal=reveal)
    except UnknownEnvironment:  # names with commas that only the process's variables select
        return values_of(workspace.tree(name), workspace.mask(reveal=reveal))


def breaches(base: Checkout, head: Checkout, found: ChangePlan) -> list[str]:
    """What of a plan is not the difference of the two."""
    names = {one.name for one in found.environments}
    told = [] if names == {*base.plain, *head.plain} else [f"environments {names}"]
    for one in found.environments:
        if isinstance(one.reason, str) and not (one.name in base.plain and one.name in head.plain):
            continue  # on one side a file that cannot be read may define it
        changes = {change.key.casefold(): change for change in one.changes}
        older, newer = base.plain.get(one.name, {}), head.plain.get(one.name, {})
        expected = {key for key in older.keys() | newer.keys() if not _same(older.get(key), newer.get(key))}
        if changes.keys() != expected:
            told.append(f"{one.name}: {changes.keys() ^ expected}")
        for key, change in changes.items():
            told += _side(one.name, change.left, base.shown.get(one.name, {}).get(key))
            told += _side(one.name, change.right, head.shown.get(one.name, {}).get(key))
    return told + _findings(base.report, head.report, found)


def _same(one: wire.Value | None, other: wire.Value | None) -> bool:
    return one is not None and other is not None and _state(one) == _state(other)


def _state(value: wire.Value) -> tuple[str, str, bool, bool]:
    return type(value.value).__name__, repr(value.value), value.opaque, value.unresolved


def _side(name: str, side: wire.Side | None, value: wire.Value | None) -> list[str]:
    if side is None or value is None:
        return [] if side is value else [f"{name}: {side} {value}"]
    same = side.secret or (side.value, side.secret) == (value.value, value.secret) or side.value != side.value
    return [] if side.origin == value.origin and same else [f"{name}: {side} {value}"]


def _findings(base: wire.Report | None, head: wire.Report | None, found: ChangePlan) -> list[str]:
    older, newer = _all(base), _all(head)
    waived = [
        *_waived(head),
        *(one for one in older if one.environment in {x.name for x in found.environments if not x.judged}),
    ]
    new = [*found.findings.new, *(one for part in found.environments for one in part.findings.new)]
    fixed = [*found.findings.fixed, *(one for part in found.environments for one in part.findings.fixed)]
    staying = found.findings.staying + sum(part.findings.staying for part in found.environments)
    told = [f"new {one}" for one in new if one not in newer] + [f"fixed {one}" for one in fixed if one not in older]
    told += [] if len(newer) == len(new) + staying else [f"{staying} stay of {len(newer)}, {len(new)} are new"]
    expected = _unmatched(newer, older)
    told += [] if expected == _keyed(new) else [f"new {_keyed(new) - expected}, {expected - _keyed(new)}"]
    less = _subjects(older) - _subjects(newer) - _subjects(waived)
    return told + ([] if less == _subjects(fixed) else [f"fixed {_subjects(fixed) - less}, {less - _subjects(fixed)}"])


type _Found = Iterable[wire.ReportedFinding]


def _unmatched(newer: _Found, older: _Found) -> Counter[tuple[Any, ...]]:
    """What is found now, and was not as bad before: the worst are matched first, each with the worst there was."""
    there: dict[Any, list[Severity]] = {}
    for one in older:
        there.setdefault((one.rule, one.environment, one.key), []).append(Severity.of(one.severity))
    left = list[wire.ReportedFinding]()
    for one in sorted(newer, key=lambda one: -Severity.of(one.severity)):
        known = sorted(there.get((one.rule, one.environment, one.key), []))
        if known and known[-1] >= Severity.of(one.severity):
            there[one.rule, one.environment, one.key].remove(known[-1])
        else:
            left.append(one)
    return _keyed(left)


def _all(report: wire.Report | None) -> list[wire.ReportedFinding]:
    return [*report.findings, *(one for part in report.environments for one in part.findings)] if report else []


def _waived(report: wire.Report | None) -> list[wire.WaivedFinding]:
    return [*report.waived, *(one for part in report.environments for one in part.waived)] if report else []


def _subjects(findings: Iterable[wire.ReportedFinding]) -> Counter[tuple[Any, ...]]:
    return Counter((one.rule, one.environment, one.key) for one in findings if one.key)


def _keyed(findings: Iterable[wire.ReportedFinding]) -> Counter[tuple[Any, ...]]:
    return Counter((one.rule, one.environment, one.key, one.severity) for one in findings if one.key)


def law(root: Path, seeds: Iterable[int]) -> list[str]:
    """What breaks the law in a history of generated projects; each seed is a commit."""
    started(root)
    told, before, files = list[str](), "", dict[str, str]()
    for seed in seeds:
        files = _edited(files, seed)
        for name in [path for path in git(root, "ls-files").splitlines() if path not in files]:
            (root / name).unlink()
        revision = commit(root, files)
        git(root, "clean", "--quiet", "--force", "-d")  # as a checkout is: without the folders of what is gone
        if before:
            told += [f"seed {seed}: {breach}" for breach in compared(root, before, revision, dict(case(seed).environ))]
        before = revision
    return told


def compared(root: Path, base: str, head: str, environ: Mapping[str, str]) -> list[str]:
    """What breaks the law between two commits; the work tree of the second is there."""
    asked = PlanRequest(root=root, environ=environ, clock=lambda: NOW, revisions=f"{base}..{head}", blame=False)
    try:
        newer = checkout(root, environ)
        git(root, "checkout", "--quiet", base)
        older = checkout(root, environ)
    except AssayError:
        return _unusable(asked)
    finally:
        git(root, "checkout", "--quiet", "main")
    return breaches(older, newer, plan(asked))


def _unusable(asked: PlanRequest) -> list[str]:
    """A project that cannot be used at one side has no plan."""
    try:
        plan(asked)
    except AssayError:
        return []
    return ["a plan of a project that cannot be used"]


def _edited(files: Files, seed: int) -> dict[str, str]:
    """The next state of a project: another one, or this one with some of its files edited, renamed or gone."""
    random, other = Random(seed), case(seed)  # noqa: S311 - no secret depends on it
    edited = {**files}
    kind = random.choice(["other", "options", "take", "take", "rename", "drop", "cut", "cut"]) if files else "other"
    if kind == "other":
        return {**other.files, "assay.toml": toml(other.options)}
    name = random.choice(sorted(files))
    if kind == "options":
        edited["assay.toml"] = toml(other.options)
    elif kind == "take":
        edited |= {one: other.files[one] for one in list(other.files)[:2]}
    elif kind == "rename" and name != "assay.toml":
        edited[f"settings/{name.rpartition('/')[2]}"] = edited.pop(name)
    elif kind == "drop" and name != "assay.toml":
        del edited[name]
    else:
        lines = edited[name].splitlines(keepends=True)
        edited[name] = "".join(line for line in lines if random.random() > 0.2)
    return edited
