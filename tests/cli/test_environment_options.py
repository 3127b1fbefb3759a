"""Environments by argument or by `--env`; values whole where nobody reads them on a narrow terminal."""

import sys

import pytest
from projects import MakeProject, ProjectFolder

LONG = "x" * 90
FILES = {
    "assay.toml": 'known_environments = ["development", "production"]\n',
    "settings.toml": f'[default]\nname = "{LONG}"\n[production]\nport = 1\n',
}


@pytest.fixture
def made(project: MakeProject) -> ProjectFolder:
    return project(FILES)


@pytest.mark.parametrize("command", [["show"], ["explain", "name"], ["get", "name"], ["check"], ["matrix"]])
@pytest.mark.parametrize("form", ["text", "json"])
def test_an_environment_is_named_by_argument_or_option(made: ProjectFolder, command: list[str], form: str) -> None:
    by_argument = made.assay(*command, "production", "--format", form)
    by_option = made.assay(*command, "--env", "production", "--format", form)
    assert (by_argument.status, by_argument.out) == (by_option.status, by_option.out)
    assert by_option.status == 0


def test_two_that_differ_are_an_error(made: ProjectFolder) -> None:
    ran = made.assay("show", "production", "--env", "development")
    assert (ran.status, ran.out) == (2, "")
    assert "'production' and 'development'" in ran.err
    assert made.assay("show", "production", "--env", "production").status == 0


def test_several_by_either_way(made: ProjectFolder) -> None:
    found = made.assay("matrix", "production", "--env", "development", "--format", "json").json
    assert found["environments"] == ["production", "development"]


def test_two_are_compared_by_either_way(made: ProjectFolder) -> None:
    plain = made.assay("diff", "production", "development")
    assert plain.out
    assert made.assay("diff", "--env", "production", "--env", "development").out == plain.out
    for sides in ((), ("production",), ("production", "development", "--env", "production")):
        ran = made.assay("diff", *sides)
        assert (ran.status, ran.out) == (2, "")
        assert f"Two environments are compared, not {len([one for one in sides if one != '--env'])}." in ran.err


def test_a_database_is_tested_of_an_environment_named_by_either_way(made: ProjectFolder) -> None:
    for named in (("nowhere",), ("--env", "nowhere")):
        ran = made.assay("db", "test", *named)
        assert (ran.status, ran.out) == (2, "")
        assert "There is no environment 'nowhere'" in ran.err


@pytest.mark.parametrize(
    "command", [["show", "production"], ["matrix"], ["diff", "development", "production", "--all"]]
)
def test_values_are_cut_on_a_terminal_alone(
    made: ProjectFolder, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    assert LONG in made.assay(*command).out
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True, raising=False)
    assert LONG not in made.assay(*command).out
    assert "…" in made.assay(*command).out
    assert LONG in made.assay(*command, "--wide").out


def test_the_first_line_of_show_names_the_environment(made: ProjectFolder) -> None:
    assert made.assay("show").out.splitlines()[0] == "development"


@pytest.mark.parametrize("name", ["development", "production"])
def test_files_without_sections_have_one_environment_and_say_so(project: MakeProject, name: str) -> None:
    made = project({"assay.toml": "environments = false\n", "settings.toml": "port = 1\n"})
    for command in (["set", "port", "2", "--env", name], ["check", name]):
        ran = made.assay(*command)
        assert (ran.status, ran.err.splitlines()) == (
            2,
            [
                f"assay: There is no environment {name!r}.",
                "  fix: The files have no sections here: main is all there is.",
            ],
        )
