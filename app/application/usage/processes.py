"""Work that is shared with the machine's other cores: a part of it is done by processes of their own.

Of Python's threads one is at work at a time, and the code of a large program takes seconds to read.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

_MOST = 4
"""So many processes at most: one reads what all of them answer."""


@contextmanager
def shared[T](
    items: Sequence[T], work: Callable[[Sequence[T]], bytes]
) -> Iterator[tuple[Sequence[T], Iterator[bytes]]]:
    """Others begin with all parts of some work but one, which is left to whoever asks.

    A process in which threads run is not copied. What goes wrong elsewhere is not answered, and left to do.

    Args:
        items: what there is to do.
        work: does a part of it.

    Yields:
        The part that is left, and the answers to the others, which are waited for.
    """
    parts = min(_MOST, _cores()) if _threads() == 1 else 1
    started = [one for number in range(1, parts) if (one := _start(items[number::parts], work))]
    try:
        yield items[::parts], (_answer(descriptor) for _, descriptor in started)
    finally:
        for process, descriptor in started:
            os.close(descriptor)
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _cores() -> int:
    """How many cores this process may use; one where the system does not say."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def _threads() -> int:
    """How many threads it has, those that Python knows nothing of included; none where that cannot be known."""
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - their number alone
    except OSError:
        return 0


def _start[T](part: Sequence[T], work: Callable[[Sequence[T]], bytes]) -> tuple[int, int] | None:
    here, there = os.pipe()
    try:
        process = os.fork()
    except OSError:  # as many as the system allows
        os.close(here)
        os.close(there)
        return None
    if process:
        os.close(there)
        return process, here
    status = 1
    try:
        os.close(here)
        _write(there, work(part))
        status = 0
    finally:
        os._exit(status)  # nothing of the process that was copied goes on, whatever has happened


def _write(descriptor: int, raw: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)


def _answer(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        return file.read()
