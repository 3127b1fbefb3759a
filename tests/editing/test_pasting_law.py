"""What a finding gives to paste can be pasted, whatever the layout of the file: by hand it does what the edit does."""

import os
from pathlib import Path
from random import Random

import pytest
from faulty_projects import faulty
from pasting_law import complaint
from relaid import relaid

from app.checking.check import validate
from app.editing.fix import all_findings
from app.project.workspace import open_workspace

_CASES = int(os.environ.get("ASSAY_PASTE_CASES", "2000"))
_FIRST = int(os.environ.get("ASSAY_FIX_FIRST", "0"))
_CHUNK = 10
_USUAL = 12
_LEAST = 5


@pytest.mark.parametrize("first", range(_FIRST, _FIRST + _CASES // _USUAL, _CHUNK))
def test_the_lines_of_every_edit_of_a_generated_project_can_be_pasted(first: int, tmp_path: Path) -> None:
    pasted, wrong = 0, list[object]()
    for seed in range(first, first + _CHUNK):
        project, random, root = faulty(seed), Random(seed), tmp_path / str(seed)  # noqa: S311 - nothing secret comes of it
        root.mkdir()
        for name, text in project.files.items():
            (root / name).write_text(relaid(text, random) if name != "assay.toml" else text)
        workspace = open_workspace(root, project.environ)
        for finding in all_findings(validate(workspace)):
            if finding.edit and finding.edit.file and finding.edit.kind in {"set", "option"}:
                pasted += 1
                said = complaint(workspace, finding)
                wrong += [(seed, finding.rule, finding.edit, said)] if said else []
    assert wrong == []
    assert pasted >= _CHUNK * _LEAST
