"""`assay check --all`: the projects of a workspace, side by side."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from projects import MakeProject, ProjectFolder

from app.cli import run

PROFILE = "[default]\nport = 1\n[production]\nport = 2\n"
CALL = (
    'from dynaconf import Dynaconf\nsettings = Dynaconf(settings_files=["s.toml"], environments=True)\nsettings.port\n'
)
FILES = {
    ".git/HEAD": "",
    "services/shop/assay.toml": 'settings_files = ["settings.toml"]\n',
    "services/shop/settings.toml": f'{PROFILE}database.password = "postgres"\n',
    "services/web/pyproject.toml": "",
    "services/web/config/conf.py": CALL,
    "services/web/s.toml": f"{PROFILE}unread = 1\n",
}


def names(made: ProjectFolder, *arguments: str) -> dict[str, str]:
    ran = made.assay("check", "--all", "--format", "json", *arguments)
    return {one["name"]: one["path"] for one in ran.json["projects"]}


def test_each_project_below_is_found_by_its_options_or_its_code(project: MakeProject) -> None:
    assert names(project(FILES)) == {"shop": "services/shop", "web": "services/web"}


def test_each_verdict_is_the_projects_own(project: MakeProject) -> None:
    made = project(FILES)
    whole = made.assay("check", "--all", "--format", "json").json
    for one in whole["projects"]:
        alone = made.assay("check", "--project", one["path"], "--format", "json").json
        assert one["report"] == alone
        assert one["error"] is None
    assert whole["counts"]["error"] == 2
    assert whole["valid"] is False


def test_one_broken_project_disturbs_none(project: MakeProject) -> None:
    made = project({**FILES, "services/pay/assay.toml": 'settings_fils = ["x"]\n'})
    ran = made.assay("check", "--all", "--format", "json")
    broken = next(one for one in ran.json["projects"] if one["name"] == "pay")
    assert broken["report"] is None
    assert broken["error"]["fix"] == "Did you mean 'settings_files'?"
    assert ran.status == 2
    told = made.assay("check", "--all").out
    assert "✗ not judged: assay.toml: there is no option 'settings_fils'." in told
    assert told.endswith("3 projects: 1 valid; not valid: pay, shop\n")


@pytest.mark.parametrize("level", [("error", 0), ("info", 1)])
def test_it_ends_as_the_worst_project_does(project: MakeProject, level: tuple[str, int]) -> None:
    made = project({key: text.replace('database.password = "postgres"', "") for key, text in FILES.items()})
    assert made.assay("check", "--all", "--fail-level", level[0]).status == level[1]


def test_the_option_projects_names_them(project: MakeProject) -> None:
    made = project({**FILES, "assay.toml": 'projects = ["services/w*"]\n'})
    assert names(made) == {"web": "services/web"}
    below = project({**FILES, "assay.toml": 'projects = "services/shop, services/web"\n', "settings.toml": PROFILE})
    assert list(names(below)) == [below.root.name, "shop", "web"]


def test_within_a_workspace_the_whole_of_it_is_meant(project: MakeProject) -> None:
    made = project({**FILES, "assay.toml": 'projects = ["services/*"]\n'})
    made.capture.readouterr()
    run(["check", "--all", "--format", "json"], {}, made.root / "services/web/config", lambda: made.now)
    assert [one["name"] for one in json.loads(made.capture.readouterr().out)["projects"]] == ["shop", "web"]


@pytest.mark.parametrize("named", ["services/shp", "servces/*", "../elsewhere"])
def test_a_folder_that_is_not_there_is_told(project: MakeProject, named: str) -> None:
    made = project({**FILES, "assay.toml": f'projects = ["{named}"]\n'})
    ran = made.assay("check", "--all")
    assert ran.status == 2
    assert f"names {named!r}" in ran.err


def test_what_a_glob_matches_and_is_no_project_is_passed_over_and_told(project: MakeProject) -> None:
    made = project({**FILES, "assay.toml": 'projects = ["services/*"]\n', "services/docs/guide.md": "# how\n"})
    ran = made.assay("check", "--all")
    said = "assay: services/docs is no project, and is passed over: a glob of the option projects matches it."
    assert said in ran.err.splitlines()
    assert ran.status == 1
    assert ran.out.endswith("2 projects: 1 valid; not valid: shop\n")


def test_projects_of_one_name_are_told_apart_and_may_name_themselves(project: MakeProject) -> None:
    files = {f"{side}/orders/assay.toml": "" for side in ("eu", "us")}
    assert names(project(files)) == {"eu.orders": "eu/orders", "us.orders": "us/orders"}
    named = project({**files, "us/orders/assay.toml": 'name = "orders-us"\n'})
    assert names(named) == {"orders": "eu/orders", "orders-us": "us/orders"}
    report = named.assay("check", "--project", "us/orders", "--format", "json").json
    assert report["project"] == "orders-us"


@pytest.mark.parametrize("name", ["", "a/b", "..", "a\\nb"])
def test_a_name_is_one(project: MakeProject, name: str) -> None:
    ran = project({"assay.toml": f'name = "{name}"\n'}).assay("check")
    assert ran.status == 2
    assert "the option 'name' cannot be used" in ran.err


def test_an_environment_is_judged_where_it_is_known(project: MakeProject) -> None:
    made = project({**FILES, "services/web/s.toml": "[default]\nport = 1\n[staging]\nport = 2\n"})
    assert names(made, "production") == {"shop": "services/shop"}
    ran = made.assay("check", "--all", "prodction")
    assert ran.status == 2
    assert "No project has an environment 'prodction'." in ran.err


@pytest.mark.parametrize(
    "option", ["--fix", "--record", "--dry-run", "--baseline=x", "--write-baseline=x", "--deployment=x"]
)
def test_what_belongs_to_one_project_is_refused(project: MakeProject, option: str) -> None:
    ran = project(FILES).assay("check", "--all", option)
    assert ran.status == 2
    assert "do not go together" in ran.err


def test_where_there_is_no_project_it_says_so(project: MakeProject) -> None:
    ran = project({"a.md": ""}).assay("check", "--all")
    assert ran.status == 2
    assert "There is no project below" in ran.err


def test_programs_are_told_of_all_projects_in_one_document(project: MakeProject) -> None:
    made = project(FILES)
    (run_of_all,) = made.assay("check", "--all", "--format", "sarif").json["runs"]
    assert len(run_of_all["invocations"]) == 2
    places = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run_of_all["results"]}
    assert "services/shop/settings.toml" in places
    suites = ET.fromstring(made.assay("check", "--all", "--format", "junit").out)  # noqa: S314 - our own
    assert {suite.get("name") for suite in suites} >= {"shop", "web.production"}
    assert suites.get("failures") == "2"
    assert "file=services/shop/settings.toml" in made.assay("check", "--all", "--format", "github").out


def test_a_link_out_of_the_workspace_is_no_member(
    project: MakeProject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "assay.toml").touch()
    made = project({**FILES, "assay.toml": 'projects = ["services/*"]\n'})
    Path(made.root / "services/linked").symlink_to(other)
    assert "linked" not in names(made)
