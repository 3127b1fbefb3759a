from typing import Any

from projects import MakeProject, ProjectFolder

FILES = {
    "settings.toml": '[default.server]\nport = 1\nhost = "a"\n[default.app]\nsecret_key = "canary-base"\n',
    "settings/staging.toml": "[staging.server]\nport = 2\n",
    "settings/production.toml": '[production.server]\nport = 2\nbase_url = "https://x.example"\n'
    '[production.app]\nsecret_key = "canary-production"\n',
}


def changes(project: ProjectFolder, *arguments: str) -> dict[str, dict[str, Any]]:
    document = project.assay("diff", *arguments, "--format", "json").json
    return {change["key"]: change for change in document["changes"]}


def test_a_difference_tells_both_sides_with_their_origins(own: MakeProject) -> None:
    found = changes(own(FILES), "development", "production")
    assert found["server.port"]["kind"] == "changed"
    assert (found["server.port"]["left"]["value"], found["server.port"]["right"]["value"]) == (1, 2)
    assert found["server.port"]["right"]["origin"]["file"] == "settings/production.toml"
    assert found["server.base_url"]["kind"] == "added"
    assert found["server.base_url"]["left"] is None


def test_what_only_the_left_has_is_removed(own: MakeProject) -> None:
    assert changes(own(FILES), "production", "development")["server.base_url"]["kind"] == "removed"


def test_secrets_are_compared_without_being_shown(own: MakeProject) -> None:
    ran = own(FILES).assay("diff", "development", "production", "--format", "json")
    assert "canary" not in ran.out
    (change,) = [change for change in ran.json["changes"] if change["key"] == "app.secret_key"]
    assert change["kind"] == "changed"
    assert change["left"] == {"value": None, "secret": True, "origin": change["left"]["origin"]}


def test_equal_leaves_are_listed_on_demand(own: MakeProject) -> None:
    project = own(FILES)
    assert "server.host" not in changes(project, "development", "production")
    assert changes(project, "development", "production", "--all")["server.host"]["kind"] == "same"


def test_a_difference_that_is_asked_about_ends_with_1(own: MakeProject) -> None:
    project = own(FILES)
    assert project.assay("diff", "development", "production").status == 0
    assert project.assay("diff", "development", "production", "--exit-code").status == 1
    assert project.assay("diff", "production", "production", "--exit-code").status == 0


def test_true_and_1_are_different_values(project: MakeProject) -> None:
    made = project({"settings.toml": "[staging]\nx = true\ny = 1\n[production]\nx = 1\ny = 1.0\n"})
    assert changes(made, "staging", "production").keys() == {"x", "y"}


def test_the_matrix_tells_own_inherited_and_missing_and_groups_equal_cells(own: MakeProject) -> None:
    document = own(FILES).assay("matrix", "--format", "json").json
    assert document["environments"] == ["development", "testing", "staging", "production"]
    rows = {row["key"]: row for row in document["rows"]}
    port = rows["server.port"]["cells"]
    assert [port[name]["state"] for name in document["environments"]] == ["inherited", "inherited", "own", "own"]
    assert port["staging"]["group"] == port["production"]["group"] != port["development"]["group"]
    assert not rows["server.port"]["same"]
    assert rows["server.host"]["same"]
    assert rows["server.base_url"]["cells"]["staging"]["state"] == "missing"


def test_the_matrix_shows_no_secret(own: MakeProject) -> None:
    ran = own(FILES).assay("matrix", "--format", "json")
    assert "canary" not in ran.out
    assert {row["key"] for row in ran.json["rows"] if row["secret"]} == {"app.secret_key"}


def test_text_of_both_shows_no_secret(own: MakeProject) -> None:
    project = own(FILES)
    out = project.assay("matrix").out + project.assay("diff", "staging", "production", "--all").out
    assert "canary" not in out
    assert "***" in out


def test_environments_of_a_broken_file_are_not_called_the_same(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\na = 1\n[staging]\na = 1\n[development\n"})
    ran = made.assay("diff", "production", "staging", "--exit-code")
    assert ran.status == 1
    assert ran.out == "Whether production and staging differ is not known: settings.toml:5 does not parse.\n"
