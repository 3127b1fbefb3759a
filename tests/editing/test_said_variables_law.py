"""The variable that a fix offers beside its line does what the line does, in the environment that it is set for."""

import re
import shlex
from collections import Counter
from pathlib import Path

import pytest
from faulty_projects import faulty

from app.checking.check import validate
from app.editing.fix import about, all_findings
from app.project.workspace import Workspace, open_workspace
from app.reports import wire

SAID = re.compile(r", or set (\w+)=((?:'[^']*'|\"[^\"]*\"|[^\s'\"])+)")
_CHUNK = 20
_LEAST = 20


@pytest.mark.parametrize("first", range(0, 160, _CHUNK))
def test_the_variable_that_a_fix_offers_does_what_its_line_does(first: int, tmp_path: Path) -> None:
    tried, wrong = 0, list[object]()
    for seed in range(first, first + _CHUNK):
        project, root = faulty(seed), tmp_path / str(seed)
        root.mkdir()
        for name, text in project.files.items():
            (root / name).write_text(text)
        workspace = open_workspace(root, project.environ)
        for finding in all_findings(validate(workspace)):
            said = SAID.search(finding.fix)
            if said and finding.environment:
                tried += 1
                left = _left(workspace, finding, said[1], shlex.split(said[2].removesuffix("."))[0])
                wrong += [(seed, finding.rule, finding.key, finding.fix)] if left else []
    assert wrong == []
    assert tried >= _LEAST


def _left(workspace: Workspace, finding: wire.ReportedFinding, name: str, text: str) -> bool:
    """Whether the finding stays where the variable is set and its environment is the active one."""
    switch = workspace.project.options.env_switcher
    active = {**workspace.environ, switch: str(finding.environment)}
    before, after = (_count(workspace, environ, finding) for environ in (active, {**active, name: text}))
    return after >= before > 0


def _count(workspace: Workspace, environ: dict[str, str], finding: wire.ReportedFinding) -> int:
    report = validate(open_workspace(workspace.project.root, environ))
    return Counter(about(one) for one in all_findings(report))[about(finding)]
