"""`assay check --fix`: the edits that nobody has to think about, made one by one, each judged before it counts."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct

from app.checking.check import validate
from app.core.errors import AssayError
from app.core.layers import Path as KeyPath
from app.core.layers import fold
from app.editing.apply import AppliedEdit, applied
from app.editing.edits import identity
from app.project.workspace import Workspace
from app.reports import wire
from app.toml_edit.writing import NEW_MODE, SECRET_MODE, changed, hold, locked, replace_file

_MADE = frozenset({"set", "unset", "option"})


class Fixed(Struct, frozen=True, kw_only=True):
    """What became of the findings of a project.

    Attributes:
        fixes: every edit that was looked at, made or not, with the reason.
        files: what each changed file held, None where it was not there, and what it is to hold.
        workspace: the project with all of it.
        report: what is found then.
    """

    fixes: Sequence[wire.AppliedFix]
    files: Mapping[str, tuple[bytes | None, bytes]]
    workspace: Workspace
    report: wire.Report


def fixed(workspace: Workspace, names: Sequence[str], rules: Collection[str]) -> Fixed:
    """The project with every safe edit made.

    An edit is safe where its value is known, the finding goes, no environment has a new error, and none loses a key.

    Args:
        workspace: the project as it is.
        names: the environments whose findings are mended; none for all.
        rules: the rules whose findings are mended; none for all.

    Raises:
        ProjectError: the project cannot be judged.
        UnknownEnvironment: one of the names is no environment.
    """
    report = validate(workspace, names)
    files: dict[str, tuple[bytes | None, bytes]] = {}
    outcomes: dict[_Mark, wire.AppliedFix] = {}
    while finding := next(_open(report, rules, outcomes), None):
        change, why = _tried(workspace, names, report, finding)
        outcomes[_mark(finding)] = _outcome(finding, why)
        if change:
            before = files.get(change.file, (change.before, b""))[0]
            files[change.file] = (before, change.after)
            workspace, report = change.workspace, validate(change.workspace, names)
    return Fixed(fixes=list(outcomes.values()), files=files, workspace=workspace, report=report)


type _Mark = tuple[object, ...]


def _mark(finding: wire.ReportedFinding) -> _Mark:
    edit = finding.edit
    return (*identity(finding), (edit.kind, edit.file, edit.section, edit.key) if edit else None)


def _open(report: wire.Report, rules: Collection[str], outcomes: Collection[_Mark]) -> Iterator[wire.ReportedFinding]:
    """The findings that nobody has looked at; a fix that was made and found wanting is not made twice."""
    return (one for one in all_findings(report) if (not rules or one.rule in rules) and _mark(one) not in outcomes)


def _outcome(finding: wire.ReportedFinding, why: str) -> wire.AppliedFix:
    return wire.AppliedFix(
        rule=finding.rule,
        environment=finding.environment,
        key=finding.key,
        applied=not why,
        reason=why or None,
        edit=finding.edit or None,
    )


def _tried(
    workspace: Workspace, names: Sequence[str], report: wire.Report, finding: wire.ReportedFinding
) -> tuple[AppliedEdit | None, str]:
    """The change, or why it is not made."""
    edit = finding.edit
    if not edit:
        return None, "the fix is advice"
    if edit.kind not in _MADE:
        return None, "a variable belongs to whoever starts the process"
    if edit.value is None and edit.kind != "unset":
        return None, "somebody has to choose the value"
    try:
        change = applied(workspace, edit)
    except AssayError as error:
        return None, error.message.rstrip(".")
    why = _objection(workspace, change.workspace, names, report, finding)
    return (None, why) if why else (change, "")


def _objection(
    before: Workspace, after: Workspace, names: Sequence[str], report: wire.Report, finding: wire.ReportedFinding
) -> str:
    """What speaks against a change; nothing where it is safe."""
    try:
        then = validate(after, names)
        new = new_errors(report, then) if not names else new_errors(validate(before), validate(after))
    except AssayError as error:
        return error.message.rstrip(".")
    if new:
        return f"it would add {new[0].rule}: {new[0].message.rstrip('.')}"
    if lost := next(losses(before, after), None):
        return f"{lost[0]} would lose {lost[1]}"
    is_step = finding.edit and finding.edit.kind == "option"
    mark = _mark if is_step else about
    was, left = ([mark(one) for one in all_findings(said)].count(mark(finding)) for said in (report, then))
    return "the finding would stay" if left >= was else ""


def new_errors(before: wire.Report, after: wire.Report) -> list[wire.ReportedFinding]:
    """The errors about keys about which their rule had none, whatever the words."""
    known = Counter(about(one) for one in all_findings(before) if one.severity == "error")
    found = [one for one in all_findings(after) if one.severity == "error"]
    counts = Counter(about(one) for one in found)
    return [one for one in found if counts[about(one)] > known[about(one)]]


def all_findings(report: wire.Report) -> list[wire.ReportedFinding]:
    """Those of the project, then those of every environment."""
    return [*report.findings, *(finding for one in report.environments for finding in one.findings)]


def about(finding: wire.ReportedFinding) -> tuple[object, ...]:
    """What a finding is about, whatever its words and its place in a list: an edit may change what it names beside."""
    return finding.rule, finding.environment, (finding.key or "").casefold().partition("[")[0]


def losses(before: Workspace, after: Workspace) -> Iterator[tuple[str, str]]:
    """The keys that an environment has no more, with the environment; a list that is shorter is still there."""
    for name in before.environments:
        if name not in after.environments:
            yield name, "its section"
            continue
        left = {_stem(path) for path in after.tree(name).by_path}
        tables = {path[:depth] for path in left for depth in range(1, len(path) + 1)}
        for path, leaf in before.tree(name).by_path.items():
            if _stem(path) not in tables:
                yield name, leaf.key


def _stem(path: KeyPath) -> KeyPath:
    """The key of the outermost list, else the key itself."""
    depth = next((at for at, part in enumerate(path) if isinstance(part, int)), len(path))
    return fold(path[:depth])


def write(workspace: Workspace, files: Mapping[str, tuple[bytes | None, bytes]]) -> None:
    """Puts the files in place, all under one lock.

    Args:
        workspace: the project as it was when the edits were made.
        files: what each held, and what it is to hold.

    Raises:
        EditConflict: a file is not any more what the edits were made from; nothing was written.
        ArgumentError: one cannot be written.
    """
    project = workspace.project
    paths = {entry.name: entry for entry in (*project.entries, *(entry for entry, _ in project.documents))}
    places = {name: paths[name].path if name in paths else project.root / name for name in files}
    with locked([project.root, *(hold(place, project.root).path.parent for place in places.values())]):
        helds = {name: hold(place, project.root) for name, place in places.items()}
        for name, (before, _) in files.items():
            if helds[name].raw != before:
                raise changed(places[name])
        for name, (_, after) in files.items():
            is_secret = name in paths and paths[name].secret
            replace_file(helds[name], after, mode=SECRET_MODE if is_secret else NEW_MODE)
