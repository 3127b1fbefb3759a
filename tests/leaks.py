"""Everything that the program says in a test is searched for secrets, in every test of the suite.

What it says is heard where it leaves the program, so no test has to hand it over: captured output, log records with
their extras and tracebacks, output of child processes, the texts of errors, and in tests/web every answer and every
metric. Warnings need no ear, since they fail a test. What counts as a secret, canaries.py says. A test that leaks one
has an error at its end; one whose very point is to reveal is marked `reveals("why")`, and has to reveal something.
"""

import logging
import re
import subprocess
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from inspect import iscoroutinefunction
from typing import Any

import pytest
from canaries import found_in, known

from app.core.errors import AssayError, TargetError
from app.database.embedded.folder import Folder

_AROUND = 60
_TOLD = 10
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LOGGED = "Captured log"  # what pytest itself makes of the records
_PLAIN = frozenset(vars(logging.makeLogRecord({})))

_heard: list[tuple[str, str]] = []
"""What was said since the test began: by which way, and the text."""


def hear(way: str, *said: object) -> None:
    """Takes down what the program said.

    Args:
        way: by which way: `log`, `answer` and so on.
        said: texts, or bytes; nothing, where there is nothing to read.
    """
    _heard.extend(
        (way, text.decode(errors="replace") if isinstance(text, bytes) else str(text)) for text in said if text
    )


def hear_calls(patch: pytest.MonkeyPatch, owner: type, name: str, tell: Callable[..., object]) -> None:
    """Lets a method be overheard: `tell` is given the result and what the method was called with."""
    original = getattr(owner, name)

    def overheard(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        tell(result, *args, **kwargs)
        return result

    async def overheard_later(*args: Any, **kwargs: Any) -> Any:
        result = await original(*args, **kwargs)
        tell(result, *args, **kwargs)
        return result

    patch.setattr(owner, name, overheard_later if iscoroutinefunction(original) else overheard)


def _hear_process(said: tuple[object, ...], process: "subprocess.Popen[bytes]", *_: object, **__: object) -> None:
    """What a child process said; what git reads out of its objects is a file's content, and said to nobody."""
    if not isinstance(process.args, list | tuple) or "cat-file" not in process.args:
        hear("process", *said)


class _Raw(logging.Formatter):
    """Writes a record as it was logged, before anything is taken out of it."""

    def format(self, record: logging.LogRecord) -> str:
        extra = {name: value for name, value in vars(record).items() if name not in _PLAIN}
        return f"{super().format(record)} {extra}"


class _Log(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        hear("log", self.format(record))


_log = _Log()
_log.setFormatter(_Raw())


@contextmanager
def heard_as(written: logging.Formatter) -> Iterator[None]:
    """Log records are heard as somebody writes them, who takes secrets out."""
    raw = _log.formatter
    _log.setFormatter(written)
    yield
    _log.setFormatter(raw)


@pytest.fixture(scope="session", autouse=True)
def ears() -> Iterator[None]:
    """Listens wherever the program speaks, for the whole run."""
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(_log)
    root.setLevel(logging.DEBUG)
    with pytest.MonkeyPatch.context() as patch:
        hear_calls(patch, pytest.CaptureFixture, "readouterr", lambda read, _: hear("output", read.out, read.err))
        hear_calls(patch, subprocess.Popen, "communicate", _hear_process)
        hear_calls(patch, Folder, "new_password", lambda password, _: known(password))
        for kind in (AssayError, TargetError):
            hear_calls(patch, kind, "__init__", lambda _, __, *args, **named: hear("error", repr((args, named))))
        yield
    root.removeHandler(_log)
    root.setLevel(level)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "reveals(why): the program is to show secrets here; leaks.py does not object")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """Every test is answerable for itself."""
    _heard.clear()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Searches what a test made the program say, once everything that it had set up is taken down."""
    report = yield
    if report.when == "teardown":
        said = [*_heard, *(section for section in report.sections if _LOGGED not in section[0])]
        if fault := _fault([mark.args for mark in item.iter_markers("reveals")], list(leaks(said))):
            report.outcome = "failed"
            report.longrepr = f"{report.longreprtext}\n{fault}".strip()
    return report


def _fault(reasons: list[tuple[Any, ...]], leaked: list[str]) -> str:
    """What is wrong with what a test showed; nothing, where it kept its secrets or was meant to show them."""
    if not reasons:
        return "\n".join(["The program showed secrets:", *leaked[:_TOLD]]) if leaked else ""
    if not all(reasons):
        return 'Say why it reveals: @pytest.mark.reveals("why").'
    return "" if leaked else "Nothing was revealed: the mark `reveals` is not needed."


def leaks(said: list[tuple[str, str]]) -> Iterator[str]:
    """One line a secret that was shown: by which way, and among which words."""
    for way, text in said:
        plain = _COLOUR.sub("", text) if "\x1b" in text else text
        for start, end in found_in(plain):
            yield f"  {way}: …{plain[max(0, start - _AROUND) : end + _AROUND]!r}…"
