"""Files written whole or not at all, one editor at a time, and never over what somebody else wrote.

The lock is on folders, not on a file beside the profile: `flock` takes a folder, so nothing is left lying about, no
file that is replaced takes its lock with it, and the kernel lets go when a process dies. See docs/decisions/0005.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from app.core.errors import ArgumentError, EditConflict
from app.core.opening import open_regular, read_all, real_path, remedy, why, within

_TEMPORARY = ".assay-edit"
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
    if not within(root).own(path):
        raise ArgumentError(f"{name} lies outside the project: it is not edited.", fix="Edit it where it lies.")
    return _held(path, name)


def _held(path: Path, name: str) -> Held:
    real = Path(real_path(path))
    try:
        with open_regular(path) as descriptor:
            return Held(path=real, raw=read_all(descriptor), stamp=_stamp(os.fstat(descriptor)))
    except FileNotFoundError:
        return Held(path=real, raw=None)
    except OSError as error:
        fix = remedy(error, "Make it readable.")
        raise ArgumentError(f"{name} cannot be read: {why(error)}.", fix=fix) from None


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
    _sweep(held.path.parent)
    temporary = held.path.with_name(f".{held.path.name}.{os.getpid()}{_TEMPORARY}")
    try:
        _write(temporary, held, raw, mode)
        _exchange(temporary, held)
        _sync(held.path.parent)
    except OSError as error:
        message = f"{held.path.name} cannot be written: {(error.strerror or 'no reason given').lower()}."
        fix = "Make its folder writable: the file is replaced as a whole, or not at all."
        raise ArgumentError(message, fix=fix) from None
    finally:
        with suppress(OSError):
            temporary.unlink()


def create_file(path: Path, raw: bytes, mode: int) -> None:
    """Makes a file that is not there, whole or not at all.

    Raises:
        EditConflict: somebody made it meanwhile.
        ArgumentError: it cannot be written.
    """
    with locked([path.parent]):
        replace_file(Held(path=Path(real_path(path.parent)) / path.name, raw=None), raw, mode=mode)


def _sweep(folder: Path) -> None:
    """Removes what killed editors left; under the lock there is no live one."""
    with suppress(OSError):
        for left in [path for path in folder.iterdir() if path.name.endswith(_TEMPORARY)]:
            left.unlink()


def _write(temporary: Path, held: Held, raw: bytes, mode: int) -> None:
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        if held.raw is None:
            os.fchmod(descriptor, mode)
        else:
            _resemble(descriptor, held.path)
        file.write(raw)
        file.flush()
        os.fsync(descriptor)


def _resemble(descriptor: int, path: Path) -> None:
    """Gives the new file the old one's owner (as far as this user may), attributes and mode."""
    status = path.stat()
    with suppress(PermissionError):
        os.fchown(descriptor, status.st_uid, status.st_gid)
    for name in os.listxattr(path) if hasattr(os, "listxattr") else ():
        with suppress(OSError):
            os.setxattr(descriptor, name, os.getxattr(path, name))
    os.fchmod(descriptor, status.st_mode & 0o7777)


def _exchange(temporary: Path, held: Held) -> None:
    """The last look, and the stroke: a new file is linked, which fails where somebody made it meanwhile."""
    if _held(held.path, held.path.name) != held:
        raise changed(held.path)
    if held.raw is not None:
        temporary.replace(held.path)
        return
    try:
        os.link(temporary, held.path)
    except FileExistsError:
        raise changed(held.path) from None


def changed(path: Path) -> EditConflict:
    """The error that says so."""
    message = f"{path.name} changed while it was edited; nothing was written."
    return EditConflict(message, fix="Look at the change, and run the command again.")


def _sync(folder: Path) -> None:
    """Makes the new name last through a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
