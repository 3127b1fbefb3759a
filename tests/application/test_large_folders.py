"""Who asks in a home folder, or at the root of a disk, is told so, and not kept waiting."""

import pytest
from projects import MakeProject

from app.core import limits
from app.core.limits import Limit

CALL = "from dynaconf import Dynaconf\n\nsettings = Dynaconf(settings_files=['settings.toml'])\n"
FILES = {"app/config.py": CALL, "app/settings.toml": "port = 1\n", **{f"lib/m{number}.py": "" for number in range(9)}}


@pytest.mark.parametrize("arguments", [["check"], ["check", "--all"], ["usage"], ["init"]])
@pytest.mark.parametrize(("name", "most"), [("CODE", 5), ("SEARCHED", 2)])
def test_a_folder_with_more_code_than_a_project_has_is_told(
    project: MakeProject, monkeypatch: pytest.MonkeyPatch, arguments: list[str], name: str, most: int
) -> None:
    for one in {name, name.replace("SEARCHED", "UNMARKED")}:
        monkeypatch.setattr(limits, one, Limit(most, "things", "for a test"))
    ran = project(FILES).assay(*arguments)
    assert ran.status == 2
    assert "There is no project here: no options, no settings.toml, and /" in ran.err
    assert f"has more than {most} things." in ran.err
    ran = project({"pyproject.toml": ""}).assay(*arguments)
    assert ran.status == 2
    assert f"has more than {most} things: that is no one project's code." in ran.err
    assert "--project PATH" in ran.err


def test_where_nothing_marks_a_project_fewer_folders_are_searched(
    project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "UNMARKED", Limit(2, "folders", "for a test"))
    ran = project(FILES).assay("check")
    assert (ran.status, "has more than 2 folders." in ran.err) == (2, True)
    assert project({"requirements.txt": ""}).assay("check").status == 0


def test_options_say_which_of_much_code_counts(project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CODE", Limit(5, "files", "for a test"))
    options = "settings_files = ['app/settings.toml']\nenvironments = false\ncode = ['app']\n"
    assert project({**FILES, "assay.toml": options}).assay("check").status == 0


def test_of_many_applications_some_are_named(project: MakeProject) -> None:
    services = {f"s{number:02}/{name}": text for number in range(12)
                for name, text in (("config.py", CALL), ("settings.toml", ""), ("pyproject.toml", ""))}  # fmt: skip
    ran = project(services).assay("check")
    assert (ran.status, ran.err.count("config.py:3"), "s09/config.py:3 and 2 more." in ran.err) == (2, 11, True)
