"""Files written whole or not at all, one editor at a time, and never over what somebody else wrote.

The lock is on folders, not on a file beside the profile: `flock` takes a folder, so nothing is left lying about, no
file that is replaced takes its lock with it, and the kernel lets go when a process dies. See docs/decisions/0005. A
folder is opened once, and everything in it is done below that descriptor: a link that takes its place leads nowhere.
"""

import errno
import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from app.core.errors import ArgumentError, EditConflict
from app.core.opening import open_regular, place_of, read_all, real_path, remedy, why, within

_TEMPORARY = ".assay-edit"
_READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
NEW_MODE = 0o644
SECRET_MODE = 0o600


class Held(Struct, frozen=True, kw_only=True):
    """What a path held when it was read.

    Attributes:
        path: the file itself, links followed.
        raw: its bytes; None where it is not there.
        stamp: what tells it from any other file and any later state of it.
    """

    path: Path
    raw: bytes | None
    stamp: tuple[int, ...] = ()

    @property
    def text(self) -> bytes:
        """Its bytes; none where it is not there."""
        return self.raw or b""


def hold(path: Path, root: Path) -> Held:
    """What a path of a project holds now.

    Raises:
        ArgumentError: it cannot be read, or lies outside the project: nothing is written there.
    """
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    real, bounds = Path(real_path(path)), within(root)
    if not bounds.own(real):
        raise ArgumentError(f"{name} lies outside the project: it is not edited.", fix="Edit it where it lies.")
    try:
        with open_regular(real, bounds) as descriptor:
            return _held(real, descriptor)
    except FileNotFoundError:
        if path.is_symlink():
            fix = "Let it lead to a file, or take it away."
            raise ArgumentError(f"{name} cannot be read: it is a link to nothing.", fix=fix) from None
        return Held(path=real, raw=None)
    except OSError as error:
        fix = remedy(error, "Make it readable.")
        raise ArgumentError(f"{name} cannot be read: {why(error)}.", fix=fix) from None


def _held(path: Path, descriptor: int) -> Held:
    return Held(path=path, raw=read_all(descriptor), stamp=_stamp(os.fstat(descriptor)))


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


@contextmanager
def locked(folders: Sequence[Path]) -> Iterator[None]:
    """Keeps every other editor of these folders waiting.

    Raises:
        ArgumentError: a folder cannot be locked.
    """
    with ExitStack() as stack:
        for folder in sorted(
            {Path(real_path(folder)) for folder in folders}
        ):  # one order for all, so that nobody waits in a ring
            try:
                descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
                stack.callback(os.close, descriptor)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            except OSError as error:
                message = f"The folder {folder.name}/ cannot be locked: {error.strerror}."
                raise ArgumentError(message, fix="Edit the file by hand.") from None
        yield


def replace_file(held: Held, raw: bytes, *, mode: int = NEW_MODE) -> None:
    """Puts new bytes in a file's place, at one stroke, with the old one's mode, owner and attributes.

    The caller holds the lock of the file's folder.

    Args:
        held: what the file held when the new bytes were made from it.
        raw: the new bytes.
        mode: the mode where the file is not there yet.

    Raises:
        EditConflict: the file is not any more what was held.
        ArgumentError: it cannot be written.
    """
    temporary = f".{held.path.name}.{os.getpid()}{_TEMPORARY}"
    try:
        with _folder_of(held.path) as folder:
            _sweep(folder)
            try:
                _write(folder, temporary, held, raw, mode)
                _exchange(folder, temporary, held)
                os.fsync(folder)  # makes the new name last through a loss of power
            finally:
                with suppress(OSError):
                    os.unlink(temporary, dir_fd=folder)
    except OSError as error:
        message = f"{held.path.name} cannot be written: {(error.strerror or 'no reason given').lower()}."
        fix = "Make its folder writable: the file is replaced as a whole, or not at all."
        raise ArgumentError(message, fix=fix) from None


@contextmanager
def _folder_of(path: Path) -> Iterator[int]:
    """The folder of a file, open: what is put in its place, or in that of one above, is not written to.

    Raises:
        EditConflict: a link leads elsewhere by now.
    """
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if place_of(descriptor, path.parent) != str(path.parent):
            raise changed(path)
        yield descriptor
    finally:
        os.close(descriptor)


def create_file(path: Path, raw: bytes, mode: int) -> None:
    """Makes a file that is not there, whole or not at all.

    Raises:
        EditConflict: somebody made it meanwhile.
        ArgumentError: it cannot be written.
    """
    with locked([path.parent]):
        replace_file(Held(path=Path(real_path(path.parent)) / path.name, raw=None), raw, mode=mode)


def _sweep(folder: int) -> None:
    """Removes what killed editors left; under the lock there is no live one."""
    with suppress(OSError):
        for left in [name for name in os.listdir(folder) if name.endswith(_TEMPORARY)]:
            os.unlink(left, dir_fd=folder)


def _write(folder: int, temporary: str, held: Held, raw: bytes, mode: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(temporary, flags, 0o600, dir_fd=folder), "wb") as file:
        if held.raw is None:
            os.fchmod(file.fileno(), mode)
        else:
            with _opened(folder, held) as old:
                _resemble(file.fileno(), old)
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _opened(folder: int, held: Held) -> Iterator[int]:
    """The file as it is now.

    Raises:
        EditConflict: it is no regular file any more.
        FileNotFoundError: it is not there.
    """
    try:
        descriptor = os.open(held.path.name, _READING, dir_fd=folder)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:
            raise changed(held.path) from None
        raise
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise changed(held.path)
        yield descriptor
    finally:
        os.close(descriptor)


def _resemble(new: int, old: int) -> None:
    """Gives the new file the old one's owner (as far as this user may), attributes and mode."""
    status = os.fstat(old)
    with suppress(PermissionError):
        os.fchown(new, status.st_uid, status.st_gid)
    for name in os.listxattr(old) if hasattr(os, "listxattr") else ():
        with suppress(OSError):
            os.setxattr(new, name, os.getxattr(old, name))
    os.fchmod(new, status.st_mode & 0o7777)


def _exchange(folder: int, temporary: str, held: Held) -> None:
    """The last look, and the stroke: a new file is linked, which fails where somebody made it meanwhile."""
    if _now(folder, held) != held:
        raise changed(held.path)
    if held.raw is not None:
        os.replace(temporary, held.path.name, src_dir_fd=folder, dst_dir_fd=folder)
        return
    try:
        os.link(temporary, held.path.name, src_dir_fd=folder, dst_dir_fd=folder)
    except FileExistsError:
        raise changed(held.path) from None


def _now(folder: int, held: Held) -> Held:
    try:
        with _opened(folder, held) as descriptor:
            return _held(held.path, descriptor)
    except FileNotFoundError:
        return Held(path=held.path, raw=None)


def changed(path: Path) -> EditConflict:
    """The error that says so."""
    message = f"{path.name} changed while it was edited; nothing was written."
    return EditConflict(message, fix="Look at the change, and run the command again.")
