"""The member projects of a workspace: a folder that holds several, as a repository of services does."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from glob import has_magic
from pathlib import Path

from msgspec import Struct

from app.application.folders import is_own, walked
from app.application.roots import has_options, services
from app.core.errors import ArgumentError, AssayError, ProjectError, did_you_mean
from app.core.opening import is_folder, within
from app.options.reading import read_options
from app.sources.globbing import Globbing
from app.sources.project.discovery import open_project


class Member(Struct, frozen=True, kw_only=True):
    """One project of a workspace.

    Attributes:
        name: what it is called there, which no other member is.
        path: its folder, relative to the workspace's, with `/`.
        folder: the same from the root of the file system.
    """

    name: str
    path: str
    folder: Path


def members(
    top: Path, environ: Mapping[str, str] | None = None, passed_over: Callable[[str], object] = lambda _: None
) -> tuple[Member, ...]:
    """The projects of a workspace, by path: those that its option `projects` names, else all that are found below it.

    The folder itself is one of them where it has profiles of its own. Projects that would be called the same are
    called by their paths, with dots between the folders.

    Args:
        top: the workspace's folder.
        environ: the variables of the process; the code of a project may ask for them.
        passed_over: is told each folder that a glob matches, and that is no project.

    Raises:
        ProjectError: the options cannot be used, or name a folder that is not there; or there is no project.
    """
    top = _outermost(top.absolute().resolve(), environ or {})
    named = read_options(top).projects if has_options(top) else []
    folders = set(_listed(top, named, environ or {}, passed_over) if named else _found(top))
    if top not in folders and _project_root(top, environ or {}) == top:
        folders.add(top)
    if not folders:
        message = f"There is no project below {top.name}/: no options, no Dynaconf call in the code."
        raise ProjectError(message, fix="Name the folder with --project, or the projects with the option projects.")
    return tuple(_called(top, sorted(folders)))


def workspace_root(folders: Sequence[Path]) -> Path:
    """The workspace that a folder belongs to: the nearest whose options name its projects, else the folder itself.

    Args:
        folders: it, and those above it, the nearest first.
    """
    return next((folder for folder in folders if has_options(folder) and read_options(folder).projects), folders[0])


def _called(top: Path, folders: Sequence[Path]) -> Iterator[Member]:
    named = {folder: _name(folder) for folder in folders}
    often = Counter(named.values())
    for folder, name in named.items():
        path = folder.relative_to(top).as_posix()
        is_clear = often[name] == 1 or folder == top
        yield Member(name=name if is_clear else path.replace("/", "."), path=path, folder=folder)


def _name(folder: Path) -> str:
    """What a project calls itself; one whose options cannot be read has its folder's name."""
    try:
        return (read_options(folder).name if has_options(folder) else None) or folder.name
    except AssayError:
        return folder.name


def _outermost(folder: Path, environ: Mapping[str, str]) -> Path:
    """The folder, or the project's that it lies in."""
    root = None if has_options(folder) else _project_root(folder, environ)
    return root if root and folder.is_relative_to(root) else folder


def _project_root(folder: Path, environ: Mapping[str, str]) -> Path | None:
    """The root of the project that a folder's profiles belong to; None where there are none."""
    try:
        project = open_project(folder, environ)
    except AssayError:  # several applications: each is found by itself
        return None
    return project.root if project.documents else None


def _listed(
    top: Path, named: Sequence[str], environ: Mapping[str, str], passed_over: Callable[[str], object]
) -> Iterator[Path]:
    """The folders that the option names; of those that a glob matches, the projects.

    Raises:
        ProjectError: one of them is not there, or a glob matches none.
    """
    bounds = within(top)
    globbing = Globbing(bounds)
    for name in named:
        found = [top / path for path in globbing.matches(name.rstrip("/"), top)]
        folders = [folder.resolve() for folder in found if is_folder(folder) and bounds.own(folder)]
        if not folders:
            there = [entry.name for entry in top.iterdir() if is_folder(entry) and is_own(entry)]
            what = "matches no folder" if any(letter in name for letter in "*?[") else "is no folder"
            message = f"The option projects names {name!r}, which {what} below {top.name}/."
            raise ProjectError(message, fix=did_you_mean(name, there) if there else "Correct the option projects.")
        for folder in folders:
            if has_magic(name) and not _is_project(folder, environ):
                passed_over(folder.relative_to(top).as_posix())
            else:
                yield folder


def _is_project(folder: Path, environ: Mapping[str, str]) -> bool:
    """Whether a folder is a project, be it one that cannot be used; what is found above or beside it is another's."""
    try:
        found = None if has_options(folder) else open_project(folder, environ)
    except AssayError:
        return True
    return found is None or (found.is_there and found.root.is_relative_to(folder))


def _found(top: Path) -> Iterator[Path]:
    """The folders below with options of a project, and those of applications that are in none of these."""
    stated = [folder for folder, _ in walked(top, is_own) if has_options(folder)]
    yield from stated
    try:
        found = [service.root.resolve() for service in services(top)]
    except ArgumentError:  # no code that counts
        return
    yield from (root for root in found if not any(root.is_relative_to(folder) for folder in stated))
