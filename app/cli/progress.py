"""One line on a terminal that tells how far a long check is."""

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
