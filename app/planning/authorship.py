"""The commits of the lines that a plan shows, of the side after the change."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec.structs import replace

from app.core.opening import read_file, real_path
from app.planning.side import BothSides
from app.project.git.blame import blame, blame_text
from app.project.workspace import Workspace
from app.reports import wire
from app.reports.plan import PlannedEnvironment

_AT_ONCE = 4

type Commits = Mapping[tuple[str, int], wire.LineCommit]
"""By file, as origins name it, and line."""


def with_commits(both: BothSides, environments: Sequence[PlannedEnvironment]) -> list[PlannedEnvironment]:
    """The environments, each winning line of a change with its commit; git is asked once a file."""
    if both.head is None:
        return list(environments)
    commits = _commits(both, both.head, _lines(environments))
    return [replace(one, changes=[_signed(change, commits) for change in one.changes]) for one in environments]


def _lines(environments: Sequence[PlannedEnvironment]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for one in environments:
        for change in one.changes:
            origin = change.right.origin if change.right else None
            if isinstance(origin, wire.FileOrigin | wire.DeploymentOrigin) and origin.line:
                found.setdefault(origin.file, set()).add(origin.line)
    return found


def _commits(both: BothSides, head: Workspace, lines: Mapping[str, set[int]]) -> Commits:
    def ask(file: str) -> Iterator[tuple[tuple[str, int], wire.LineCommit]]:
        found = _blamed(both, head.project.root / file, sorted(lines[file]))
        return iter([((file, line), commit) for line, commit in found.items()])

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return {place: commit for answer in pool.map(ask, lines) for place, commit in answer}


def _blamed(both: BothSides, path: Path, lines: Sequence[int]) -> Mapping[int, wire.LineCommit]:
    repository, revision = both.repository, both.revisions[1]
    place = Path(real_path(path))
    if not place.is_relative_to(both.top):
        return {}
    file, shallow = place.relative_to(both.top).as_posix(), repository.shallow
    if revision.commit:
        return blame(repository.top, repository.environ, revision.commit, file, lines, shallow=shallow)
    try:
        text = read_file(place).decode()
    except (OSError, UnicodeDecodeError):
        return {}
    return blame_text(repository.top, repository.environ, file, text, lines, shallow=shallow)


def _signed(change: wire.LeafChange, commits: Commits) -> wire.LeafChange:
    side = change.right
    if side is None or not isinstance(side.origin, wire.FileOrigin | wire.DeploymentOrigin):
        return change
    commit = commits.get((side.origin.file, side.origin.line or 0))
    if commit is None:
        return change
    return replace(change, right=replace(side, origin=replace(side.origin, commit=commit)))
