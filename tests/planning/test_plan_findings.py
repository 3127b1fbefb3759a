"""Which findings a plan tells as new: what was not found before, and what has grown worse."""

import pytest
from histories import Files, history
from projects import MakeProject, ProjectFolder


def found(made: ProjectFolder) -> tuple[int, list[tuple[str, str]], list[str], int]:
    """The exit status, what is new with its severity, what is fixed, and how many stay."""
    ran = made.assay("plan", "HEAD~1..HEAD", "--format", "json")
    parts = [ran.json, *ran.json["environments"]]
    new = [(one["rule"], one["severity"]) for part in parts for one in part["findings"]["new"]]
    fixed = [one["rule"] for part in parts for one in part["findings"]["fixed"]]
    return ran.status, new, fixed, sum(part["findings"]["staying"] for part in parts)


def changed(project: MakeProject, before: Files, after: Files) -> ProjectFolder:
    made = project({})
    history(made.root, before, after)
    return made


TOKEN = 'token = "Qm9sdXB0YXNleHBsaWNhYm8"\n'


def test_a_finding_that_has_grown_worse_is_new(project: MakeProject) -> None:
    before = {"settings.toml": "[production]\nport = 1\n", ".secrets.toml": "[production]\n"}
    made = changed(project, before, {".secrets.toml": f"[production]\n{TOKEN}"})
    status, new, fixed, _ = found(made)
    assert (status, new, fixed) == (1, [("SEC003", "error")], [])


def test_an_environment_that_becomes_production_like_has_its_findings_anew(project: MakeProject) -> None:
    files = {"assay.toml": 'production = ["live"]\n', "settings.toml": f"[live]\nport = 1\n[shop]\n{TOKEN}"}
    made = changed(project, files, {"assay.toml": 'production = ["live", "shop"]\n'})
    status, new, fixed, _ = found(made)
    assert status == 1
    assert ("SEC002", "error") in new
    assert fixed == []


def test_one_that_is_less_bad_than_before_stays(project: MakeProject) -> None:
    files = {"assay.toml": 'production = ["live", "shop"]\n', "settings.toml": f"[live]\nport = 1\n[shop]\n{TOKEN}"}
    made = changed(project, files, {"assay.toml": 'production = ["live"]\n'})
    status, new, _, staying = found(made)
    assert (status, new) == (0, [])
    assert staying


@pytest.mark.parametrize(("becomes", "expected"), [("live", 0), ("shop", 1)])
def test_one_that_moves_to_another_file_is_new_where_it_is_worse_there(
    project: MakeProject, becomes: str, expected: int
) -> None:
    files = {"assay.toml": 'production = ["live"]\n', "settings.toml": f"[live]\nport = 1\n[shop]\n{TOKEN}"}
    after = {"settings.toml": "[live]\nport = 1\n", "settings/shop.toml": f"[shop]\n{TOKEN}",
             "assay.toml": f'production = ["live", "{becomes}"]\n'}  # fmt: skip
    made = changed(project, files, after)
    assert found(made)[0] == expected
