"""One line on a terminal that tells how far a probe has come."""

from types import TracebackType
from typing import Self, TextIO

from app.core.outcomes import STAGES
from app.reports.probe import Stage

_CLEAR = "\r\x1b[K"


class Progress:
    """The stage that runs; nothing at all where there is no terminal.

    Args:
        stream: standard error: the answer goes elsewhere.
        width: its columns.
    """

    def __init__(self, stream: TextIO, width: int) -> None:
        self._stream = stream
        self._width = width

    def __enter__(self) -> Self:
        self._seen = self._stream.isatty()
        self._show(0)
        return self

    def __call__(self, stage: Stage) -> None:
        """Notes that a stage has ended; one that comes again was tried at another host."""
        self._show(STAGES.index(stage.name) + 1)

    def _show(self, ended: int) -> None:
        if self._seen and ended < len(STAGES):
            line = f"assay: stage {ended + 1} of {len(STAGES)}: {STAGES[ended]}"
            self._stream.write(_CLEAR + line[: self._width - 1])
            self._stream.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._seen:
            self._stream.write(_CLEAR)
            self._stream.flush()
