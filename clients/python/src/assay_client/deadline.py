"""Reading an answer in time, however slowly it comes: a socket's own timeout begins anew with each byte."""

import http.client
import io
import socket
import time
from typing import Any


class Deadline:
    """Until when what is read from a connection has to be there."""

    def __init__(self) -> None:
        self._silence = self._until = 0.0

    def begin(self, silence: float, whole: float) -> None:
        """From now on there may be so many seconds of silence, and so many until all of it is there."""
        self._silence, self._until = max(silence, 0.01), time.monotonic() + whole

    def left(self) -> float:
        """Seconds until the next byte has to be there.

        Raises:
            TimeoutError: none.
        """
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return min(self._silence, left)


class TimedResponse(http.client.HTTPResponse):
    """An answer of which every part comes in time: the lines of its head, of its pieces, and behind them, too."""

    def __init__(self, deadline: Deadline, sock: socket.socket, *arguments: Any, **named: Any) -> None:
        super().__init__(sock, *arguments, **named)
        self.fp = io.BufferedReader(_TimedSocket(self.fp.detach(), sock, deadline))


class _TimedSocket(io.RawIOBase):
    """What an answer is read from."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: Deadline) -> None:
        self._raw, self._socket, self._deadline = raw, sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._socket.settimeout(self._deadline.left())
        found: int | None = self._raw.readinto(buffer)
        return found

    def fileno(self) -> int:
        return self._raw.fileno()

    def close(self) -> None:
        self._raw.close()
        super().close()
