"""Progress: on a terminal, for checks of many environments or long ones; nothing anywhere else."""

import io
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from patience import PATIENCE_SECONDS, eventually
from projects import MakeProject

from app.checking.check import validate
from app.cli.progress import Busy, Line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """Time that passes when somebody looks."""

    def __init__(self, step: float) -> None:
        self._now = datetime(2026, 7, 1, tzinfo=UTC)
        self._step = timedelta(seconds=step)

    def __call__(self) -> datetime:
        self._now += self._step
        return self._now


def shown(stream: io.StringIO, total: int, *, step: float = 0.0, width: int = 80) -> str:
    with Line(stream, width, Clock(step)) as line:
        line("judging", "production", 3, total)
    return stream.getvalue()


def test_many_environments_are_counted_and_the_line_is_cleared() -> None:
    assert shown(Terminal(), 12) == "\r\x1b[Kassay: judging 3 of 12: production\r\x1b[K"


def test_few_environments_are_not_worth_a_line_unless_they_take_long() -> None:
    assert shown(Terminal(), 4) == ""
    assert "3 of 4" in shown(Terminal(), 4, step=0.6)


def test_nothing_is_written_to_what_is_no_terminal() -> None:
    assert shown(io.StringIO(), 400, step=60) == ""


def test_the_line_fits_into_the_terminal() -> None:
    assert max(len(part) for part in shown(Terminal(), 12, width=20).split("\r\x1b[K")) == 19


def test_every_step_of_a_check_is_told(project: MakeProject) -> None:

    made = project({"settings.toml": "[default]\na = 1\n[one]\na = 2\n[two]\na = 3\n"})
    steps: list[tuple[object, ...]] = []
    validate(made.workspace(), ["two"], progress=lambda *step: steps.append(step))
    names = made.workspace().environments
    assert steps == [
        *(("reading", name, number, len(names)) for number, name in enumerate(names, 1)),
        ("judging", "two", 1, 1),
    ]


def test_work_that_tells_no_steps_says_that_it_goes_on_once_it_takes_longer_than_a_moment() -> None:
    stream = Terminal()
    with Busy(stream, 80, "reading the project", patience=0.001):
        assert eventually(lambda: "\r\x1b[Kassay: reading the project, 0 s" in stream.getvalue())
    assert stream.getvalue().endswith("\r\x1b[K")
    said = stream.getvalue()
    with Busy(stream, 80, "reading the project", patience=PATIENCE_SECONDS):
        pass
    assert stream.getvalue() == said


def test_nobody_is_told_where_there_is_no_terminal_or_work_fails() -> None:
    stream = io.StringIO()
    with Busy(stream, 80, "reading", patience=0.0):
        pass
    assert stream.getvalue() == ""
    terminal = Terminal()
    with suppress(ZeroDivisionError), Busy(terminal, 12, "reading the project", patience=0.001):
        assert eventually(lambda: "reading"[:2] in terminal.getvalue())
        raise ZeroDivisionError
    assert max(len(part) for part in terminal.getvalue().split("\r\x1b[K")) <= 11
    assert terminal.getvalue().endswith("\r\x1b[K")
