"""Supervision of an embedded server: one that ends though it is held is started again, as it was."""

import logging
import os
import threading
from collections.abc import Callable
from multiprocessing.sharedctypes import RawArray

from app.core.errors import EmbeddedServerError
from app.database.embedded.server import EmbeddedServer

_LOG = logging.getLogger(__name__)

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 10.0
_FAREWELL_SECONDS = 10.0

type Restart = Callable[[int], EmbeddedServer]
"""Starts the server again, on this port."""


class Restarts:
    """What came of the supervision, in memory that a process shares with those that it forks."""

    def __init__(self) -> None:
        self._numbers = RawArray("Q", 3)

    @property
    def count(self) -> int:
        """How often the server was started again."""
        return int(self._numbers[0])

    @property
    def away(self) -> bool:
        """Whether it has ended, and is not back yet."""
        return bool(self._numbers[1])

    @property
    def attempts(self) -> int:
        """How many attempts to start it again have failed since it ended."""
        return int(self._numbers[2])

    def lost(self) -> None:
        """It has ended."""
        self._numbers[1], self._numbers[2] = 1, 0

    def failed(self) -> None:
        """It could not be started again."""
        self._numbers[2] += 1

    def back(self) -> None:
        """It runs again."""
        self._numbers[0] += 1
        self._numbers[1] = 0


class SupervisedServer:
    """An embedded server that somebody looks after until it is stopped.

    Args:
        server: it runs.
        restart: starts it again.

    Attributes:
        target: how to connect to it; a server that was started again has the same port and password.
        restarts: what came of the supervision.
    """

    def __init__(self, server: EmbeddedServer, restart: Restart) -> None:
        self.target = server.target
        self.restarts = Restarts()
        self._server = server
        self._restart = restart
        self._stopping = threading.Event()
        self._waking, self._wake = os.pipe()
        self._thread: threading.Thread | None = None

    def supervise(self) -> None:
        """Looks after it from now on, in a thread: call it when processes that are to be forked have been."""
        self._thread = threading.Thread(target=self._look_after, name="assay-embedded-supervisor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Lets go of the server, for good; what is being started at this moment ends with this process."""
        self._stopping.set()
        os.write(self._wake, b".")
        if self._thread:
            self._thread.join(_FAREWELL_SECONDS)
        self._server.stop()

    def _look_after(self) -> None:
        while self._server.wait(self._waking):
            self.restarts.lost()
            _LOG.error("The embedded PostgreSQL has ended and is started again.")
            if not self._bring_back():
                return
            self.restarts.back()
            _LOG.warning("The embedded PostgreSQL runs again.")

    def _bring_back(self) -> bool:
        """Starts it again, with exponential backoff between attempts; False where it is to be stopped instead."""
        pause = _FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            self._server.stop()
            try:
                self._server = self._restarted()
            except (EmbeddedServerError, OSError) as error:
                _LOG.warning("The embedded PostgreSQL does not start: %s", error)
                self.restarts.failed()
                self._stopping.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            else:
                return True
        return False

    def _restarted(self) -> EmbeddedServer:
        """The server at its port; one that somebody else has started elsewhere meanwhile is waited for."""
        port = self.target.port
        server = self._restart(port)
        if server.target.port == port:
            return server
        server.stop()
        message = "Another process has started it on another port."
        raise EmbeddedServerError(message, fix="End that process.")
