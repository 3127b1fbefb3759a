import pytest
from projects import MakeProject
from told import SECTIONED, findings, related, told

PRODUCTION = {"ENV_FOR_DYNACONF": "production"}
MERGED = SECTIONED + "merge_enabled = true\n"


def test_two_files_of_one_glob_that_disagree_are_told_at_the_later(project: MakeProject) -> None:
    made = project(
        {
            "settings/a.toml": "[production]\nport = 1\nhost = 'a'\nsame = 1\n",
            "settings/b.toml": "[production]\nsame = 1\nport = 2\nhost = 'b'\n",
        }
    )
    assert told(made, "SRC010", "production") == ["warning production port settings/b.toml:3:1"]
    assert related(made, "SRC010", **PRODUCTION) == [["settings/a.toml:2:1"]]
    assert '"settings/a.toml", "settings/b.toml"' in findings(made, "SRC010", **PRODUCTION)[0]["fix"]


def test_lists_of_different_length_disagree(project: MakeProject) -> None:
    made = project({"settings/a.toml": "[production]\nx = [1]\n", "settings/b.toml": "[production]\nx = [1, 2]\n"})
    assert told(made, "SRC010", "production") == ["warning production x settings/b.toml:2:1"]


def test_files_that_are_named_have_an_order(project: MakeProject) -> None:
    files = 'settings_files = ["settings/a.toml", "settings/b.toml"]\n'
    profile = {"settings/a.toml": "[production]\nport = 1\n", "settings/b.toml": "[production]\nport = 2\n"}
    assert told(project({"assay.toml": files, **profile}), "SRC010") == []


def test_files_of_one_glob_for_different_environments_do_not_meet(project: MakeProject) -> None:
    made = project({"settings/a.toml": "[staging]\nport = 1\n", "settings/b.toml": "[production]\nport = 2\n"})
    assert told(made, "SRC010") == []


def test_a_local_file_is_meant_to_override(project: MakeProject) -> None:
    made = project({"settings/a.toml": "[production]\na = 1\n", "settings/a.local.toml": "[production]\na = 2\n"})
    assert told(made, "SRC010") == []


def test_a_file_that_two_entries_name_is_told(project: MakeProject) -> None:
    files = 'settings_files = ["settings.toml", "*.toml"]\n'
    made = project({"assay.toml": files, "settings.toml": "[production]\na = 1\n"})
    assert told(made, "SRC010") == ["warning settings.toml"]


@pytest.mark.parametrize("flat", ['"postgresql://db/x"', "false", '["a"]'])
def test_a_table_here_and_a_value_there_names_both_places(project: MakeProject, flat: str) -> None:
    made = project({"settings.toml": f"[default]\na = 1\ndb = {flat}\n[production.db]\nhost = 'x'\n"})
    assert told(made, "SRC011", "production") == ["warning production db settings.toml:5:1"]
    assert related(made, "SRC011", **PRODUCTION) == [["settings.toml:3:1"]]


def test_a_value_over_a_table_is_told_at_the_value(project: MakeProject) -> None:
    made = project({"settings.toml": "[default.db.pool]\nsize = 1\nmax = 2\n[production]\ndb = {pool = 5}\n"})
    assert told(made, "SRC011", "production") == ["warning production db.pool settings.toml:5:7"]


def test_a_list_of_tables_over_a_table_is_found_at_its_header(project: MakeProject) -> None:
    made = project({"settings.toml": "[default.db]\nhost = 'x'\n[[production.db]]\n[[production.db]]\nhost = 'y'\n"})
    assert told(made, "SRC011", "production") == ["warning production db settings.toml:3:1"]


def test_an_empty_table_is_a_table(project: MakeProject) -> None:
    made = project({"settings.toml": "[default]\ndb = {}\n[production]\ndb = 'x'\n"})
    assert told(made, "SRC011", "production") == ["warning production db settings.toml:4:1"]


def test_a_variable_that_makes_a_table_of_a_value_is_told(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\nport = 5\n"})
    assert told(made, "SRC011", **PRODUCTION, DYNACONF_PORT__X="1") == ["warning production port DYNACONF_PORT__X"]


def test_tables_with_lists_and_scalars_and_tokens_keep_their_shape(project: MakeProject) -> None:
    profile = (
        "[default]\nx = ['a']\ny = 1\ndb = {a = 1}\nz.q = 1\n[production]\nx = 'a'\ny = [1]\ndb = {}\nz = '@del'\n"
    )
    assert told(project({"settings.toml": profile}), "SRC011") == []


def test_a_list_that_grew_by_itself_names_every_layer(project: MakeProject) -> None:
    profile = "[default]\nhosts = ['a', 'b']\n[production]\nhosts = ['c']\n"
    made = project({"assay.toml": MERGED, "settings.toml": profile, ".secrets.toml": "[production]\nhosts = ['d']\n"})
    assert told(made, "SRC012", "production") == ["warning production hosts .secrets.toml:2:10"]
    assert related(made, "SRC012", **PRODUCTION) == [["settings.toml:2:10", "settings.toml:4:10"]]
    (finding,) = findings(made, "SRC012", **PRODUCTION)
    assert all(name in finding["message"] for name in ("[default]", "[production] of settings.toml", ".secrets.toml"))


@pytest.mark.parametrize(
    "own",
    [
        "dynaconf_merge = true\nhosts = ['c']\n",
        "hosts = ['c', 'dynaconf_merge']\n",
        "hosts = '@merge c'\n",
    ],
)
def test_a_list_that_was_asked_to_grow_is_not_told(project: MakeProject, own: str) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": f"[default]\nhosts = ['a']\n[production]\n{own}"})
    assert told(made, "SRC012") == []


def test_a_table_that_was_asked_to_merge_may_grow_its_lists(project: MakeProject) -> None:
    profile = "[default.db]\nhosts = ['a']\n[production.db]\nhosts = ['b']\ndynaconf_merge = true\n"
    assert told(project({"assay.toml": SECTIONED, "settings.toml": profile}), "SRC012") == []


def test_a_list_that_replaces_does_not_grow(project: MakeProject) -> None:
    profile = {"settings.toml": "[default]\nhosts = ['a']\n[production]\nhosts = ['c']\n"}
    assert told(project({"assay.toml": SECTIONED, **profile}), "SRC012") == []
    assert told(project({"assay.toml": MERGED + 'lists = "replace"\n', **profile}), "SRC012") == []
    kept = {"settings.toml": "[default]\nhosts = ['a']\n[production]\ndynaconf_merge = false\nhosts = ['c']\n"}
    assert told(project({"assay.toml": MERGED, **kept}), "SRC012") == []


@pytest.mark.parametrize(
    ("profile", "line"),
    [
        ("[production.cache]\ndynaconf_merge = ['a']\n", "cache.dynaconf_merge[0] settings.toml:2:1"),
        ("[production.cache]\nttl = '@del'\n", "cache.ttl settings.toml:2:1"),
        ("[production.cache]\nttl = '@merge a'\n", "cache.ttl settings.toml:2:1"),
        ("[production]\nhosts = '@empty'\n", "hosts settings.toml:2:1"),
    ],
)
def test_a_marker_in_the_result_is_an_error(project: MakeProject, profile: str, line: str) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": profile})
    assert told(made, "SRC013", "production") == [f"error production {line}"]


def test_a_switch_that_is_left_beside_keys_as_they_were_meant_is_a_warning(project: MakeProject) -> None:
    profile = "[production.cache]\nsize = 1\ndynaconf_merge = true\n"
    made = project({"assay.toml": SECTIONED, "settings.toml": profile})
    assert told(made, "SRC013", "production") == ["warning production cache.dynaconf_merge settings.toml:3:1"]


def test_a_model_that_forbids_what_it_does_not_know_refuses_the_switch(project: MakeProject) -> None:
    model = (
        "from pydantic import BaseModel\n\n\nclass Cache(BaseModel, extra='forbid'):\n    size: int\n\n\n"
        "class Settings(BaseModel):\n    cache: Cache\n"
    )
    profile = "[production.cache]\nsize = 1\ndynaconf_merge = true\n"
    options = f'{SECTIONED}schema = "model:Settings"\n'
    made = project({"assay.toml": options, "model.py": model, "settings.toml": profile})
    assert told(made, "TYP003", "production") == ["error production cache.dynaconf_merge settings.toml:3:1"]


def test_elements_that_were_merged_twice_are_an_error(project: MakeProject) -> None:
    profile = "[default]\nhosts = ['a', 'b']\n[production]\nhosts = '@merge c'\n"
    made = project({"assay.toml": MERGED, "settings.toml": profile})
    assert told(made, "SRC013", "production") == ["error production hosts settings.toml:2:10"]


def test_markers_that_work_and_texts_with_an_at_sign_stay(project: MakeProject) -> None:
    profile = "[default]\nhosts = ['a', 'a']\ncache.ttl = 1\nold = 1\nhandle = '@mergers'\n"
    profile += "[production]\nhosts = '@merge a'\ncache = {size = 2, dynaconf_merge = true}\nold = '@del'\n"
    assert told(project({"assay.toml": SECTIONED, "settings.toml": profile}), "SRC013") == []


@pytest.mark.parametrize("value", ["@jinja {{ 1 / 0 }}", "@read_file /etc/hostname"])
def test_what_would_have_to_run_is_told(project: MakeProject, value: str) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": f"[production]\nbanner = '{value}'\n"})
    assert told(made, "SRC014", "production") == ["warning production banner settings.toml:2:1"]
    assert "not run here" in findings(made, "SRC014", **PRODUCTION)[0]["message"]


def test_what_can_be_read_safely_is_not_opaque(project: MakeProject) -> None:
    profile = "[production]\nname = 'x'\nbanner = '@format {this.name}'\nport = '@int 5'\nmail = 'me@jinja.example'\n"
    assert told(project({"settings.toml": profile}), "SRC014") == []


def test_a_later_default_over_an_earlier_environment_is_told_at_the_default(project: MakeProject) -> None:
    made = project(
        {
            "settings.toml": "[production]\nport = 80\nhosts = ['a', 'b']\n",
            "settings/zones.toml": "[default]\nport = 8000\nhosts = ['c', 'd']\nzone = 'eu'\n",
        }
    )
    assert told(made, "SRC015", "production") == [
        "warning production port settings/zones.toml:2:1",
        "warning production hosts settings/zones.toml:3:1",
    ]
    assert related(made, "SRC015", **PRODUCTION) == [["settings.toml:2:1"], ["settings.toml:3:1"]]


def test_a_later_default_that_only_adds_to_a_list_overrides_nothing(project: MakeProject) -> None:
    later = {"settings/zones.toml": "[default]\nhosts = ['c']\n"}
    made = project({"assay.toml": MERGED, "settings.toml": "[production]\nhosts = ['a']\n", **later})
    assert told(made, "SRC015") == []


@pytest.mark.parametrize(
    "later",
    ["[default]\nport = 80\n", "[default]\nport = 8000\n[production]\nport = 81\n", "[default]\nport2 = 1\n"],
)
def test_a_later_default_that_changes_nothing_is_not_told(project: MakeProject, later: str) -> None:
    made = project({"settings.toml": "[default]\nport = 1\n[production]\nport = 80\n", "settings/zones.toml": later})
    assert told(made, "SRC015") == []


def test_a_value_that_every_environment_overrides_is_dead(project: MakeProject) -> None:
    profile = "[default]\nport = 1\nname = 'x'\n[development]\nport = 2\n[production]\nport = 3\n"
    made = project({"assay.toml": SECTIONED, "settings.toml": profile})
    assert told(made, "SRC017") == ["info port settings.toml:2:1"]


def test_dead_values_of_one_table_are_one_finding(project: MakeProject) -> None:
    own = "db = {host = 'y', port = 2}\n"
    profile = f"[default.db]\nhost = 'x'\nport = 1\n[development]\n{own}[production]\n{own}"
    made = project({"assay.toml": SECTIONED, "settings.toml": profile})
    assert told(made, "SRC017") == ["info db settings.toml:2:1"]


@pytest.mark.parametrize(
    "profile",
    [
        "[default]\nport = 1\n[development]\nport = 2\n[production]\na = 1\n",
        "[default]\nhosts = ['a']\n[development]\nhosts = '@merge b'\n[production]\nhosts = '@merge c'\n",
        "[default]\nhosts = ['a']\n[development]\nhosts = ['b']\n[production]\nhosts = ['dynaconf_merge']\n",
        "[default]\nhosts = ['a']\n[production]\nhosts = ['dynaconf_merge_unique']\n",
    ],
)
def test_a_value_that_one_environment_gets_is_alive(project: MakeProject, profile: str) -> None:
    assert told(project({"assay.toml": SECTIONED, "settings.toml": profile}), "SRC017") == []


def test_what_only_this_machine_overrides_is_alive(project: MakeProject) -> None:
    made = project(
        {
            "assay.toml": SECTIONED,
            "settings.toml": "[default]\na = 1\nb = 1\n[production]\nc = 1\n",
            ".secrets.toml": "[default]\na = 2\n",
            "settings.local.toml": "[default]\nb = 2\n",
        }
    )
    assert told(made, "SRC017", **PRODUCTION, DYNACONF_C="2") == []


def test_a_base_section_with_one_environment_also_serves_the_unnamed(project: MakeProject) -> None:
    assert told(project({"settings.toml": "[default]\na = 1\n[development]\na = 2\n"}), "SRC017") == []


UNSET = "[production]\nurl = '@format https://{env[REGION]}.example.com'\n"


def test_an_unset_reference_is_an_error_where_it_is_active(project: MakeProject) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": UNSET})
    assert told(made, "SRC018", **PRODUCTION) == ["error production url settings.toml:2:1"]
    assert "REGION" in findings(made, "SRC018", **PRODUCTION)[0]["fix"]
    assert told(made, "SRC018", **PRODUCTION, REGION="eu") == []


def test_an_unset_reference_is_deferred_elsewhere(project: MakeProject) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": UNSET})
    assert told(made, "SRC018") == []
    (one,) = made.assay("check", "production", "--format", "json").json["environments"]
    assert [(item["key"], item["variable"]) for item in one["deferred"]] == [("url", "REGION")]


def test_a_setting_that_does_not_exist_is_an_error_everywhere_with_the_nearest(project: MakeProject) -> None:
    profile = "[production]\nname = 'x'\nurl = '@format {this.nmae}'\n"
    made = project({"assay.toml": SECTIONED, "settings.toml": profile})
    assert told(made, "SRC018") == ["error production url settings.toml:3:1"]
    assert findings(made, "SRC018")[0]["fix"] == "Did you mean 'name'?"


def test_what_cannot_be_read_itself_is_not_suggested_which_might_close_a_circle(project: MakeProject) -> None:
    profile = '[production]\nroot = "@format {this.rot}/x"\nrote = "@format {this.root}/y"\n'
    made = project({"assay.toml": SECTIONED, "settings.toml": profile})
    fixes = {found["key"]: found["fix"] for found in findings(made, "SRC018")}
    assert fixes.keys() == {"root", "rote"}
    assert all(fix.startswith("Set rot, or take the reference out.") for fix in fixes.values())


def test_a_secret_that_cannot_be_converted_is_not_shown(project: MakeProject) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": "[production]\npassword = '@int canary-17'\n"})
    assert told(made, "SRC018") == ["error production password settings.toml:2:1"]
    ran = made.assay("check")
    assert "canary-17" not in ran.out + ran.err


def test_a_text_that_happens_to_be_a_token_is_told(project: MakeProject) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": "[production]\nhandle = '@title'\nb = '@title x'\n"})
    assert told(made, "SRC013", "production") == ["warning production handle settings.toml:2:1"]


def test_a_reference_to_a_setting_that_the_deployment_holds_is_deferred(project: MakeProject) -> None:
    profile = '[default]\na = "@format {this.api_token}"\nb = "@format {this.region}"\n[production]\nz = 1\n'
    made = project({"assay.toml": 'known_environments = ["production"]\n', "settings.toml": profile})
    assert told(made, "SRC018", "production") == ["error production b settings.toml:3:1"]
    assert 'deployed = ["region"]' in findings(made, "SRC018", "production")[0]["fix"]
    assert len(told(made, "SRC018", **PRODUCTION)) == 2
    made.write({"assay.toml": 'known_environments = ["production"]\ndeployed = ["region"]\n'})
    assert told(made, "SRC018", "production") == []
    (judged,) = made.assay("check", "production", "--format", "json").json["environments"]
    assert [one["key"] for one in judged["deferred"]] == ["api_token", "region"]
