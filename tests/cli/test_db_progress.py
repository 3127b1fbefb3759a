"""The progress of `assay db test`: on a terminal alone, and gone when the answer stands there."""

import io

from app.cli.commands.db.progress import Progress
from app.core.outcomes import STAGES
from app.reports.probe import Stage


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(stream: io.StringIO, *names: str, width: int = 80) -> list[str]:
    with Progress(stream, width) as progress:
        for name in names:
            progress(Stage(name=name, status="ok"))  # type: ignore[arg-type]
    return stream.getvalue().split("\r\x1b[K")


def test_each_stage_is_shown_while_it_runs_and_the_line_is_cleared_in_the_end() -> None:
    shown = told(Terminal(), *STAGES)
    assert shown == ["", *(f"assay: stage {number} of 7: {name}" for number, name in enumerate(STAGES, 1)), ""]


def test_a_stage_that_is_tried_again_is_shown_again() -> None:
    shown = told(Terminal(), "resolve", "connect", "tls", "connect")
    assert [line.rpartition(" ")[2] for line in shown[1:-1]] == ["resolve", "connect", "tls", "login", "tls"]


def test_a_narrow_terminal_is_not_overrun() -> None:
    assert max(map(len, told(Terminal(), *STAGES, width=16))) == 15


def test_where_there_is_no_terminal_nothing_is_written() -> None:
    assert told(io.StringIO(), *STAGES) == [""]
