"""The start law: `assay check ENV` finds a fault that ends it exactly where a small application does not start.

The application is Dynaconf with the same options, its values in the project's Pydantic model, SQLAlchemy's engine for
the URL in it, and what asyncpg makes of that URL; it runs in a process of its own with the same variables. Projects are
made from numbers, most with a fault or two. ASSAY_LAW_CASES says how many, ASSAY_LAW_FIRST with which number to begin.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from projects import NOW, ProjectFolder
from start_projects import Case, make, make_validated
from zygotes import Zygote

CASES = int(os.environ.get("ASSAY_LAW_CASES", "600"))
FIRST = int(os.environ.get("ASSAY_LAW_FIRST", "0"))
PARTS = 8
FEW = 50
"""So few projects may all start."""

UNWISE = (
    "APP", "AUTH", "COOK", "CORS", "DIAG", "HDR", "JWT", "LOG", "NET", "SEC", "WAIV", "XENV",
    *(f"DB{number:03}" for number in (*range(1, 6), *range(7, 13))),
)  # fmt: skip
"""Rules that say what is unwise, and not what does not start: the application starts with a default password, too."""

ASTRAY = {
    "SRC001": (("a folder",), "a folder in a file's place is passed over, and the application starts without the file"),
    "SRC002": (
        ("SETTINGS_FILE_FOR_DYNACONF",),
        "a variable of this process leaves a broken file of the project out; whoever has it not does not start",
    ),
    "SRC003": ((".env a mark",), "the first variable of such a file is lost, and the application starts without it"),
    "SRC007": (
        ("'port': 82", "Port = ", "PORT = ", "POOL = ", "another case in"),
        "of two spellings one wins, and the application starts with what nobody meant",
    ),
    "SRC013": (
        ("merge", "a list in"),
        "elements stand twice, or a marker among them, and the application starts with them",
    ),
}
"""Rules that are errors though the application starts, each with the faults that it is about, and its reason."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What both say about one project."""

    number: int
    case: Case
    found: list[str]
    failed: str

    @property
    def agrees(self) -> bool:
        """Where it starts, no rule says that it does not, but for those that have a reason."""
        return bool(self.found) if self.failed else all(map(self._is_astray, self.found))

    def _is_astray(self, rule: str) -> bool:
        parts = ASTRAY[rule][0] if rule in ASTRAY else ()
        return any(part in fault for part in parts for fault in self.case.faults)

    def __str__(self) -> str:
        return f"{self.number} {self.case.faults}: Assay {self.found or 'nothing'}, application {self.failed[:160]!r}"


def _stopping(ran: Any) -> list[str]:
    """The rules at error level that say that it does not start, or the code of what cannot be used."""
    if "error" in ran.json:
        return [ran.json["error"]["code"]]
    listed = [*ran.json["findings"], *(one for each in ran.json["environments"] for one in each["findings"])]
    errors = {one["rule"] for one in listed if one["severity"] == "error"}
    assert (ran.status == 1) == bool(errors) or ran.status == 2, (ran.status, errors)
    stopping = sorted(rule for rule in errors if not rule.startswith(UNWISE))
    unjudged = [each["reason"] for each in ran.json["environments"] if not each.get("judged", True)]
    return stopping or unjudged


def _verdict(number: int, case: Case, folder: Path, zygote: Zygote, interpreter: Path, capture: Any) -> Verdict:
    made = ProjectFolder(root=folder, capture=capture, now=NOW).write(case.files)
    (folder / ".venv").symlink_to(interpreter)
    ran = made.assay("check", case.asked, "--format", "json", **case.environ)
    return Verdict(
        number=number, case=case, found=_stopping(ran), failed=zygote.start(folder, case.options, case.environ)
    )


@pytest.mark.parametrize("part", range(PARTS))
def test_assay_finds_a_fault_exactly_where_the_application_does_not_start(
    part: int, zygote: Zygote, interpreter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verdicts = []
    for number in range(FIRST + part, FIRST + CASES, PARTS):
        folder = tmp_path / str(number)
        folder.mkdir()
        verdicts.append(_verdict(number, make(number), folder, zygote, interpreter, capsys))
    assert [str(verdict) for verdict in verdicts if not verdict.agrees] == []
    starts = sum(not verdict.failed for verdict in verdicts)
    assert len(verdicts) < FEW or len(verdicts) // 10 < starts < len(verdicts) * 9 // 10


@pytest.mark.parametrize("part", range(PARTS))
def test_assay_finds_what_validators_refuse_exactly_where_the_application_does_not_start(
    part: int, zygote: Zygote, interpreter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verdicts = []
    for number in range(FIRST + part, FIRST + CASES // 5, PARTS):
        folder = tmp_path / str(number)
        folder.mkdir()
        verdicts.append(_verdict(number, make_validated(number), folder, zygote, interpreter, capsys))
    assert [str(verdict) for verdict in verdicts if not verdict.agrees] == []
