"""The catalogue keeps the promises of its pages: what is wrong is told, what is right is not."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from examples import Example, read_example
from repositories import repository

from app.checking.check import validate
from app.project.workspace import open_workspace
from app.reports import wire
from app.rules import RULES
from app.rules.kit.page import read_page
from app.rules.kit.rule import Rule

IDS = Path(__file__).with_name("ids.txt")

every_rule = pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])


def test_ids_are_sorted_and_unique() -> None:
    ids = [rule.id for rule in RULES]
    assert ids == sorted(set(ids))


def test_an_id_never_means_another_rule() -> None:
    lines = [line.split() for line in IDS.read_text().splitlines() if line and not line.startswith("#")]
    ever = {line[0]: line[1] for line in lines}
    assert [line[0] for line in lines] == sorted(ever)
    retired = {line[0] for line in lines if line[2:] == ["retired"]}
    living = {rule_id: name for rule_id, name in ever.items() if rule_id not in retired}
    assert {rule.id: rule.name for rule in RULES} == living, "a rule that comes or goes is told in ids.txt"


@every_rule
def test_a_page_says_what_is_wrong_and_what_is_right_and_who_else_says_so(rule: Rule) -> None:
    page = read_page(rule.page)
    assert re.fullmatch(r"[A-Z]+\d{3}", rule.id)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert re.match(r"[A-Z`].*\.\n", rule.page), "the first line is a sentence"
    assert page.wrong.text
    assert page.right.text
    assert rule.summary.endswith(".")
    assert rule.source
    assert set(page.companions) <= {rule.id for rule in RULES}


def _latin_1(example: Example) -> Example:
    return replace(
        example, files={**example.files, "settings.toml": '[production]\ncity = "Zürich"\n'.encode("latin-1")}
    )


def _without_secret_key(example: Example) -> Example:
    environ = {name: text for name, text in example.environ.items() if name != "ASSAY_APP__SECRET_KEY"}
    return replace(example, environ=environ)


def _tracked(example: Example) -> Example:
    return replace(example, then=lambda root: repository(root, *example.files))


def _readable(example: Example) -> Example:
    return replace(example, then=lambda root: (root / ".secrets.toml").chmod(0o644))


MADE_WRONG: Mapping[str, Callable[[Example], Example]] = {
    "SEC003": _tracked,
    "SEC004": _readable,
    "SRC003": _latin_1,
    "TYP001": _without_secret_key,
}
"""What TOML cannot say about a wrong example, by rule."""


def checked(example: Example, root: Path) -> list[wire.ReportedFinding]:
    """Everything that is found in an example, in the project and in all of its environments."""
    example.write(root)
    report = validate(open_workspace(root, example.environ))
    return [*report.findings, *(finding for one in report.environments for finding in one.findings)]


def _lines(findings: list[wire.ReportedFinding]) -> str:
    return "\n".join(f"{item.severity} {item.rule} {item.environment} {item.key}: {item.message}" for item in findings)


@every_rule
def test_the_wrong_example_fires_its_rule_and_no_other_but_those_that_its_page_names(
    rule: Rule, tmp_path: Path
) -> None:
    page = read_page(rule.page)
    example = MADE_WRONG.get(rule.id, lambda it: it)(read_example(page.wrong.text))
    found = checked(example, tmp_path)
    assert {item.rule for item in found} == {rule.id, *page.companions}, _lines(found)
    assert all(item.fix.strip() and item.message.strip() for item in found), _lines(found)


@every_rule
def test_the_right_example_fires_nothing(rule: Rule, tmp_path: Path) -> None:
    found = checked(read_example(read_page(rule.page).right.text), tmp_path)
    assert found == [], _lines(found)


@pytest.mark.parametrize("settings", ["", "[production]\nzone = 'eu'\n"])
def test_no_rule_speaks_where_its_key_is_absent_and_there_is_no_model(settings: str, tmp_path: Path) -> None:
    found = checked(read_example(f"# settings.toml\n{settings}"), tmp_path)
    assert found == [], _lines(found)


def test_the_base_of_the_examples_is_clean(tmp_path: Path) -> None:
    found = checked(read_example('# assay.toml\nschema = "app.schema:Settings"\n'), tmp_path)
    assert found == [], _lines(found)
