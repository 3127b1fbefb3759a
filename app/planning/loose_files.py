"""The files of a project that git does not track, and where they belong."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from posixpath import normpath

from msgspec import Struct

from app.core.opening import is_file, real_path
from app.planning.checkout import copy_loose
from app.planning.entries import entries, is_passed_over
from app.planning.git.repository import GitRevision, Repository
from app.project.deployed import Deployments
from app.sources.dotenv import dotenv_files
from app.sources.project import Project


class LooseFile(Struct, frozen=True, kw_only=True):
    """A file that a project reads, and git does not track.

    Attributes:
        name: relative to the project's folder, as its options name it.
        place: relative to the tree's root; where a link that git tracks leads.
        stays: whether it stays on its machine, whatever is committed.
    """

    name: str
    place: PurePosixPath
    stays: bool


def loose_files(repository: Repository, project: Project | None) -> tuple[LooseFile, ...]:
    """The files of the working tree's project that no revision holds, as its options name them; none without one."""
    if project is None:
        return ()
    named = dict(_named(project))
    tracked = {entry.path for entry in entries(repository, GitRevision(rev="", commit=None))}
    found = ((name, stays, _loose(repository, project.root / name, tracked)) for name, stays in named.items())
    return tuple(LooseFile(name=name, place=place, stays=stays) for name, stays, place in found if place)


def _named(project: Project) -> Iterator[tuple[str, bool]]:
    """The files, each with whether it stays on its machine: what lays the project out, then what that names."""
    deployed = (name for one in Deployments(project=project).all.values() for name in one.files)
    named = (*_laying_out(project), *project.deployment_files(), *map(normpath, deployed))
    yield from ((name, _is_local(name)) for name in named)
    yield from ((entry.name, entry.secret or _is_local(entry.name)) for entry in project.entries)
    once = project.application.loads_dotenv_once
    yield from ((file.name, True) for file in dotenv_files(project.root, project.options, once=once))


def _laying_out(project: Project) -> Iterator[str]:
    """The options' file, and the code of the call that stands for options."""
    if project.options_file:
        yield project.options_file
    if call := project.application.chosen:
        yield from (path.relative_to(project.root, walk_up=True).as_posix() for path in call.module.code.files)


def _is_local(name: str) -> bool:
    return ".local." in name or PurePosixPath(name).name.startswith(".env")


def _loose(repository: Repository, path: Path, tracked: set[PurePosixPath]) -> PurePosixPath | None:
    """Where a file lies that git does not track, relative to the top; None for any other, and for what is none.

    git tracks what a tracked link leads to where it tracks that, too: a link that it does not know leads nowhere.
    """
    if not is_file(path) or is_passed_over(path.name):
        return None
    named = PurePosixPath(path.relative_to(repository.top, walk_up=True).as_posix())
    if named not in tracked and tracked.isdisjoint(named.parents):
        return named
    real = Path(real_path(path))
    place = PurePosixPath(real.relative_to(repository.top).as_posix()) if real.is_relative_to(repository.top) else named
    return None if place in tracked or place == named in tracked else place


def add_loose(
    repository: Repository, files: Sequence[LooseFile], tops: Sequence[Path], *, is_working_tree: bool
) -> None:
    """What stays on its machine belongs to both sides; any other new file to the working tree alone."""
    for file in files:
        for top in tops if file.stays else tops[1:] if is_working_tree else ():
            with suppress(OSError):
                copy_loose(repository.top / file.place, top / file.place, repository.top)
