"""Nothing outside the project is read or written, by whatever way it is named."""

from pathlib import Path

import pytest
from projects import MakeProject, ProjectFolder

CANARY = "canary-outside"
PROFILE = f'[default]\nquiet = "{CANARY}"\n[production]\nport = 80\n'
OWN = "[production]\nport = 80\n"


def told(made: ProjectFolder) -> list[tuple[str, str | None, str]]:
    """The findings about what is outside, with their places and fixes; what is outside is in no answer."""
    checked, shown = made.assay("check", "--format", "json"), made.assay("show")
    assert CANARY not in checked.out + checked.err + shown.out + shown.err
    found = [finding for finding in checked.json["findings"] if finding["rule"] == "SRC026"]
    assert checked.status == (1 if found else 0)
    return [(finding["severity"], finding["origin"]["file"], finding["fix"]) for finding in found]


@pytest.fixture
def made(project: MakeProject) -> ProjectFolder:
    made = project({"settings.toml": OWN})
    made.write({"../beside/shared.toml": PROFILE, "../beside/.env": f"DYNACONF_QUIET={CANARY}\n"})
    return made


WAYS = [
    ("settings_files", "../beside/shared.toml"),
    ("settings_files", "../beside/*.toml"),
    ("settings_files", "../beside/not-there.toml"),
    ("settings_files", "link.toml"),
    ("settings_files", "folder/*.toml"),
    ("settings_files", "folder/shared.toml"),
    ("settings_files", "**/*.toml"),
    ("preload", "link.toml"),
    ("secrets", "link.toml"),
    ("includes", "../beside/shared.toml"),
]


@pytest.mark.parametrize(("option", "name"), WAYS)
def test_what_lies_outside_is_told_and_not_read(made: ProjectFolder, option: str, name: str) -> None:
    files = "" if option == "settings_files" else 'settings_files = ["settings.toml"]\n'
    (made.root / "link.toml").symlink_to("../beside/shared.toml")
    (made.root / "folder").symlink_to(made.root.parent / "beside")
    made.write({"assay.toml": f'{files}{option} = ["{name}"]\n'})
    found = told(made)
    assert found
    for severity, file, fix in found:
        assert severity == "error"
        assert file in {name, "link.toml", "folder", "../beside"}
        assert 'outside = ["../beside' in fix


def test_a_name_with_the_backslashes_of_windows_is_told_as_one(made: ProjectFolder) -> None:
    head = "from pathlib import Path\nfrom dynaconf import Dynaconf\nHERE = str(Path(__file__).parent)\n"
    call = 'Dynaconf(settings_files=[HERE + r"\\settings.toml"], environments=True)\n'
    made.write({"config.py": head + call})
    [(severity, place, fix)] = told(made)
    assert (severity, place) == ("error", f"{made.root}\\settings.toml")
    assert fix == "Write / for each backslash, which Windows takes too."


def test_an_included_file_outside_is_told_too(made: ProjectFolder) -> None:
    made.write({"settings.toml": f'{OWN}dynaconf_include = ["../beside/shared.toml"]\n'})
    assert [place for _, place, _ in told(made)] == ["../beside/shared.toml"]


def test_a_dotenv_outside_is_told_and_not_read(made: ProjectFolder) -> None:
    made.write({"assay.toml": 'load_dotenv = true\ndotenv_path = "../beside/.env"\n'})
    assert [place for _, place, _ in told(made)] == ["../beside/.env"]


@pytest.mark.parametrize("name", ["../beside", "../beside/shared.toml"])
def test_the_option_opens_the_door_as_far_as_it_says(made: ProjectFolder, name: str) -> None:
    (made.root / "link.toml").symlink_to("../beside/shared.toml")
    made.write({"assay.toml": f'settings_files = ["settings.toml", "link.toml"]\noutside = ["{name}"]\n'})
    assert made.workspace().tree("production").nested()["quiet"] == CANARY
    made.write({"../beside-2/shared.toml": PROFILE, "assay.toml": (made.root / "assay.toml").read_text()})
    (made.root / "link.toml").unlink()
    (made.root / "link.toml").symlink_to("../beside-2/shared.toml")
    assert told(made)


def test_the_fix_works_when_it_is_made(made: ProjectFolder) -> None:
    made.write({"assay.toml": 'settings_files = ["settings.toml", "../beside/shared.toml"]\n'})
    [(_, _, fix)] = told(made)
    line = fix.partition("write ")[2].partition(" in assay.toml")[0]
    made.write({"assay.toml": line + "\n"})
    assert made.assay("check").status == 0


def test_the_variables_of_the_process_are_no_profile(project: MakeProject) -> None:
    made = project({"assay.toml": 'outside = ["/"]\n', "settings.toml": OWN, "settings/.keep": ""})
    (made.root / "settings" / "x.toml").symlink_to("/proc/self/environ")
    [(_, place, fix)] = told(made)
    assert place == "settings/x.toml"
    assert "outside" not in fix


@pytest.mark.parametrize("command", [("set", "port", "81"), ("unset", "port")])
def test_nothing_is_written_through_a_link_out_of_the_project(made: ProjectFolder, command: tuple[str, ...]) -> None:
    (made.root / "link.toml").symlink_to("../beside/shared.toml")
    for outside in ("", 'outside = ["../beside"]\n'):
        made.write({"assay.toml": f'settings_files = ["link.toml"]\n{outside}'})
        ran = made.assay(*command, "--env", "production", "--file", "link.toml")
        assert ran.status in {1, 2}
        assert (made.root / "link.toml").read_text() == PROFILE
    assert "lies outside the project: it is not edited" in ran.err


def test_options_behind_a_link_out_of_the_project_are_not_read(project: MakeProject) -> None:
    made = project({"settings.toml": OWN, "../elsewhere.toml": 'settings_files = ["settings.toml"]\n'})
    (made.root / "assay.toml").symlink_to("../elsewhere.toml")
    ran = made.assay("check")
    assert ran.status == 2
    assert "assay.toml cannot be read: it leads out of the project" in ran.err


def test_links_within_the_project_are_followed(project: MakeProject) -> None:
    made = project({"settings/..data/production.toml": OWN, "settings/.keep": ""})
    (made.root / "settings" / "production.toml").symlink_to(Path("..data") / "production.toml")
    assert told(made) == []
    assert made.assay("set", "port", "81", "--env", "production").status == 0
    assert (made.root / "settings" / "production.toml").is_symlink()


def test_where_a_call_stands_for_the_options_the_fix_keeps_it(project: MakeProject) -> None:
    made = project({
        "config.py": 'from dynaconf import Dynaconf\nsettings = Dynaconf(settings_files=["../beside/shared.toml"])\n',
        "../beside/shared.toml": "port = 80\n",
    })  # fmt: skip
    [(_, place, fix)] = told(made)
    assert place == "../beside/shared.toml"
    line = fix.partition("write ")[2].partition(" in assay.toml")[0]
    made.write({"assay.toml": line + "\n"})
    assert "80" in made.assay("show").out
