"""Every edit of every rule's wrong example works."""

from pathlib import Path
from random import Random

import pytest
from examples import read_example
from fix_law import follow, told
from pasting_law import complaint
from test_catalogue import MADE_WRONG

from app.checking.check import validate
from app.editing.fix import all_findings
from app.project.workspace import open_workspace
from app.rules import RULES
from app.rules.kit.page import read_page
from app.rules.kit.rule import Rule

ADVICE = frozenset(
    rule.id
    for rule in RULES
    if rule.id.startswith(
        ("DEP", "SRC", "ENV", "WAIV", "VAL002", "SEC00", "USE", "XENV006", "TYP003", "DB006", "DB014", "DB015")
    )
) - {"SEC001", "SEC002", "SEC007", "SRC018"}
"""Rules whose example asks for more than one edit can do: a file to mend, a name to correct, a decision."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_edit_of_a_rules_wrong_example_works(rule: Rule, tmp_path: Path) -> None:
    example = MADE_WRONG.get(rule.id, lambda it: it)(read_example(read_page(rule.page).wrong.text))
    example.write(tmp_path)
    workspace = open_workspace(tmp_path, example.environ)
    report = validate(workspace)
    own = [finding for finding in all_findings(report) if finding.rule == rule.id and finding.edit]
    broken = [told(one, done) for one in own if (done := follow(workspace, report, one, Random(1))).complaint]  # noqa: S311
    assert broken == []
    assert [said for one in own if (said := complaint(workspace, one))] == []
    assert own or rule.id in ADVICE
