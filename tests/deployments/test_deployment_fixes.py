"""What a finding about a deployment advises works when somebody does it, in the manifest where it stands."""

from pathlib import Path

import pytest
from examples import read_example

from app.checking.check import validate
from app.editing.fix import all_findings
from app.project.workspace import open_workspace
from app.reports import wire
from app.rules import RULES
from app.rules.kit.page import read_page

ENV = "- { name: ENV_FOR_DYNACONF, value: production }"
DONE = {
    "DEP001": ("ORDERS_DELIVERY__REGION", "ORDERS_DELIVRY__REGION", "ORDERS_DELIVERY__REGION"),
    "DEP002": ("Add regoin to orders-env in deploy/orders.yaml", "data:\n", "data:\n  regoin: eu-west\n"),
    "DEP003": ("Give both the same", "eu-north", "eu-west"),
    "DEP004": ("Set ENV_FOR_DYNACONF to production.", "env:\n", f"env:\n            {ENV}\n"),
    "DEP006": ("enableServiceLinks: false", "    spec:\n", "    spec:\n      enableServiceLinks: false\n"),
    "DEP007": ("quotation marks around the value", "value: on", 'value: "on"'),
}
"""By rule: what the fix says, and the same as an edit of the wrong example's manifest."""


def found(root: Path, rule: str) -> list[wire.ReportedFinding]:
    return [one for one in all_findings(validate(open_workspace(root, {}))) if one.rule == rule]


@pytest.mark.parametrize("name", DONE)
def test_whoever_does_what_is_advised_is_rid_of_the_finding(name: str, tmp_path: Path) -> None:
    says, old, new = DONE[name]
    (rule,) = [one for one in RULES if one.id == name]
    read_example(read_page(rule.page).wrong.text).write(tmp_path)
    before = found(tmp_path, name)
    assert before
    assert all(says in one.fix for one in before)
    manifest = tmp_path / "deploy/orders.yaml"
    text = manifest.read_text()
    assert old in text
    manifest.write_text(text.replace(old, new, 1))
    assert found(tmp_path, name) == []
