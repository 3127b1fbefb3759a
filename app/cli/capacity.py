"""How many connections a worker keeps open: more than it answers at once, so that it can say no to the others.

A server that stops accepting answers nobody any more, not even those who ask whether it lives.
"""

import sys
from contextlib import suppress

BACKLOG = 4096
"""Connections that the system sets up ahead of us; most systems have a limit of their own, not above this."""

_MOST = 131_072
"""Above what `server.max_concurrent_requests` may be, which may also be raised while the service runs."""

_OWN = 256
"""Files of ours: the database's pool, logs, watched folders, what a library opens for a moment."""

_LEAST = 64


def connections() -> int:
    """How many connections one worker may hold, as far as files go; asks the system for all that it allows."""
    return max(_LEAST, min(_MOST, _files() - _OWN))


def _files() -> int:
    """The files that this process, and those that it begets, may have open from now on."""
    if sys.platform == "win32":  # pragma: no cover - Windows has no such limit
        return _MOST
    import resource  # noqa: PLC0415 - there is none on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST + _OWN
    more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < more:
        with suppress(ValueError, OSError):  # macOS has another limit below this one
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return wanted if soft == resource.RLIM_INFINITY else soft
