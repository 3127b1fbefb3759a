"""The tutorial, as a reader takes it: its files are written, its commands run, and print what stands there.

`python tests/test_tutorial.py` writes down what they print now.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
TUTORIAL = REPOSITORY / "docs" / "tutorial.md"
DATES, DAY = ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "2026-07-01T12:00:00Z"  # a commit's id is made of them, too
_BLOCK = re.compile(r"(?:`(?P<name>[^`\n]+)`:\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)```\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    """A block of the page.

    Attributes:
        place: where its text stands in the page.
        file: the file that it is written to; empty for commands.
        text: what stands there.
    """

    place: slice
    file: str
    text: str

    @property
    def commands(self) -> list[str]:
        return [line.removeprefix("$ ") for line in self.text.splitlines() if line.startswith("$ ")]


def steps(page: str) -> Iterator[Step]:
    for found in _BLOCK.finditer(page):
        named = found["kind"] != "console"
        file = (found["name"] or _named_before(page[: found.start()])) if named else ""
        yield Step(slice(*found.span("text")), file, found["text"])


def _named_before(text: str) -> str:
    """The last file that the paragraph before a block names."""
    return re.findall(r"`([^`\n]+)`", text.rstrip().rpartition("\n\n")[2])[-1]


def taken(step: Step, folder: Path) -> str:
    """A step, done in a folder: its text as it is when it is right."""
    if step.file:
        (folder / step.file).write_text(step.text)
        return step.text
    return "".join(f"$ {command}\n{printed(command, folder)}" for command in step.commands)


def printed(command: str, folder: Path) -> str:
    """What a shell prints, but for the line that names the call, which stands on standard error."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {"PATH": programs, "HOME": str(folder.parent), "GIT_CONFIG_NOSYSTEM": "1", **dict.fromkeys(DATES, DAY)}
    ran = subprocess.run(["/bin/sh", "-c", command], cwd=folder, env=environ, capture_output=True, check=False)
    told = ran.stderr.decode().replace("assay: the options are those of the Dynaconf call in app.py:3.\n", "")
    return ran.stdout.decode() + told


def test_the_tutorial_prints_what_stands_there(tmp_path: Path) -> None:
    folder = tmp_path / "orders"
    folder.mkdir()
    done = [(step, taken(step, folder)) for step in steps(TUTORIAL.read_text())]
    assert len(done) > 10
    for step, text in done:
        assert text == step.text


def _renewed(page: str) -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "orders"
        folder.mkdir()
        for step, text in [(step, taken(step, folder)) for step in steps(page)][::-1]:
            page = f"{page[: step.place.start]}{text}{page[step.place.stop :]}"
    return page


if __name__ == "__main__":
    TUTORIAL.write_text(_renewed(TUTORIAL.read_text()))
