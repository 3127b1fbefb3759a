"""`assay rules`: the catalogue, and one rule's page."""

from pathlib import Path

import pytest
from projects import NOW, MakeProject

from app.cli import run
from app.rules import RULES, db001_tls_off


def test_the_catalogue_holds_every_rule_with_what_the_contract_names(project: MakeProject) -> None:
    document = project().assay("rules", "--format", "json").json
    assert document["version"] == 1
    assert [rule["id"] for rule in document["rules"]] == [rule.id for rule in RULES]
    assert all(set(rule) == {"id", "name", "severity", "speaks", "summary", "source"} for rule in document["rules"])
    assert {rule["speaks"] for rule in document["rules"]} == {"production", "always"}


@pytest.mark.parametrize("word", ["DB001", "db001", " Db001 "])
def test_one_rule_adds_its_page_and_its_examples(project: MakeProject, word: str) -> None:
    (rule,) = project().assay("rules", word, "--format", "json").json["rules"]
    assert rule["id"] == "DB001"
    assert rule["page"] == db001_tls_off.RULE.page.strip()
    assert 'mode = "prefer"' in rule["examples"]["wrong"]
    assert 'mode = "verify-full"' in rule["examples"]["right"]
    assert not rule["examples"]["wrong"].startswith(" ")


def test_every_rule_can_be_asked_for(project: MakeProject) -> None:
    made = project()
    for rule in RULES:
        ran = made.assay("rules", rule.id)
        assert ran.status == 0
        assert f"{rule.id} {rule.name}" in ran.out
        assert f"Source: {rule.source}" in ran.out


@pytest.mark.parametrize(("word", "near"), [("DB0001", "DB001"), ("debug-on", "APP001"), ("debug-onn", "APP001")])
def test_an_unknown_rule_ends_with_2_and_suggests_the_nearest(project: MakeProject, word: str, near: str) -> None:
    ran = project().assay("rules", word)
    assert ran.status == 2
    assert f"Did you mean '{near}'?" in ran.err
    assert project().assay("rules", word, "--format", "json").json["error"]["code"] == "rule-unknown"


def test_it_needs_no_project(project: MakeProject) -> None:
    assert project({"assay.toml": "lists = \n"}).assay("rules").status == 0
    assert project().assay("rules", "--project", "nowhere").status == 0


def test_the_table_stays_within_the_terminal_and_leaves_nothing_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["rules"], {}, tmp_path, lambda: NOW)
    out = capsys.readouterr().out
    assert max(len(line) for line in out.splitlines()) <= 80
    words = " ".join(out.split())
    assert "…" not in out
    assert all(rule.id in words for rule in RULES)
