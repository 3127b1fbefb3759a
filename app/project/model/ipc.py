"""IPC with the model's process: one line a question, one line an answer, and it ends in time, whatever it does."""

import json
import os
import select
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from threading import Event, Thread, Timer
from time import monotonic
from typing import IO, Any

from app.core import limits

_GRACE = 3.0
_FAREWELL = 1.0
"""Seconds in which the guardian kills whatever detached itself, before its group is killed."""

_TAIL = 4096
_HANGS = b"Timeout ("


class Silence(Exception):
    """The process ended, or was ended, without an answer.

    Attributes:
        hangs: it took too long.
        floods: it wrote too much.
        status: how it ended; negative for a signal.
        trace: where it stood when its time was over, as Python tells it.
        printed: the end of what it printed.
    """

    def __init__(self, *, hangs: bool, floods: bool, status: int | None, trace: str, printed: str) -> None:
        super().__init__("no answer")
        self.hangs = hangs
        self.floods = floods
        self.status = status
        self.trace = trace
        self.printed = printed


class Conversation:
    """One process; `say` and `hear` in turn.

    Args:
        process: with pipes for its three streams, the leader of a session of its own.
        seconds: after which it is ended, with all that it started.
    """

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.nonce = token_hex(16)
        self._process = process
        self._printed = b""
        self._said = b""
        self._deadline = monotonic() + seconds
        self._expired = Event()
        self._reader = Thread(target=self._drain, args=(process.stderr,), daemon=True)
        self._watch = Timer(seconds, self._expire)
        self._watch.daemon = True
        self._reader.start()
        self._watch.start()

    def say(self, document: Mapping[str, Any]) -> None:
        """Sends one document; a process that does not listen any more is noticed by its silence."""
        with suppress(OSError):
            self._input.write(json.dumps(document).encode() + b"\n")
            self._input.flush()

    def hear(self) -> Any:
        """The answer; what a start-up file printed before it is passed over.

        Raises:
            Silence: there is none.
        """
        left = limits.ANSWER.figure
        while line := self._line(left):
            left -= len(line)
            if line.startswith(self.nonce.encode()) and line.endswith(b"\n"):
                return self._understood(line[len(self.nonce) :])
            if line.startswith(_HANGS):
                raise self._silence(hangs=True, trace=(line + self._rest()).decode(errors="replace"))
            if left <= 0:
                raise self._silence(floods=True)
        raise self._silence()

    def _understood(self, line: bytes) -> Any:
        try:
            return json.loads(line)
        except (ValueError, RecursionError):  # a model may write to the stream itself, and nest without end
            raise self._silence(floods=True) from None

    def _line(self, most: int) -> bytes:
        """The next line, or so much of it as may be; empty when there is no more, or the time is over."""
        while b"\n" not in self._said and len(self._said) < most and self._read():
            pass
        end = self._said.find(b"\n") + 1 or len(self._said)
        line, self._said = self._said[: min(end, most)], self._said[min(end, most) :]
        return line

    def _rest(self) -> bytes:
        while len(self._said) < _TAIL and self._read():
            pass
        return self._said[:_TAIL]

    def _read(self) -> bool:
        """Whether there was more to read: a stream that somebody keeps open without a word ends with the time."""
        stream = self._output.fileno()
        left = self._deadline + _FAREWELL - monotonic()
        if left <= 0 or not select.select([stream], [], [], left)[0]:
            return False
        read = os.read(stream, 1 << 16)
        self._said += read
        return bool(read)

    def end(self) -> None:
        """Ends the process and all that it started."""
        self._watch.cancel()
        self._kill()
        self._process.wait()
        self._reader.join(_GRACE)
        streams = [self._input, self._output]
        if self._process.stderr and not self._reader.is_alive():  # what escaped its group may still hold it
            streams.append(self._process.stderr)
        for stream in streams:
            with suppress(OSError):
                stream.close()

    def _silence(self, *, hangs: bool = False, floods: bool = False, trace: str = "") -> Silence:
        status = None
        if not floods:
            with suppress(subprocess.TimeoutExpired):
                status = self._process.wait(_GRACE)
        self._kill()
        self._reader.join(_GRACE)
        printed = self._printed.decode(errors="replace")
        return Silence(
            hangs=hangs or self._expired.is_set(), floods=floods, status=status, trace=trace, printed=printed
        )

    @property
    def _input(self) -> IO[bytes]:
        return _open(self._process.stdin)

    @property
    def _output(self) -> IO[bytes]:
        return _open(self._process.stdout)

    def _drain(self, stream: IO[bytes]) -> None:
        while read := stream.read1(_TAIL):  # type: ignore[attr-defined]  # a pipe's reader is buffered
            self._printed = (self._printed + read)[-_TAIL:]

    def _expire(self) -> None:
        self._expired.set()
        self._kill()

    def _kill(self) -> None:
        self._process.terminate()  # the guardian kills what left its group
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_FAREWELL)
        with suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:  # pragma: no cover - Windows has no process groups
                self._process.kill()


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:  # pragma: no cover - all three are pipes
        raise AssertionError
    return stream


@contextmanager
def conversation(
    command: Sequence[str], folder: Path, environ: Mapping[str, str], seconds: float
) -> Iterator[Conversation]:
    """A conversation with a new process, which is ended in any case.

    Raises:
        OSError: the program cannot be run.
    """
    process = subprocess.Popen(  # noqa: S603 - the project's interpreter, on our own script
        command,
        cwd=folder,
        env=dict(environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    found = Conversation(process, seconds)
    try:
        yield found
    finally:
        found.end()
