"""One line on a terminal that tells how far a long check is, or that anything else goes on."""

import threading
import time
from datetime import timedelta
from types import TracebackType
from typing import Self, TextIO

from app.cli.session import pass_over
from app.project.workspace import Clock

_MANY = 8
_SOON = timedelta(seconds=0.5)
_CLEAR = "\r\x1b[K"


class Line:
    """Progress on a terminal, for projects of many environments and checks that take long; else nothing at all.

    Args:
        stream: standard error; nothing is written to what is no terminal.
        width: its columns.
        clock: tells the time.
    """

    def __init__(self, stream: TextIO, width: int, clock: Clock) -> None:
        self._stream = stream
        self._width = width
        self._clock = clock
        self._shown = False

    def __enter__(self) -> Self:
        self._begun = self._clock()
        self._seen = self._stream.isatty()
        return self

    def __call__(self, what: str, environment: str, number: int, total: int) -> None:
        """Show a step, counted from 1."""
        if self._seen and (total > _MANY or self._clock() - self._begun > _SOON):
            text = pass_over(f"assay: {what} {number} of {total}: {environment}")
            self._stream.write(_CLEAR + text[: self._width - 1])
            self._stream.flush()
            self._shown = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            self._stream.write(_CLEAR)
            self._stream.flush()


class Busy:
    """Says that work goes on which tells no steps, once it takes longer than a moment, and for how long already.

    Args:
        stream: standard error; nothing is written to what is no terminal.
        width: its columns.
        what: what is being done.
        patience: seconds before it says so, and from one time to the next.
    """

    def __init__(self, stream: TextIO, width: int, what: str, patience: float = 1.0) -> None:
        self._stream = stream
        self._width = width
        self._what = what
        self._patience = patience
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="assay-busy", daemon=True)

    def __enter__(self) -> Self:
        if self._stream.isatty():
            self._thread.start()
        return self

    def _run(self) -> None:
        begun, shown = time.monotonic(), False
        while not self._ended.wait(self._patience):
            text = pass_over(f"assay: {self._what}, {time.monotonic() - begun:.0f} s")
            self._stream.write(_CLEAR + text[: self._width - 1])
            self._stream.flush()
            shown = True
        if shown:
            self._stream.write(_CLEAR)
            self._stream.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join()
