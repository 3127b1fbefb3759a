from typing import Any

from projects import MakeProject, ProjectFolder


def explained(project: ProjectFolder, key: str) -> dict[str, list[tuple[str, Any, bool]]]:
    document = project.assay("explain", key, "--env", "production", "--format", "json").json
    return {
        leaf["key"]: [(layer["origin"]["section"], layer["value"], layer["winner"]) for layer in leaf["layers"]]
        for leaf in document["leaves"]
    }


def test_items_of_a_list_that_grew_have_an_origin_each(project: MakeProject) -> None:
    made = project(
        {
            "assay.toml": "merge_enabled = true\n",
            "settings.toml": '[default]\nitems = ["a", "b"]\n[production]\nitems = ["c"]\n',
        }
    )
    assert explained(made, "items") == {
        "items[0]": [("default", "a", True)],
        "items[1]": [("default", "b", True)],
        "items[2]": [("production", "c", True)],
    }


def test_a_leaf_whose_table_was_replaced_is_told_but_not_in_effect(project: MakeProject) -> None:
    made = project({"settings.toml": "[default.db]\nhost = 1\nport = 2\n[production.db]\nhost = 3\n"})
    document = made.assay("explain", "db", "--env", "production", "--format", "json").json
    leaves = {leaf["key"]: leaf for leaf in document["leaves"]}
    assert leaves["db.host"]["effective"]
    assert not leaves["db.port"]["effective"]
    assert leaves["db.port"]["origin"] is None
    assert [layer["winner"] for layer in leaves["db.port"]["layers"]] == [False]


def test_a_secret_is_masked_in_every_layer(project: MakeProject) -> None:
    made = project({"settings.toml": '[default]\npassword = "canary-a"\n[production]\npassword = "canary-b"\n'})
    for format_ in ("text", "json"):
        ran = made.assay("explain", "password", "--env", "production", "--format", format_)
        assert "canary" not in ran.out


def test_a_url_keeps_everything_but_its_password(project: MakeProject) -> None:
    made = project({"settings.toml": '[default]\nstore = "redis://app:canary-1@cache.example:6379/0"\n'})
    ran = made.assay("explain", "store", "--format", "json")
    assert ran.json["leaves"][0]["value"] == "redis://app:***@cache.example:6379/0"
