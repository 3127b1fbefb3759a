"""A process with all that it has begotten: frozen, let go on, or gone at once."""

import os
import select
import signal
from contextlib import suppress

from patience import PATIENCE_SECONDS
from services import descendants


def frozen(pid: int) -> list[int]:
    """Stops a process and everything below it in their tracks; who they are."""
    os.kill(pid, signal.SIGSTOP)  # from here on it begets no more
    tree = [pid, *descendants(pid)]
    for one in tree:
        os.kill(one, signal.SIGSTOP)
    return tree


def thaw(tree: list[int]) -> None:
    """Lets them go on."""
    for pid in tree:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def kill(pid: int) -> None:
    """Ends a process and everything below it, none of which does anything more; returns when they are gone."""
    handles = []
    for one in frozen(pid):
        handles.append(os.pidfd_open(one))
        os.kill(one, signal.SIGKILL)
    for handle in handles:
        assert select.select([handle], [], [], PATIENCE_SECONDS)[0], "it outlives SIGKILL"
        os.close(handle)
