"""A folder for the time of one plan, which this user alone may enter.

Its plan holds a lock on it, which ends with the process however that ends: one that nobody holds was left behind.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir, mkdtemp

from app.core.errors import RepositoryError
from app.core.opening import real_path, why

_PREFIX = "assay-plan-"
_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def private_folder() -> Iterator[Path]:
    """The folder, gone afterwards; those that ended plans of this user have left go first.

    Raises:
        RepositoryError: there is no room for it.
    """
    with laying_down():
        _sweep(Path(gettempdir()))
        folder = Path(real_path(mkdtemp(prefix=_PREFIX)))
    descriptor = os.open(folder, _OPEN)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)
        os.close(descriptor)


@contextmanager
def laying_down() -> Iterator[None]:
    """Tells why files cannot be laid down, and that they may be elsewhere.

    Raises:
        RepositoryError: they cannot.
    """
    try:
        yield
    except OSError as error:
        message = f"The revisions' files cannot be laid down for the time of the plan: {why(error)}."
        raise RepositoryError(message, fix="Name a folder that has room for them: TMPDIR=FOLDER.") from None


def _sweep(parent: Path) -> None:
    with suppress(OSError), os.scandir(parent) as found:
        for entry in found:
            if entry.name.startswith(_PREFIX) and entry.stat(follow_symlinks=False).st_uid == os.getuid():
                with suppress(OSError):
                    _remove_left(entry.path)


def _remove_left(folder: str) -> None:
    """Remove a folder that nobody holds. An empty one may be so new that its lock is still to come.

    Raises:
        OSError: it is held, or no folder any more.
    """
    descriptor = os.open(folder, _OPEN)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if any(Path(folder).iterdir()):
            rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)
