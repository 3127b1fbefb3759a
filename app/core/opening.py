"""The one way to a file that is read: regular, of bounded size, within bounds, and without waiting for anybody.

What stands in a file's place may be a pipe that nobody writes to, a device without an end, or a link to the machine's
own files. So it is looked at before it is opened, and again once it is open, since it may be swapped meanwhile.
"""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from app.core import limits

LIMIT = limits.FILE.figure
"""No file of more bytes is read."""

_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY | os.O_NOFOLLOW
_SYSTEM = ("/proc", "/sys")
_LINKS = {errno.ENOENT: "it is a link to nothing", errno.ELOOP: "its links lead round in a circle"}
_DESCRIPTORS = "/proc/self/fd"


class UnfitFileError(OSError):
    """What stands there is no file to read; `strerror` says why, and `fix` what to do."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(errno.EINVAL, reason)
        self.fix = fix


class OutsideError(UnfitFileError):
    """It lies, links followed, where nothing may be read."""


class Bounds(Struct, frozen=True):
    """Where files may be read.

    Attributes:
        root: a folder, without links.
        outside: files and folders elsewhere, without links.
    """

    root: str
    outside: tuple[str, ...] = ()

    def hold(self, path: Path | str) -> bool:
        """Whether a path lies within, links followed; what the system makes up lies nowhere."""
        real = real_path(path)
        return any(_lies_in(real, place) for place in (self.root, *self.outside)) and not _is_made_up(real)

    def own(self, path: Path | str) -> bool:
        """Whether a path lies below the root itself, links followed."""
        return _lies_in(real_path(path), self.root)


def within(root: Path, outside: Sequence[str] = ()) -> Bounds:
    """The bounds of a project.

    Args:
        root: its folder.
        outside: what else it may read, relative to the root.
    """
    return Bounds(real_path(root), tuple(real_path(os.path.join(root, name)) for name in outside))


def real_path(path: Path | str) -> str:
    """Where a path leads; what is no path leads to itself."""
    try:
        return os.path.realpath(path)
    except ValueError:  # a NUL, or half a character
        return os.path.normpath(path)


def _lies_in(real: str, folder: str) -> bool:
    return real == folder or real.startswith(folder.rstrip("/") + "/")


def _is_made_up(real: str) -> bool:
    return any(_lies_in(real, folder) for folder in _SYSTEM)


@contextmanager
def open_regular(path: Path | str, bounds: Bounds | None = None) -> Iterator[int]:
    """A descriptor of the regular file that a path leads to.

    Args:
        path: links are followed.
        bounds: where it must lie; None for a file that whoever calls names in person.

    Raises:
        UnfitFileError: it is no regular file, too large, or out of bounds.
        OSError: it is not there, or not for this user.
    """
    descriptor = _open(path, bounds)
    try:
        _require_fit(os.fstat(descriptor))
        _require_within(place_of(descriptor, path), bounds)
        yield descriptor
    finally:
        os.close(descriptor)


def read_file(path: Path | str, bounds: Bounds | None = None) -> bytes:
    """The bytes of a regular file.

    Raises:
        OSError: as for `open_regular`.
    """
    with open_regular(path, bounds) as descriptor:
        return read_all(descriptor)


def read_beside(path: Path | str, largest: int) -> bytes | None:
    """The bytes of a file that a walk through folders has met, which follows no links; None for what is not plain.

    Quicker than `read_file`, for folders of many files; what is a link is left to that.

    Args:
        path: in a folder that is no link, as its walk has found.
        largest: more bytes are not read.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > largest:
            return None
        return os.read(descriptor, largest + 1)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def read_all(descriptor: int) -> bytes:
    """The bytes of an open file; what grows while it is read ends at the limit.

    Raises:
        UnfitFileError: it is too large.
    """
    with open(descriptor, "rb", closefd=False) as file:
        raw = file.read(LIMIT + 1)
    if len(raw) > LIMIT:
        raise _too_large()
    return raw


def _open(path: Path | str, bounds: Bounds | None) -> int:
    real = real_path(path)
    _require_within(real, bounds)
    try:
        _require_fit(os.stat(path))
        return os.open(real, _FLAGS)
    except OSError as error:
        if error.errno in _LINKS and os.path.islink(path):
            raise UnfitFileError(_LINKS[error.errno], "Mend the link, or take it away.") from None
        raise
    except ValueError:  # a NUL, or half a character
        raise UnfitFileError("that is no file's name", "Correct the name.") from None


def _require_within(real: str, bounds: Bounds | None) -> None:
    if _is_made_up(real):
        raise OutsideError("it leads to what the system makes up", "Take the link away.")
    if bounds and not bounds.hold(real):
        raise OutsideError("it leads out of the project", "Take the link away, or put the file itself there.")


def _require_fit(status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(status.st_mode):
        raise UnfitFileError("it is no file but a pipe, a socket or a device", "Put a file in its place.")
    if status.st_size > LIMIT:
        raise _too_large()


def _too_large() -> UnfitFileError:
    limit = LIMIT // 1024 // 1024
    return UnfitFileError(f"it holds more than {limit} MB", f"Divide it: no file of more than {limit} MB is read.")


def place_of(descriptor: int, path: Path | str) -> str:
    """Where an open file or folder really lies, as far as the system says."""
    try:
        return os.readlink(f"{_DESCRIPTORS}/{descriptor}").removesuffix(" (deleted)")
    except OSError:
        return real_path(path)


def why(error: OSError) -> str:
    """The reason in a sentence's words."""
    reason = error.strerror or type(error).__name__
    return reason if isinstance(error, UnfitFileError) else reason.lower()


def remedy(error: OSError, usual: str) -> str:
    """What to do about it."""
    return error.fix if isinstance(error, UnfitFileError) else usual


def is_text(text: str) -> bool:
    """Whether a file can hold it: half a character, or bytes of an argument that are no UTF-8, it cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_there(path: Path) -> bool:
    """Whether anything bears that name, or might where nobody can look: then reading it says what is wrong."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        return error.errno != errno.ELOOP
    except ValueError:
        return True
    return True


def exists(path: Path) -> bool:
    """Whether a path leads to something; what cannot be looked at leads to nothing."""
    return os.path.exists(path)


def is_file(path: Path) -> bool:
    """Whether a path leads to a regular file; what cannot be looked at does not."""
    return os.path.isfile(path)


def is_folder(path: Path) -> bool:
    """Whether a path leads to a folder; what cannot be looked at does not."""
    return os.path.isdir(path)
