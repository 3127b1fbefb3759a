"""Ports for the servers of tests: each is handed out once, and the system gives it to nobody.

A port that was bound, read and let go again is soon somebody else's: the system lends it to whoever calls, and to the
next test that asks the same way. So these lie below the range that it lends from, and each process begins elsewhere.
"""

import os
import socket
from collections.abc import Iterator

_FIRST, _LAST = 12_000, 32_000
"""Linux lends from 32768 on, see ip_local_port_range in ip(7)."""

_STRIDE = 101


def _free() -> Iterator[int]:
    begin = os.getpid() * _STRIDE % (_LAST - _FIRST)
    for number in range(_LAST - _FIRST):
        port = _FIRST + (begin + number) % (_LAST - _FIRST)
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
        yield port


_ports = _free()


def unused_port() -> int:
    """A port where nobody listens, and which nobody else is given."""
    return next(_ports)
