"""A revision's files in a private folder, where a project reads them like any other's; the folder goes with the plan.

Nothing is checked out: no filter runs, and the work tree, the index and the object store stay as they are.
"""

import errno
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from app.core.opening import UnfitFileError, exists, open_regular, read_all, real_path
from app.planning.entries import Entry
from app.planning.git.blobs import read_blobs
from app.planning.git.repository import Repository

_MODES = {"file": 0o644, "program": 0o755}
_ENVIRONMENTS = (".venv", "venv", "env")

type Content = bytes | int
"""What a file holds; of one that is too large to be read, its size."""


def contents(repository: Repository, listed: Iterable[Sequence[Entry]]) -> Mapping[str, Content]:
    """The content of every blob of some revisions, each read once."""
    return read_blobs(repository, (entry.blob for one in listed for entry in one if entry.blob))


def lay_out(repository: Repository, listed: Sequence[Entry], known: Mapping[str, Content], folder: Path) -> None:
    """Write a revision's files into a new folder.

    Files come before links, and nothing is written where something stands: a tree that is made by hand cannot have
    anything written through a link of its own.

    Args:
        repository: whose they are.
        listed: what there is.
        known: the contents of blobs.
        folder: the new folder.
    """
    folder.mkdir(parents=True)
    (folder / ".git").mkdir()  # as far as a project is looked for, and no further
    links = []
    for entry in listed:
        if (target := _target(repository, entry, known)) is not None:
            links.append((entry, target))
            continue
        with suppress(FileExistsError, NotADirectoryError, FileNotFoundError), _legal_names():
            _write(repository, entry, known, folder / entry.path)
    for entry, target in links:
        _link(folder / entry.path, _moved(target, repository.top, folder))


@contextmanager
def _legal_names() -> Iterator[None]:
    """Leaves out what no checkout could have either: a name that the file system does not take."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise


def _target(repository: Repository, entry: Entry, known: Mapping[str, Content]) -> str | None:
    """Where an entry leads that is a link; None for any other."""
    if entry.blob is None:
        path = repository.top / entry.path
        return str(path.readlink()) if path.is_symlink() else None
    content = known[entry.blob]
    return os.fsdecode(content) if entry.kind == "link" and isinstance(content, bytes) else None


def _link(path: Path, target: str) -> None:
    """Make a link where nothing stands, and where no other link leads."""
    if real_path(path.parent) == str(path.parent):
        with suppress(OSError, ValueError):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(target)


def _write(repository: Repository, entry: Entry, known: Mapping[str, Content], path: Path) -> None:
    if entry.kind == "folder":
        path.mkdir(parents=True, exist_ok=True)
    elif entry.blob is None:
        copy_file(repository.top / entry.path, path)
    else:
        write_new(path, known[entry.blob], _MODES.get(entry.kind, 0o644))


def copy_file(source: Path, path: Path) -> None:
    """Copy a file of the working tree; of what is too large its size, of what may not be read its name.

    What stands in its place and is none, a folder or a pipe, is no file in the copy either.

    Raises:
        FileNotFoundError: it is not there, or a link stands in the place of a folder above it.
        FileExistsError: something stands where it is to be.
    """
    if real_path(source.parent) != str(source.parent) or not exists(source):
        raise FileNotFoundError
    if not source.is_file():
        _put_no_file(path, is_folder=source.is_dir())
        return
    content: Content
    try:
        with open_regular(source) as descriptor:
            content, mode = read_all(descriptor), os.fstat(descriptor).st_mode & 0o777
    except PermissionError:
        content, mode = b"", 0
    except UnfitFileError:
        content, mode = source.lstat().st_size, _MODES["file"]
    write_new(path, content, mode)


def _put_no_file(path: Path, *, is_folder: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if is_folder:
        path.mkdir(exist_ok=True)
    else:
        os.mkfifo(path, 0o600)


def copy_loose(source: Path, path: Path, top: Path) -> None:
    """Copy a file that git does not track; what a link leads to outside of the work tree stays there, as for others.

    Args:
        source: the file, or a link.
        path: where it is to be.
        top: the root of the work tree.

    Raises:
        OSError: as `copy_file` does.
    """
    real = real_path(source)
    if source.is_symlink() and not Path(real).is_relative_to(top):
        _link(path, real)
    else:
        copy_file(source, path)


def write_new(path: Path, content: Content, mode: int) -> None:
    """Write a file that is not there yet.

    Raises:
        FileExistsError: something stands there.
        NotADirectoryError: a file stands in a folder's place.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        if isinstance(content, int):
            file.truncate(content)
        else:
            file.write(content)
    path.chmod(mode)


def _moved(target: str, top: Path, folder: Path) -> str:
    """Where a link leads: one that names the work tree itself leads into the revision's."""
    at = Path(target)
    return str(folder / at.relative_to(top)) if at.is_absolute() and at.is_relative_to(top) else target


def lend_interpreters(repository: Repository, folder: Path) -> None:
    """Have a model of the project imported by the interpreter that the work tree has: no revision holds one."""
    if repository.bare:
        return
    places = (repository.prefix, *repository.prefix.parents)
    for at in dict.fromkeys(PurePosixPath(place) for place in places):
        for name in _ENVIRONMENTS:
            if (repository.top / at / name / "pyvenv.cfg").is_file() and (folder / at).is_dir():
                with suppress(FileExistsError):
                    (folder / at / name).symlink_to(repository.top / at / name)
