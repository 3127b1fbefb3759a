"""The project on each side of a plan, opened where its files lie."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from msgspec.structs import replace

from app.core.errors import ArgumentError, ProjectError, UnusableRevision
from app.planning.entries import Entry
from app.planning.git.repository import GitRevision, Repository
from app.planning.request import PlanRequest
from app.project.model import is_service
from app.project.workspace import Workspace, open_workspace
from app.sources.project import Project


class RevisionTree(NamedTuple):
    """A revision, and where its files lie."""

    revision: GitRevision
    top: Path
    listed: Sequence[Entry]


class OpenedSide(NamedTuple):
    """A side's project; None where it has none. `lacking` says that the call that is named is not there."""

    workspace: Workspace | None = None
    lacking: ArgumentError | None = None


def workspaces(
    request: PlanRequest, repository: Repository, project: Project | None, trees: Sequence[RevisionTree]
) -> list[OpenedSide]:
    """The project on each side; where one lacks the folder, and the project is around it, it is that one's there.

    Args:
        request: whose project it is.
        repository: where that is.
        project: the working tree's.
        trees: both sides.

    Raises:
        UnusableRevision: a side's options cannot be used, or neither side has a project.
        ProjectError: the working tree's cannot.
        ArgumentError: neither side has the call that is named, or a stranger's model would have to be asked.
    """
    found = [_side(request, repository, tree) for tree in trees]
    there = [(one.workspace, tree) for one, tree in zip(found, trees, strict=True)]
    roots = [(workspace.project.root, tree.top) for workspace, tree in there if workspace]
    roots = roots or ([(project.root, repository.top)] if project else [])
    places = (PurePosixPath(root.relative_to(top).as_posix()) for root, top in roots)
    if around := next((place for place in places if place in repository.prefix.parents), None):
        outer = replace(repository, prefix=around)
        pairs = zip(found, trees, strict=True)
        found = [one if one.workspace else _side(request, outer, tree) for one, tree in pairs]
    _require_call(request, found)
    if not any(one.workspace for one in found):
        message = (
            "Neither side has a project in this folder: no options, no Dynaconf call in the code, no settings.toml."
        )
        raise UnusableRevision(message, fix="Go to the project's folder, or name it with --project.")
    return found


def _require_call(request: PlanRequest, found: Sequence[OpenedSide]) -> None:
    """Lets both sides pass where one has the call that somebody named.

    Raises:
        ArgumentError: neither has.
    """
    lacking = [one.lacking for one in found if one.lacking]
    if request.is_named and lacking and not any(one.workspace and not one.lacking for one in found):
        raise ArgumentError(f"No Dynaconf call stands at {request.call} on either side.", fix=lacking[-1].fix)


def _side(request: PlanRequest, repository: Repository, tree: RevisionTree) -> OpenedSide:
    folder = tree.top / repository.prefix
    if not repository.has_folder(tree.revision):  # or a project around it would be taken for this one
        return OpenedSide()
    folder.mkdir(parents=True, exist_ok=True)
    with at(tree.revision, UnusableRevision if tree.revision.commit else ProjectError):
        found, lacking = _open(request, folder)
    if not found.project.is_there:
        return OpenedSide(lacking=lacking)
    _require_allowed(request, repository, tree.revision, found)
    with at(tree.revision):
        found.read()
    tracked = frozenset(tree.top / entry.path for entry in tree.listed)
    return OpenedSide(replace(found, tracked=tracked), lacking)


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


def _open(request: PlanRequest, folder: Path) -> tuple[Workspace, ArgumentError | None]:
    """The project; where the call that is named is not at its line in a revision, the one that is found, and why."""
    try:
        return open_workspace(folder, request.environ, request.scope, request.clock, call=request.call), None
    except ArgumentError as error:
        if not request.call:
            raise
        return open_workspace(folder, request.environ, request.scope, request.clock), error
