"""The commits of the lines that a plan shows, of the side after the change."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from app.core.opening import read_file, real_path
from app.planning.side import BothSides
from app.project.git.blame import blame, blame_text
from app.project.workspace import Workspace
from app.reports import wire

_AT_ONCE = 4

type Changes = Sequence[wire.LeafChange]
type Signing = Callable[[Changes], list[wire.LeafChange]]
"""Gives each winning line of some changes its commit; what is one change before is one afterwards."""


@contextmanager
def signing(both: BothSides, told: Iterable[Changes]) -> Iterator[Signing]:
    """Has git look for the commits of what is told; it works beside this process until they are wanted.

    Args:
        both: the sides.
        told: all changes whose commits will be asked for; git is asked once a file.
    """
    lines = _lines(told)
    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        asked = {file: pool.submit(_blamed, both, both.head, file, lines[file]) for file in lines if both.head}
        yield _Signatures(asked).sign
    finally:
        pool.shutdown(cancel_futures=True)


def _lines(told: Iterable[Changes]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for change in {id(change): change for changes in told for change in changes}.values():
        origin = change.right.origin if change.right else None
        if isinstance(origin, wire.FileOrigin | wire.DeploymentOrigin) and origin.line:
            found.setdefault(origin.file, set()).add(origin.line)
    return found


def _blamed(both: BothSides, head: Workspace, name: str, lines: Iterable[int]) -> Mapping[int, wire.LineCommit]:
    repository, revision = both.repository, both.revisions[1]
    place, lines = Path(real_path(head.project.root / name)), sorted(lines)
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


class _Signatures:
    """What git says of each file, once it does."""

    def __init__(self, asked: Mapping[str, Future[Mapping[int, wire.LineCommit]]]) -> None:
        self._asked = asked
        self._signed: dict[int, tuple[wire.LeafChange, wire.LeafChange]] = {}

    def sign(self, changes: Changes) -> list[wire.LeafChange]:
        """The changes, each winning line with its commit."""
        return [self._known(change) for change in changes]

    def _known(self, change: wire.LeafChange) -> wire.LeafChange:
        """What is kept beside the result keeps its identity from being another's."""
        if id(change) not in self._signed:
            self._signed[id(change)] = change, self._made(change)
        return self._signed[id(change)][1]

    def _made(self, change: wire.LeafChange) -> wire.LeafChange:
        side = change.right
        if side is None or not isinstance(side.origin, wire.FileOrigin | wire.DeploymentOrigin):
            return change
        answer = self._asked.get(side.origin.file)
        commit = answer.result().get(side.origin.line or 0) if answer else None
        if commit is None:
            return change
        return replace(change, right=replace(side, origin=replace(side.origin, commit=commit)))
