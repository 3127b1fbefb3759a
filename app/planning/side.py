"""A project at two revisions: opened for as long as they are compared."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from app.core.errors import ArgumentError, AssayError, ProjectError, UnusableRevision
from app.planning.checkout import Content, contents, lay_out, lend_interpreters
from app.planning.entries import Entry, entries
from app.planning.loose_files import LooseFile, add_loose, loose_files
from app.planning.private_folder import laying_down, private_folder
from app.planning.repository import GitRevision, Repository, find_repository
from app.planning.sides import sides
from app.project.model import is_service
from app.project.workspace import Clock, Scope, Workspace, open_workspace
from app.sources.project import Project
from app.sources.project.discovery import open_project


class PlanRequest(Struct, frozen=True, kw_only=True):
    """What is to be compared, and as whom.

    Attributes:
        root: the project's folder in its clone.
        environ: this process's variables.
        clock: tells the time.
        revisions: `BASE`, `BASE..HEAD` or `BASE...HEAD`; None for the default.
        scope: which environments get the variables.
        call: the place of the Dynaconf call that counts, relative to the folder; empty where that is to be found.
        with_untracked: whether files count that git does not track.
        only: the environments that the answer is about; none: all.
        blame: whether the lines' commits are asked for.
        accepted: the variables with which a stranger's revision is read: one that HEAD does not hold, so that nobody
            has accepted what it says. A model of the project is then asked at no such one, since that runs its code.
            None: whoever asks trusts any.
    """

    root: Path
    environ: Mapping[str, str]
    clock: Clock
    revisions: str | None = None
    scope: Scope = "active"
    call: str = ""
    with_untracked: bool = False
    only: tuple[str, ...] = ()
    blame: bool = True
    accepted: Mapping[str, str] | None = None


class BothSides(Struct, frozen=True, kw_only=True):
    """Both sides, open; None where a revision has no project there.

    Attributes:
        top: where the head's tree lies.
        untracked: the files of the project that git does not track, and that were not read.
    """

    repository: Repository
    revisions: tuple[GitRevision, GitRevision]
    base: Workspace | None
    head: Workspace | None
    top: Path
    untracked: tuple[str, ...]

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
        ProjectError: the project cannot be used at one of them.
    """
    repository = find_repository(request.root, request.environ)
    project = None if repository.bare else _project(request)
    revisions = sides(repository, request.revisions)
    listed = [entries(repository, revision) for revision in revisions]
    known = contents(repository, listed)
    request = _with_variables(request, repository, revisions)
    loose = loose_files(repository, project)
    with private_folder() as private:
        tops = [private / side / repository.top.name for side in ("base", "head")]
        trees = [_Tree(*of) for of in zip(revisions, tops, listed, strict=True)]
        _lay_out(repository, trees, known, loose if request.with_untracked else ())
        base, head = _workspaces(request, repository, project, trees)
        names = () if request.with_untracked else tuple(one.name for one in loose)
        yield BothSides(repository=repository, revisions=revisions, base=base, head=head, top=tops[1], untracked=names)


def _with_variables(request: PlanRequest, repository: Repository, revisions: Sequence[GitRevision]) -> PlanRequest:
    """The request with the variables that both sides may have: a stranger's options could show any of the process."""
    if request.accepted is None or all(map(repository.holds, revisions)):
        return request
    return replace(request, environ=request.accepted)


def _project(request: PlanRequest) -> Project | None:
    """The working tree's project; where it cannot be used, the side that is the working tree says why."""
    try:
        return open_project(request.root, request.environ, request.call)
    except AssayError:
        return None


class _Tree(NamedTuple):
    """A revision, and where its files lie."""

    revision: GitRevision
    top: Path
    listed: Sequence[Entry]


def _lay_out(
    repository: Repository, trees: Sequence[_Tree], known: Mapping[str, Content], loose: Sequence[LooseFile]
) -> None:
    with laying_down():
        for tree in trees:
            lay_out(repository, tree.listed, known, tree.top)
            lend_interpreters(repository, tree.top)
        add_loose(repository, loose, [tree.top for tree in trees], is_working_tree=trees[1].revision.commit is None)


def _workspaces(
    request: PlanRequest, repository: Repository, project: Project | None, trees: Sequence[_Tree]
) -> list[Workspace | None]:
    """The project on each side; where one lacks the folder, and the project is around it, it is that one's there."""
    found = [_workspace(request, repository, tree) for tree in trees]
    roots = [(one.project.root, tree.top) for one, tree in zip(found, trees, strict=True) if one]
    roots = roots or ([(project.root, repository.top)] if project else [])
    places = (PurePosixPath(root.relative_to(top).as_posix()) for root, top in roots)
    if around := next((place for place in places if place in repository.prefix.parents), None):
        outer = replace(repository, prefix=around)
        return [one or _workspace(request, outer, tree) for one, tree in zip(found, trees, strict=True)]
    return found


def _workspace(request: PlanRequest, repository: Repository, tree: _Tree) -> Workspace | None:
    folder = tree.top / repository.prefix
    if not repository.has_folder(tree.revision):  # or a project around it would be taken for this one
        return None
    folder.mkdir(parents=True, exist_ok=True)
    with at(tree.revision, UnusableRevision if tree.revision.commit else ProjectError):
        found = _open(request, folder)
    if not found.project.is_there:
        return None
    _require_allowed(request, repository, tree.revision, found)
    with at(tree.revision):
        found.read()
    return replace(found, tracked=frozenset(tree.top / entry.path for entry in tree.listed))


def _require_allowed(request: PlanRequest, repository: Repository, revision: GitRevision, found: Workspace) -> None:
    """Lets a project pass that has no model of its own, or whose model may be asked.

    Raises:
        ArgumentError: its model's code would run, and must not.
    """
    asks_model = found.project.options.schema_ and not is_service(found.project)
    if asks_model and request.accepted is not None and not repository.holds(revision):
        message = f"The project has a model of its own, and HEAD does not hold the code that it has at {revision.rev}."
        raise ArgumentError(message, fix="Only the command line runs that: assay plan.")


@contextmanager
def at(revision: GitRevision, kind: type[ProjectError] | type[UnusableRevision] = ProjectError) -> Iterator[None]:
    """What is wrong with a project, with the revision at which it is."""
    try:
        yield
    except ProjectError as error:
        raise kind(f"At {revision.rev}: {error.message}", fix=error.fix, origin=error.origin) from None


def _open(request: PlanRequest, folder: Path) -> Workspace:
    """The project; where the call that is named is not at its line in a revision, the one that is found."""
    try:
        return open_workspace(folder, request.environ, request.scope, request.clock, call=request.call)
    except ArgumentError:
        if not request.call:
            raise
        return open_workspace(folder, request.environ, request.scope, request.clock)
