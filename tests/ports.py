"""Ports for the servers of tests: each is handed out once, and the system gives it to nobody.

A port that was bound, read and let go again is soon somebody else's: the system lends it to whoever calls, and to the
next test that asks the same way. So these lie below the range that it lends from, and a process that was given one
has it until it ends, also while nobody listens there.
"""

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

_FIRST, _LAST = 12_000, 32_000
"""Linux lends from 32768 on, see ip_local_port_range in ip(7)."""

_STRIDE = 101


def _free() -> Iterator[int]:
    begin = os.getpid() * _STRIDE % (_LAST - _FIRST)
    with (Path(tempfile.gettempdir()) / f"assay-test-ports-{os.getuid()}").open("ab") as claims:
        for number in range(_LAST - _FIRST):
            port = _FIRST + (begin + number) % (_LAST - _FIRST)
            if _claimed(port, claims.fileno()) and _unbound(port):
                yield port


def _claimed(port: int, claims: int) -> bool:
    """Whether it is this process's from now on: it has the lock of the file's byte of this number."""
    try:
        fcntl.lockf(claims, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


def _unbound(port: int) -> bool:
    with socket.socket() as tried:
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


_ports = _free()


def unused_port() -> int:
    """A port where nobody listens, and which nobody else is given."""
    return next(_ports)
