"""A socket filter (BPF) on a listening socket: shut, it takes no new connection; the backlog is still served.

Closing a listening socket instead resets every connection that the system has set up and nobody has accepted yet, with
the requests that were sent into it.
"""

import ctypes
import os
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_DESCRIPTORS = Path("/proc/self/fd")
_SO_ATTACH_FILTER = 26
_RETURN = 0x06


def shut(port: int) -> None:
    """Shuts the door of this process on that port; where the system cannot do it, the door stays open.

    The system then drops what begins a connection. Whoever knocks tries again a second later, and finds that nobody is
    there, or the next one who listens. Source: Linux, `Documentation/networking/filter.rst`.

    Args:
        port: where this process listens.
    """
    if sys.platform != "linux":
        return
    nothing = ctypes.create_string_buffer(struct.pack("HBBI", _RETURN, 0, 0, 0))
    program = struct.pack("HP", 1, ctypes.addressof(nothing))
    for listener in _listeners(port):
        with listener, suppress(OSError):
            listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)


def _listeners(port: int) -> Iterator[socket.socket]:
    """The sockets on which this process listens; the server that opened them does not hand them out."""
    for entry in list(_DESCRIPTORS.iterdir()):
        with suppress(OSError):
            found = _copied(int(entry.name))
            if _is_listener(found, port):
                yield found
            else:
                found.close()


def _copied(descriptor: int) -> socket.socket:
    """A socket of our own for what a descriptor stands for.

    Raises:
        OSError: it stands for no socket, or is closed by now.
    """
    copy = os.dup(descriptor)
    try:
        return socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        raise


def _is_listener(found: socket.socket, port: int) -> bool:
    if found.family not in {socket.AF_INET, socket.AF_INET6}:
        return False
    return bool(found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)) and found.getsockname()[1] == port
