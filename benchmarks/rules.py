"""The whole catalogue of rules, against the rules about files and types alone."""

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

from app import rules
from app.cli import run
from benchmarks.paired import Row, paired

ENVIRONMENTS = ("production", "staging", *(f"region{number}" for number in range(18)))
SERVICES = 50
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def measure() -> Iterator[Row]:
    """`assay check` in this process, on 20 environments of 500 keys each, in a project without a model."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        seconds, ratio = paired(lambda: check(folder), lambda: with_few(check, folder), pairs=15)
    name = f"assay check, {len(ENVIRONMENTS)} environments of {SERVICES * 10} keys, all rules"
    yield Row(name=name, against="the same, SRC and TYP only", seconds=seconds, ratio=ratio, aim=1.5)


def write(folder: Path) -> None:
    """A project in which each of 50 services has the ten settings that services have, half of them its own.

    Half of the environments are production-like.
    """
    names = ", ".join(f'"{name}"' for name in ENVIRONMENTS)
    live = ", ".join(f'"{name}"' for name in ENVIRONMENTS[::2])
    options = f"known_environments = [{names}]\nproduction = [{live}]\nmerge_enabled = true\nenv = 'staging'\n"
    (folder / "assay.toml").write_text(options)
    (folder / "settings.toml").write_text("".join(_base(number) for number in range(SERVICES)))
    (folder / "settings").mkdir()
    for name in ENVIRONMENTS:
        text = "".join(_own(name, number) for number in range(SERVICES))
        (folder / "settings" / f"{name}.toml").write_text(text)


def _base(number: int) -> str:
    return (
        f"[default.service{number}]\ntimeout = {number + 0.5}\nretries = 3\nregions = ['eu']\n"
        f"log_level = 'info'\nlabel = 'Service number {number}'\n"
    )


def _own(environment: str, number: int) -> str:
    place = f"{environment}.service{number}"
    return (
        f"[{place}]\nurl = 'https://service{number}.{environment}.example.com'\nverify_ssl = true\n"
        f"client_token = '${{TOKEN_{number}}}'\n"
        f"[{place}.database]\nhost = 'db{number}.{environment}.example.com'\nsslmode = 'verify-full'\n"
    )


def check(folder: str) -> None:
    """One `assay check`, whatever it finds."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        status = run(["check", "--project", folder], {}, Path(folder), lambda: NOW)
    if status not in {0, 1}:
        raise RuntimeError(f"assay check ended with {status}")


def with_few(call: Callable[[str], None], folder: str) -> None:
    """The same with SRC and TYP alone."""
    with _only("SRC", "TYP"):
        call(folder)


@contextmanager
def _only(*families: str) -> Iterator[None]:
    """The catalogue cut down to some families."""
    every = rules.RULES
    rules.RULES = tuple(rule for rule in every if rule.id.startswith(families))
    try:
        yield
    finally:
        rules.RULES = every
