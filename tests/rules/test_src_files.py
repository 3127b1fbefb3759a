from pathlib import Path

import pytest
from projects import MakeProject
from told import SECTIONED, findings, related, told

from app.checking.check import validate
from app.project.workspace import open_workspace

REPOSITORY = Path(__file__).parents[2]


def test_the_shipped_profiles_have_nothing_to_tell_about_files() -> None:
    assert validate(open_workspace(REPOSITORY, {})).findings == []


def test_a_named_file_that_is_not_there_is_missing(project: MakeProject) -> None:
    made = project(
        {"assay.toml": 'settings_files = ["settings.toml", "settins.toml"]\n', "settings.toml": "[default]\n"}
    )
    assert told(made, "SRC001") == ["warning settins.toml"]


def test_a_workspace_needs_no_profiles_of_its_own(project: MakeProject) -> None:
    members = {"services/mail/settings.toml": "[default]\nport = 1\n"}
    made = project({"assay.toml": 'projects = ["services/*"]\n', **members})
    assert told(made, "SRC001") == ["info settings.toml"]
    assert "--all" in findings(made, "SRC001")[0]["fix"]
    named = project({"assay.toml": 'settings_files = ["settings.toml"]\nprojects = ["services/*"]\n'})
    assert told(named, "SRC001") == ["warning settings.toml"]


@pytest.mark.parametrize(
    "example",
    ["local.example.toml", "example.local.toml", "local_sample.toml", "local-dist.toml", "local.template.toml"],
)
def test_an_example_is_no_other_spelling_of_what_it_shows(project: MakeProject, example: str) -> None:
    files = {"assay.toml": 'settings_files = ["settings.toml", "local.toml"]\n', "settings.toml": "[default]\n"}
    made = project({**files, example: "[default]\n"})
    assert told(made, "SRC001") == ["info local.toml"]
    assert example in findings(made, "SRC001")[0]["fix"]


def test_a_named_include_that_is_not_there_is_missing(project: MakeProject) -> None:
    made = project({"assay.toml": 'includes = ["more.toml", "more/*.toml"]\n', "settings.toml": "[default]\n"})
    assert told(made, "SRC001") == ["info more.toml"]


def test_an_include_that_a_profile_names_is_missing_at_its_line(project: MakeProject) -> None:
    profile = '[default]\ndynaconf_include = ["there.toml", "gone.toml", "x/*.toml", ".secrets.x.toml"]\n'
    made = project({"settings.toml": profile, "there.toml": ""})
    assert told(made, "SRC001") == ["info settings.toml:2:35"]
    flat = project({"assay.toml": "environments = false\n", "settings.toml": "DYNACONF_INCLUDE = 'gone.toml'\n"})
    assert told(flat, "SRC001") == ["info settings.toml:1:1"]


def test_a_folder_and_a_link_to_nothing_are_no_files(project: MakeProject) -> None:
    made = project({"assay.toml": 'settings_files = ["a.toml", "b.toml"]\n', "a.toml/x": ""})
    (made.root / "b.toml").symlink_to("nowhere.toml")
    assert told(made, "SRC001") == ["error a.toml", "error b.toml"]
    assert [finding["message"] for finding in findings(made, "SRC001")] == [
        "a.toml cannot be read: is a directory.",
        "b.toml cannot be read: it is a link to nothing.",
    ]


@pytest.mark.parametrize("name", ["settings.yaml", "settings.py", "settings.json", "settings.ini"])
def test_a_file_of_another_kind_is_told_and_not_read(project: MakeProject, name: str) -> None:
    made = project({"assay.toml": f'settings_files = ["{name}"]\n', name: "import os\n"})
    assert told(made, "SRC021") == [f"error {name}"]
    assert told(made, "SRC001") == []
    assert told(made, "SRC002") == []


def test_secrets_and_local_files_may_be_absent(project: MakeProject) -> None:
    files = 'settings_files = ["settings.toml", "settings.local.toml", ".secrets.toml"]\n'
    assert told(project({"assay.toml": files, "settings.toml": "[default]\n"}), "SRC001") == []


def test_a_section_that_the_registry_does_not_name_is_an_error_with_the_nearest(project: MakeProject) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": "[default]\nport = 1\n\n[prodution]\nport = 2\n"})
    assert told(made, "SRC004") == ["error prodution settings.toml:4:1"]
    assert findings(made, "SRC004")[0]["fix"] == "Did you mean 'production'?"


def test_a_section_without_a_header_of_its_own_is_found_at_its_first_table(project: MakeProject) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": "[default]\n\n[prodution.server.tls]\nport = 2\n"})
    assert told(made, "SRC004") == ["error prodution settings.toml:3:1"]


def test_a_list_of_environments_is_no_registry(project: MakeProject) -> None:
    options = 'environments = ["development", "preview"]\n'
    made = project({"assay.toml": options, "settings.toml": "[prod]\nport = 3\n[previw]\nport = 4\n"})
    assert told(made, "SRC004") == ["warning previw settings.toml:3:1"]


@pytest.mark.parametrize("name", ["prodution", "produciton", "stagin", "develpment", "testng", "Prodution"])
def test_without_a_registry_a_near_miss_is_a_warning(project: MakeProject, name: str) -> None:
    made = project({"settings.toml": f"[default]\n[{name}]\nport = 1\n"})
    assert told(made, "SRC004") == [f"warning {name} settings.toml:2:1"]


@pytest.mark.parametrize(
    "name", ["prod", "stage", "dev", "test", "tests", "qa", "local", "ci", "eu", "staging2", "testing-eu", "hosting"]
)
def test_a_name_of_its_own_is_no_misspelling(project: MakeProject, name: str) -> None:
    assert told(project({"settings.toml": f"[default]\n[{name}]\nport = 1\n"}), "SRC004") == []


def test_base_sections_and_flags_are_no_environments(project: MakeProject) -> None:
    profile = "dynaconf_merge = true\n[default]\n[dynaconf]\n[global]\n[DEFAULT.x]\n[production]\n"
    assert told(project({"assay.toml": SECTIONED, "settings.toml": profile}), "SRC004") == []


def test_a_project_without_sections_has_no_unknown_ones(project: MakeProject) -> None:
    made = project({"assay.toml": "environments = false\n", "settings.toml": "port = 1\n[prodution]\nport = 2\n"})
    for rule in ("SRC004", "SRC006", "SRC008", "SRC019"):
        assert told(made, rule) == []


@pytest.mark.parametrize("value", ["5", "0", "false", '"x"', "[]"])
def test_a_section_that_is_no_table_is_an_error_even_where_it_is_false(project: MakeProject, value: str) -> None:
    made = project({"settings.toml": f"production = {value}\n", "settings/production.toml": "[production]\na = 1\n"})
    assert told(made, "SRC006") == ["error production settings.toml:1:1"]
    assert told(made, "SRC008") == []


def test_a_list_of_tables_is_no_section(project: MakeProject) -> None:
    made = project({"settings.toml": "[default]\na = 1\n\n[[production]]\nport = 1\n"})
    assert told(made, "SRC006") == ["error production settings.toml:4:1"]


def test_another_loose_key_is_no_section(project: MakeProject) -> None:
    made = project({"settings.toml": "port = 5\n[production]\na = 1\n"})
    assert told(made, "SRC006") == []
    assert told(made, "SRC008") == ["warning port settings.toml:1:1"]


def test_flags_outside_sections_are_read(project: MakeProject) -> None:
    profile = "dynaconf_merge = true\ndynaconf_dotted_lookup = false\n[production]\na = 1\n"
    assert told(project({"settings.toml": profile}), "SRC008") == []


def test_a_file_without_sections_is_told_once(project: MakeProject) -> None:
    made = project({"settings.toml": "port = 5\nhost = 'x'\n", "settings/production.toml": "[production]\na = 1\n"})
    assert told(made, "SRC008") == ["warning port settings.toml:1:1"]
    assert "any of its 2 settings" in findings(made, "SRC008")[0]["message"]


def test_two_spellings_are_found_at_the_later(project: MakeProject) -> None:
    profile = "[production]\nport = 1\nPORT = 2\n[production.Db]\nHost = 'a'\nhost = 'b'\n"
    made = project({"settings.toml": profile})
    assert told(made, "SRC007") == [
        "error production.PORT settings.toml:3:1",
        "error production.Db.host settings.toml:6:1",
    ]
    assert related(made, "SRC007") == [["settings.toml:2:1"], ["settings.toml:5:1"]]


def test_two_spellings_of_a_section_are_found_at_the_later(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\nport = 1\n\n[PRODUCTION]\nport = 2\n"})
    assert told(made, "SRC007") == ["error PRODUCTION settings.toml:4:1"]
    assert related(made, "SRC007") == [["settings.toml:1:1"]]


def test_two_spellings_inside_a_list_of_tables_are_found(project: MakeProject) -> None:
    made = project({"settings.toml": "[[default.users]]\nname = 'a'\n[[default.users]]\nName = 'b'\nname = 'c'\n"})
    assert told(made, "SRC007") == ["error default.users[1].name settings.toml:5:1"]


def test_one_key_in_two_tables_is_no_duplicate(project: MakeProject) -> None:
    made = project({"settings.toml": "[default]\nport = 1\n[production]\nPORT = 2\n[production.db]\nPort = 3\n"})
    assert told(made, "SRC007") == []


@pytest.mark.parametrize("key", ["env_for_dynaconf", "SETTINGS_MODULE", "loaders_for_dynaconf", "x_for_dynaconf"])
def test_a_key_that_reconfigures_dynaconf_is_an_error_and_its_value_stays_hidden(
    project: MakeProject, key: str
) -> None:
    made = project({"settings.toml": f'[default]\n{key} = "canary-91"\n'})
    assert told(made, "SRC009") == [f"error {key.lower()} settings.toml:2:1"]
    assert all("canary-91" not in finding["message"] + finding["fix"] for finding in findings(made, "SRC009"))


def test_a_name_that_dynaconf_keeps_for_itself_is_a_warning(project: MakeProject) -> None:
    made = project({"settings.toml": '[default]\nproject_root = "/srv"\n'})
    assert told(made, "SRC009") == ["warning project_root settings.toml:2:1"]


def test_a_reserved_key_is_found_in_a_project_without_sections(project: MakeProject) -> None:
    made = project({"assay.toml": "environments = false\n", "settings.toml": 'env_for_dynaconf = "x"\n'})
    assert told(made, "SRC009") == ["error env_for_dynaconf settings.toml:1:1"]


@pytest.mark.parametrize("key", ["settings_modules", "dynaconf", "module", "for_dynaconf_users"])
def test_a_key_that_only_looks_reserved_is_a_setting(project: MakeProject, key: str) -> None:
    assert (
        told(project({"settings.toml": f"[default]\n{key} = 1\n[default.db]\nenv_for_dynaconf = 1\n"}), "SRC009") == []
    )


@pytest.mark.parametrize("name", ["plugin.py", "conf/plugin.py", "myapp", "myapp.plugins"])
def test_an_include_of_python_is_an_error(project: MakeProject, name: str) -> None:
    made = project({"settings.toml": f'[default]\ndynaconf_include = ["more.toml", "{name}"]\n', "more.toml": ""})
    assert told(made, "SRC009") == ["error settings.toml:2:34"]
    assert told(made, "SRC001") == []


def test_an_include_of_python_among_the_options_is_an_error(project: MakeProject) -> None:
    made = project({"assay.toml": 'includes = ["plugin.py"]\n', "settings.toml": "[default]\n"})
    assert told(made, "SRC009") == ["error assay.toml"]
    assert told(made, "SRC001") == []


@pytest.mark.parametrize("name", ["more.toml", "more/*.toml", "settings/a.tml"])
def test_an_include_of_toml_runs_nothing(project: MakeProject, name: str) -> None:
    assert told(project({"settings.toml": f'[default]\ndynaconf_include = "{name}"\n'}), "SRC009") == []


def test_hooks_beside_a_profile_are_told(project: MakeProject) -> None:
    made = project({"settings/production.toml": "[production]\na = 1\n", "settings/dynaconf_hooks.py": "1 / 0\n"})
    assert told(made, "SRC009") == ["warning settings/dynaconf_hooks.py"]


def test_hooks_elsewhere_are_not(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\na = 1\n", "app/dynaconf_hooks.py": "1 / 0\n"})
    assert told(made, "SRC009") == []


def test_a_section_of_another_environment_in_a_profile_is_a_warning(project: MakeProject) -> None:
    made = project(
        {
            "settings/production.toml": "[production]\na = 1\n[default]\nb = 1\n[staging]\na = 2\n",
            "settings/staging.local.toml": "[production]\na = 3\n",
        }
    )
    assert told(made, "SRC016") == [
        "warning staging settings/production.toml:5:1",
        "warning production settings/staging.local.toml:1:1",
    ]


def test_files_of_no_environment_may_mix(project: MakeProject) -> None:
    profile = "[production]\na = 1\n[staging]\na = 2\n"
    assert told(project({"settings.toml": profile, "settings/limits.toml": profile}), "SRC016") == []


def test_a_misspelled_section_in_its_own_profile_is_not_mixed(project: MakeProject) -> None:
    made = project({"settings/production.toml": "[prodution]\na = 1\n"})
    assert told(made, "SRC016") == []
    assert told(made, "SRC004") == ["warning prodution settings/production.toml:1:1"]


def test_a_project_without_production_is_told_once_without_a_place(project: MakeProject) -> None:
    made = project({"settings.toml": "[development]\na = 1\n[live]\na = 2\n"})
    assert told(made, "SRC019") == ["info"]
    assert 'production = ["live"]' in findings(made, "SRC019")[0]["fix"]


def test_the_base_section_alone_is_no_production(project: MakeProject) -> None:
    made = project({"assay.toml": "", "settings.toml": "[default]\na = 1\n"})
    assert told(made, "SRC019") == ["info"]
    assert told(made, "SRC019", ENV_FOR_DYNACONF="production") == []


def test_a_production_by_any_name_is_enough(project: MakeProject) -> None:
    made = project({"assay.toml": 'production = ["Live"]\n', "settings.toml": "[development]\na = 1\n[live]\na = 2\n"})
    assert told(made, "SRC019") == []


def test_a_broken_profile_may_be_the_missing_production(project: MakeProject) -> None:
    made = project({"settings.toml": "[development]\na = 1\n", "settings/production.toml": "[production\n"})
    assert told(made, "SRC019") == []


def test_a_folder_without_profiles_has_no_production_to_miss(project: MakeProject) -> None:
    assert told(project({"assay.toml": ""}), "SRC019") == []


def test_what_has_no_end_is_not_read(project: MakeProject) -> None:
    made = project({"assay.toml": 'settings_files = ["settings.toml"]\nenvironments = true\n'})
    (made.root / "settings.toml").symlink_to("/dev/zero")
    done = made.assay("check", "--format", "json")
    assert [finding["message"] for finding in done.json["findings"]] == [
        "settings.toml is behind a link out of the project, so it is not read."
    ]
    assert done.status == 1


DJANGO = "import dynaconf\nDEBUG = False\nsettings = dynaconf.DjangoDynaconf(__name__{0})\n"
MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'


@pytest.mark.parametrize(
    ("named", "said", "way"),
    [
        ("", "which Dynaconf looks for where no files are named", "or name in settings_files what is to be read"),
        (', settings_files=["settings.toml"]', "is not there, and", "out of the Dynaconf call at shop/settings.py:3"),
    ],
)
def test_a_file_that_a_django_project_may_do_without_is_told_in_its_words(
    project: MakeProject, named: str, said: str, way: str
) -> None:
    files = {"manage.py": MANAGE, "shop/__init__.py": "", "shop/settings.py": DJANGO.format(named)}
    (found,) = findings(project(files), "SRC001")
    assert (found["severity"], said in found["message"], way in found["fix"]) == ("info", True, True)


def test_a_file_that_is_absent_beside_one_of_another_format_is_a_remark(project: MakeProject) -> None:
    made = project({"shop.py": "from dynaconf import settings\n", "config/settings.yaml": "a: 1\n"})
    told = {found["rule"]: found["severity"] for found in made.assay("check", "--format", "json").json["findings"]}
    assert (told["SRC001"], told["SRC021"]) == ("info", "error")
