"""Leases on a running server: each user holds the writing end of a named pipe, the server's watcher reads from it.

The kernel closes what a process held, however the process ended; so the last holder's end is the end of the pipe,
and that is when the watcher stops the server. All of it happens under the home's lock: see `folder.locked`.
"""

import errno
import fcntl
import os
import select
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from termios import FIONREAD

from app.database.embedded.account import Account

_POLL_SECONDS = 0.001
_ANSWER_SECONDS = 5.0


class Holder:
    """One process's hold on a server; it lasts until it is let go, or the process ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @property
    def kept(self) -> bool:
        """Whether the server's watcher still listens: False where the server has ended, or is being stopped."""
        if self._descriptor is None:
            return False
        return _is_read(self._descriptor)

    def wait(self, waking: int) -> bool:
        """Waits for the server's end: True when it has ended, False when something can be read from `waking` first."""
        if self._descriptor is None:
            return False
        waiting = select.poll()
        waiting.register(self._descriptor, 0)  # errors are always told
        waiting.register(waking, select.POLLIN)
        return all(descriptor != waking for descriptor, _ in waiting.poll())

    def let_go(self) -> None:
        """Ends the hold. Safe to repeat."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@contextmanager
def new_pipe(path: Path, owner: Account) -> Iterator[tuple[int, Holder]]:
    """A new pipe: its reading end, open within the block for the watcher to inherit, and the first hold on it.

    Raises:
        OSError: it cannot be made.
    """
    path.unlink(missing_ok=True)  # a watcher that is ending may still read from the old one
    os.mkfifo(path, 0o600)
    owner.settle(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # blocking, it would wait for a writer
    try:
        holder = Holder(os.open(path, os.O_WRONLY))
        os.set_blocking(reader, True)
        yield reader, holder
    finally:
        os.close(reader)


def hold(path: Path) -> Holder | None:
    """A hold on the running server; None where no watcher answers.

    A watcher that has seen the pipe's end reads no more: only what it reads is proof that it counts with us.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno in {errno.ENXIO, errno.ENOENT}:
            return None
        raise
    if _hears(descriptor):
        return Holder(descriptor)
    os.close(descriptor)
    return None


def _hears(descriptor: int) -> bool:
    try:
        os.write(descriptor, b"\n")
    except OSError:  # its last reader has just gone
        return False
    deadline = time.monotonic() + _ANSWER_SECONDS
    while _unread(descriptor):
        if not _is_read(descriptor) or time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return _is_read(descriptor)


def is_watched(path: Path) -> bool:
    """Whether there is a watcher, and so maybe a server, even where its process cannot be seen, as in a container."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
    except OSError as error:
        if error.errno in {errno.ENXIO, errno.ENOENT}:
            return False
        raise
    return True


def is_held(path: Path) -> bool:
    """Whether anybody holds the server."""
    try:
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        return False
    try:
        return os.read(reader, 1) != b""
    except BlockingIOError:  # nothing to read, and somebody who could write
        return True
    finally:
        os.close(reader)


def _unread(descriptor: int) -> int:
    count: int = struct.unpack("i", fcntl.ioctl(descriptor, FIONREAD, b"\0\0\0\0"))[0]
    return count


def _is_read(descriptor: int) -> bool:
    waiting = select.poll()
    waiting.register(descriptor, 0)  # errors are always told
    return not any(event & (select.POLLERR | select.POLLNVAL) for _, event in waiting.poll(0))
