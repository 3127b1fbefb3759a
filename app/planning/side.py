"""A project at two revisions: opened for as long as they are compared."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from app.core.errors import AssayError, ProjectError
from app.planning.checkout import Content, contents, lay_out, lend_interpreters
from app.planning.entries import entries
from app.planning.git.private_folder import laying_down, private_folder
from app.planning.git.repository import GitRevision, Repository, find_repository
from app.planning.loose_files import LooseFile, add_loose, loose_files
from app.planning.request import PlanRequest
from app.planning.sides import sides
from app.planning.workspaces import OpenedSide, RevisionTree, workspaces
from app.project.workspace import Workspace
from app.sources.project import Project
from app.sources.project.discovery import open_project


class BothSides(Struct, frozen=True, kw_only=True):
    """Both sides, open; None where a revision has no project there.

    Attributes:
        top: where the head's tree lies.
        untracked: the files of the project that git does not track, and that were not read.
        without_call: the revisions that lack the call that is named, where the other has it.
    """

    repository: Repository
    revisions: tuple[GitRevision, GitRevision]
    base: Workspace | None
    head: Workspace | None
    top: Path
    untracked: tuple[str, ...]
    without_call: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The project's folder in the repository."""
        place = self.head.project.root.relative_to(self.top) if self.head else self.repository.prefix
        return place.as_posix()


@contextmanager
def opened(request: PlanRequest) -> Iterator[BothSides]:
    """Both sides of a plan.

    Raises:
        RepositoryError: there is no repository, or git does not answer.
        UnknownRevision: one of the revisions is not there.
        UnusableRevision: one's options cannot be used.
        ArgumentError: neither has the call that is named.
        ProjectError: the project cannot be used at one of them.
    """
    repository = find_repository(request.root, request.environ)
    project = None if repository.bare else _project(request)
    revisions = sides(repository, request.revisions)
    listed = [entries(repository, revision) for revision in revisions]
    known = contents(repository, listed)
    request = _with_variables(request, repository, revisions)
    loose = _loose(repository, project)
    with private_folder() as private:
        tops = [private / side / repository.top.name for side in ("base", "head")]
        trees = [RevisionTree(*of) for of in zip(revisions, tops, listed, strict=True)]
        _lay_out(repository, trees, known, loose if request.with_untracked else ())
        base, head = workspaces(request, repository, project, trees)
        yield BothSides(
            repository=repository,
            revisions=revisions,
            base=base.workspace,
            head=head.workspace,
            top=tops[1],
            untracked=() if request.with_untracked else tuple(one.name for one in loose),
            without_call=_lacking(request, revisions, (base, head)),
        )


def _lacking(request: PlanRequest, revisions: Sequence[GitRevision], found: Sequence[OpenedSide]) -> tuple[str, ...]:
    """The revisions that lack the call that somebody named."""
    pairs = zip(revisions, found, strict=True)
    return tuple(revision.rev for revision, one in pairs if request.is_named and one.lacking)


def _with_variables(request: PlanRequest, repository: Repository, revisions: Sequence[GitRevision]) -> PlanRequest:
    """The request with the variables that both sides may have: a stranger's options could show any of the process."""
    if request.accepted is None or all(map(repository.holds, revisions)):
        return request
    return replace(request, environ=request.accepted)


def _project(request: PlanRequest) -> Project | None:
    """The working tree's project; where it cannot be used, the side that is the working tree says why."""
    for call in dict.fromkeys((request.call, "")):  # where the call is on a side alone, one is found here
        with suppress(AssayError):
            return open_project(request.root, request.environ, call)
    return None


def _loose(repository: Repository, project: Project | None) -> tuple[LooseFile, ...]:
    """What git does not track of the working tree's project; nothing where its options name what is not there."""
    try:
        return loose_files(repository, project)
    except ProjectError:
        return ()


def _lay_out(
    repository: Repository, trees: Sequence[RevisionTree], known: Mapping[str, Content], loose: Sequence[LooseFile]
) -> None:
    with laying_down():
        for tree in trees:
            lay_out(repository, tree.listed, known, tree.top)
            lend_interpreters(repository, tree.top)
        add_loose(repository, loose, [tree.top for tree in trees], is_working_tree=trees[1].revision.commit is None)
