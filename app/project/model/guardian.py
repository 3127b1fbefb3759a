"""Runs a script, and leaves nothing of what it started: a child that detached itself is killed with the rest.

A script itself, never imported by Assay, of the project's interpreter; it keeps to Python 3.8. Started as
`python guardian.py SCRIPT`, it runs the script in a child with the same streams and ends as the child ends. On Linux
it is the subreaper of whatever the child starts (prctl(2), PR_SET_CHILD_SUBREAPER), so that orphans come back to it.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import sys
from pathlib import Path
from typing import Any

_PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    """Runs the script that the arguments name."""
    script = sys.argv[1]
    _adopt()
    child = os.fork()
    if child == 0:
        sys.argv = [script]
        runpy.run_path(script, run_name="__main__")
        os._exit(0)
    signal.signal(signal.SIGTERM, _end)
    _let_go()
    _, status = os.waitpid(child, 0)
    _kill_all()
    _end_like(status)


def _adopt() -> None:
    """Orphans below this process become its children; elsewhere than on Linux only the group is killed."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _let_go() -> None:
    """The streams are the child's alone: whoever reads them sees when it closes them."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)


def _end(_signal: int, _frame: Any) -> None:
    _kill_all()
    os._exit(1)


def _kill_all() -> None:
    """Kills the children until there are none; a child's own come back as children when it is dead."""
    while sys.platform.startswith("linux"):
        for child in _children():
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                continue
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children() -> list[int]:
    """The processes whose parent is this one; from /proc, since a kernel need not list children."""
    found = (int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit())
    return [one for one in found if _parent(one) == os.getpid()]


def _parent(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return 0


def _end_like(status: int) -> None:
    """Ends with the child's status, or by the signal that ended it."""
    if os.WIFSIGNALED(status):
        ended_by = os.WTERMSIG(status)
        if ended_by not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(ended_by, signal.SIG_DFL)
        os.kill(os.getpid(), ended_by)
    os._exit(os.WEXITSTATUS(status))


main()
