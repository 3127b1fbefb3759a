"""Every fix works: each edit that generated projects are told to make is made, judged, and seen by stock Dynaconf.

`ASSAY_FIX_CASES` says how many findings are to be mended, about; `ASSAY_FIX_FIRST` with which project to begin.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from faulty_projects import FaultyProject, faulty
from fix_law import Followed, at, follow, intended, set_path, told, write
from stock import Question, Stock, canonical, running

from app.checking.check import validate
from app.editing.fix import all_findings
from app.project.workspace import Workspace, open_workspace
from app.reports import wire

_CASES = int(os.environ.get("ASSAY_FIX_CASES", "2000"))
_FIRST = int(os.environ.get("ASSAY_FIX_FIRST", "0"))
_CHUNK = 10
_LEAST = 7
"""Edits a project, on average of a chunk, at the least: a law about nothing would hold."""

_USUAL = 12
"""Edits a project, on average of all."""

_ASKED = 12
"""Of so many followed fixes stock Dynaconf is asked about one."""


@pytest.fixture(scope="module")
def stock() -> Iterator[Stock]:
    with running() as server:
        yield server


@pytest.mark.parametrize("first", range(_FIRST, _FIRST + _CASES // _USUAL, _CHUNK))
def test_every_edit_of_a_generated_project_works(first: int, tmp_path: Path, stock: Stock) -> None:
    followed = [found for seed in range(first, first + _CHUNK) for found in _followed(seed, tmp_path)]
    assert len(followed) >= _CHUNK * _LEAST
    assert [told(finding, done) for _, finding, done in followed if done.complaint] == []
    for number, (project, finding, done) in enumerate(followed):
        if number % _ASKED == first // _CHUNK % _ASKED:
            _hold_against_stock(stock, project, finding, done, tmp_path / f"asked-{number}")


def _followed(seed: int, folder: Path) -> Iterator[tuple[FaultyProject, wire.ReportedFinding, Followed]]:
    project, root = faulty(seed), folder / str(seed)
    _lay(project, root)
    workspace = open_workspace(root, project.environ)
    report = validate(workspace)
    for finding in all_findings(report):
        if finding.edit:
            yield project, finding, follow(workspace, report, finding, Random(seed))  # noqa: S311 - nothing secret comes of it


def _lay(project: FaultyProject, root: Path) -> None:
    root.mkdir()
    for name, text in project.files.items():
        (root / name).write_text(text)
        (root / name).chmod(0o600 if "secret" in name else 0o644)


def _hold_against_stock(
    stock: Stock, project: FaultyProject, finding: wire.ReportedFinding, done: Followed, root: Path
) -> None:
    """Stock Dynaconf gets what the edit sets, in the environment that the finding is about."""
    path = set_path(done, done.after)
    if path is None or finding.environment is None or "schema" in project.options:
        return  # the service's own model reads variables, URLs and lists itself
    _lay(project, root)
    write(done.after, root)
    options = {**project.options, "settings_files": list(done.after.project.options.settings_files)}
    answer = stock.ask(Question(folder=root, options=options, environ=_environ(done.after, finding.environment)))
    assert answer.values is not None, answer.error
    seen, wanted = at(answer.values, path), canonical(intended(done))
    is_list = isinstance(wanted, list) and isinstance(seen, list)  # others may have items of it too
    assert seen == wanted or (is_list and all(item in seen for item in wanted)), told(finding, done)


def _environ(after: Workspace, environment: str) -> dict[str, str]:
    """The variables of a process that runs with that environment."""
    own = dict(after.environ) if environment == after.active else {}
    return {**own, "ENV_FOR_DYNACONF": environment} if after.project.options.sectioned else own
