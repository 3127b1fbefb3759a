"""Sections, the switch, options from variables and files, as stock Dynaconf has them."""

from typing import Any

import pytest
from projects import MakeProject, ProjectFolder
from told import findings, told

PROFILE = "[default]\nport = 1\n[production]\nport = 2\n"
LISTED = 'environments = ["development", "production"]\n'


def _shown(made: ProjectFolder, *arguments: str, **environ: str) -> dict[str, Any]:
    document = made.assay("show", *arguments, "--format", "json", **environ).json
    return {value["key"]: value["value"] for value in document["values"]}


def _judged(made: ProjectFolder, **environ: str) -> dict[str, tuple[bool, str | None]]:
    report = made.assay("check", "--format", "json", **environ).json
    return {one["name"]: (one["judged"], one.get("reason")) for one in report["environments"]}


def test_the_switchers_name_is_upper_cased(project: MakeProject) -> None:
    made = project({"assay.toml": 'env_switcher = "shop_env"\n', "settings.toml": PROFILE})
    assert _shown(made, SHOP_ENV="production") == {"port": 2}
    assert _shown(made, shop_env="production") == {"port": 1}
    assert told(made, "SRC005", SHOP_ENV="prodution") == ["error SHOP_ENV"]


def test_below_a_switcher_of_ones_own_the_usual_one_counts(project: MakeProject) -> None:
    made = project({"assay.toml": 'env_switcher = "SHOP_ENV"\n', "settings.toml": PROFILE})
    assert _shown(made, ENV_FOR_DYNACONF="production") == {"port": 2}
    assert _shown(made, ENV_FOR_DYNACONF="production", SHOP_ENV="development") == {"port": 1}
    assert _shown(made, ENV_FOR_DYNACONF="development", FORCE_ENV_FOR_DYNACONF="production") == {"port": 2}


def test_a_stated_env_hides_the_usual_switcher_below_ones_own(project: MakeProject) -> None:
    options = 'env_switcher = "SHOP_ENV"\nenv = "development"\n'
    made = project({"assay.toml": options, "settings.toml": PROFILE})
    assert _shown(made, ENV_FOR_DYNACONF="production") == {"port": 1}


def test_force_env_beats_the_switcher(project: MakeProject) -> None:
    made = project({"assay.toml": 'force_env = "production"\n', "settings.toml": PROFILE})
    assert _shown(made, ENV_FOR_DYNACONF="development") == {"port": 2}


def test_where_no_environment_is_known_the_fix_says_how_there_will_be_one(project: MakeProject) -> None:
    files = {"settings.toml": "[default]\nport = 1\n"}
    made = project({**files, "assay.toml": "environments = true\n"})
    (finding,) = findings(made, "SRC005", ENV_FOR_DYNACONF="production")
    assert 'environments = ["production"]' in finding["fix"]
    (finding,) = findings(made, "SRC005", ENV_FOR_DYNACONF="")
    assert finding["fix"] == "Unset ENV_FOR_DYNACONF."
    assert told(project({**files, "assay.toml": 'environments = ["production"]\n'}), "SRC005",
                ENV_FOR_DYNACONF="production") == []  # fmt: skip


@pytest.mark.parametrize(
    ("selected", "severity"),
    [("production,elsewhere", "warning"), ("elsewhere, production", "warning"), ("production,", None), (",", "error"),
     ("default,production", None), ("elsewhere", "error"), ("prod,elsewhere", "error")],
)  # fmt: skip
def test_of_several_names_one_that_is_there_suffices(project: MakeProject, selected: str, severity: str | None) -> None:
    made = project({"assay.toml": "", "settings.toml": PROFILE})
    ran = made.assay("check", "--format", "json", ENV_FOR_DYNACONF=selected)
    assert [one["severity"] for one in ran.json["findings"] if one["rule"] == "SRC005"] == ([severity] * bool(severity))
    assert ran.status == (2 if severity == "error" else 0)
    if severity != "error":
        assert _shown(made, ENV_FOR_DYNACONF=selected) == {"port": 2}
        assert selected in [one["name"] for one in ran.json["environments"]]


def test_where_there_is_the_base_section_alone_any_environment_runs_with_it(project: MakeProject) -> None:
    made = project({"assay.toml": "", "settings.toml": "[default]\nport = 1\ndebug = true\n"})
    ran = made.assay("check", "--format", "json", ENV_FOR_DYNACONF="production")
    assert [one["severity"] for one in ran.json["findings"] if one["rule"] == "SRC005"] == ["info"]
    (environment,) = ran.json["environments"]
    assert (environment["name"], environment["active"], environment["production"]) == ("production", True, True)
    assert "APP001" in [one["rule"] for one in environment["findings"]]
    assert _shown(made, ENV_FOR_DYNACONF="production") == {"port": 1, "debug": True}
    assert made.assay("explain", "port", ENV_FOR_DYNACONF="production").status == 0
    assert made.assay("show", "staging", ENV_FOR_DYNACONF="production").status == 2


def test_a_list_of_environments_limits_nothing(project: MakeProject) -> None:
    made = project({"assay.toml": LISTED, "settings.toml": f"{PROFILE}[prod]\nport = 3\n"})
    assert told(made, "SRC004") == []
    assert _shown(made, "prod") == {"port": 3}
    assert _shown(made, ENV_FOR_DYNACONF="prod") == {"port": 3}
    assert made.assay("check", ENV_FOR_DYNACONF="prod").status == 0


def test_the_base_section_can_be_selected(project: MakeProject) -> None:
    made = project({"settings.toml": PROFILE})
    assert told(made, "SRC005", ENV_FOR_DYNACONF="default") == []
    assert _shown(made, ENV_FOR_DYNACONF="default") == {"port": 1}
    assert made.assay("check", ENV_FOR_DYNACONF="default").status == 0


def test_dotenv_may_name_the_files(project: MakeProject) -> None:
    files = {
        "assay.toml": "load_dotenv = true\n",
        "settings.toml": PROFILE,
        "other.toml": "[default]\nport = 9\n[staging]\nport = 8\n",
        ".env": "# which\nSETTINGS_FILE_FOR_DYNACONF=other.toml\n",
    }
    made = project(files)
    assert _shown(made) == {"port": 9}
    assert _shown(made, "production") == {"port": 2}
    (found,) = findings(made, "SRC023")
    assert found["severity"] == "warning"
    assert "settings_files" in found["message"]
    assert "other.toml" in found["message"]
    assert found["origin"] == {
        "kind": "dotenv", "file": ".env", "line": 2, "name": "SETTINGS_FILE_FOR_DYNACONF"
    }  # fmt: skip
    assert _shown(made, ENV_FOR_DYNACONF="staging") == {"port": 8}


def test_a_variable_that_changes_an_option_is_followed_where_it_counts_and_told(project: MakeProject) -> None:
    merging = "[default]\na = {x = 1}\n[development]\na = {y = 2}\n[production]\na = {z = 3}\n"
    made = project({"settings.toml": merging})
    assert _shown(made, MERGE_ENABLED_FOR_DYNACONF="true") == {"a.x": 1, "a.y": 2}
    assert _shown(made, "production", MERGE_ENABLED_FOR_DYNACONF="true") == {"a.z": 3}
    assert told(made, "SRC023", MERGE_ENABLED_FOR_DYNACONF="true") == ["warning MERGE_ENABLED_FOR_DYNACONF"]
    assert _shown(made, ENVVAR_PREFIX_FOR_DYNACONF="APP", APP_A="5") == {"a": 5}


def test_a_variable_that_says_what_the_options_say_is_not_told(project: MakeProject) -> None:
    made = project({"assay.toml": "merge_enabled = true\n", "settings.toml": PROFILE})
    assert told(made, "SRC023", MERGE_ENABLED_FOR_DYNACONF="true", INSTANCE_FOR_DYNACONF="x.y") == []


@pytest.mark.parametrize(
    ("name", "value", "severity"),
    [
        ("ENVVAR_PREFIX_FOR_DYNACONF", "5", "error"),
        ("LOADERS_FOR_DYNACONF", "[]", "warning"),
        ("MERGE_ENABLD_FOR_DYNACONF", "true", "warning"),
        ("PROJECT_ROOT", "/", "warning"),
    ],
)
def test_what_cannot_be_followed_is_told(project: MakeProject, name: str, value: str, severity: str) -> None:
    made = project({"settings.toml": PROFILE})
    assert told(made, "SRC023", **{name: value}) == [f"{severity} {name}"]
    assert _shown(made, **{name: value}) == {"port": 1}
    judged = _judged(made, **{name: value})
    assert judged["development"][0] is (severity == "warning")
    assert judged["production"] == (True, None)


def test_sections_and_the_switch_mean_nothing_where_environments_are_off(project: MakeProject) -> None:
    made = project({"assay.toml": "environments = false\n", "settings.toml": "[default]\n[production]\ndebug = true\n"})
    assert told(made, "SRC022") == ["warning default settings.toml:1:1"]
    assert told(made, "SRC022", ENV_FOR_DYNACONF="production") == [
        "warning ENV_FOR_DYNACONF", "warning default settings.toml:1:1"
    ]  # fmt: skip


def test_plain_tables_are_no_sections(project: MakeProject) -> None:
    plain = "port = 1\n[default]\ncolour = 'red'\n[database]\nhost = 'h'\n[test]\nx = 1\n"
    assert told(project({"assay.toml": "environments = false\n", "settings.toml": plain}), "SRC022") == []
    assert told(project({"assay.toml": "", "settings.toml": PROFILE}), "SRC022", ENV_FOR_DYNACONF="production") == []


def test_a_project_without_sections_may_be_production(project: MakeProject) -> None:
    options = 'environments = false\nproduction = ["main"]\n'
    made = project({"assay.toml": options, "settings.toml": "debug = true\n"})
    assert told(made, "APP001") == ["error main debug settings.toml:1:1"]


@pytest.mark.parametrize("separator", ["_", "FOR", "E"])
def test_a_separator_that_stands_in_dynaconfs_own_names_loads_nothing(project: MakeProject, separator: str) -> None:
    made = project({"assay.toml": f'nested_separator = "{separator}"\n', "settings.toml": PROFILE})
    assert told(made, "SRC025") == ["error assay.toml"]
    assert {one["judged"] for one in made.assay("check", "--format", "json").json["environments"]} == {False}
    assert made.assay("check").status == 1
    assert {judged for judged, _ in _judged(made).values()} == {False}


@pytest.mark.parametrize("separator", ["__", "___", "-", "e", ".", "_0_"])
def test_other_separators_are_fine(project: MakeProject, separator: str) -> None:
    made = project({"assay.toml": f'nested_separator = "{separator}"\n', "settings.toml": PROFILE})
    assert told(made, "SRC025") == []


@pytest.mark.parametrize("prefix", ["ORDERS_", "orders_", "SHOP,ORDERS_"])
def test_a_prefix_with_the_underscore_that_stock_adds_is_told(project: MakeProject, prefix: str) -> None:
    options = f'envvar_prefix = "{prefix}"\n'
    made = project({"assay.toml": options, "settings.toml": PROFILE})
    assert told(made, "SRC025") == ["warning assay.toml"]
    assert 'envvar_prefix = "ORDERS"' in findings(made, "SRC025")[0]["fix"]
    assert _shown(made, ORDERS_PORT="8", ORDERS__PORT="9")["port"] == 9


@pytest.mark.parametrize("options", ['envvar_prefix = "ORDERS"\n', 'envvar_prefix = "_"\n', "envvar_prefix = false\n"])
def test_other_prefixes_are_fine(project: MakeProject, options: str) -> None:
    assert told(project({"assay.toml": options, "settings.toml": PROFILE}), "SRC025") == []


def test_whoever_spells_the_variables_so_means_the_prefix_so(project: MakeProject) -> None:
    files = {"assay.toml": 'envvar_prefix = "ORDERS_"\n', "settings.toml": PROFILE}
    assert told(project({**files, "README.md": "Set ORDERS__PORT.\n"}), "SRC025") == []


def test_an_empty_list_of_files_loads_nothing(project: MakeProject) -> None:
    made = project({"assay.toml": "settings_files = []\n", "settings.toml": PROFILE})
    assert told(made, "SRC025") == ["error assay.toml"]
    preloaded = project({"assay.toml": 'settings_files = []\npreload = ["settings.toml"]\n', "settings.toml": PROFILE})
    assert told(preloaded, "SRC025") == []


@pytest.mark.parametrize(
    "lies", ["settings.toml", "config/settings.toml", "src/settings.yaml", "src/config/.secrets.toml"]
)
def test_files_that_lie_beside_a_call_without_files_are_not_read(project: MakeProject, lies: str) -> None:
    code = 'from dynaconf import Dynaconf\nsettings = Dynaconf(envvar_prefix="APP")\n'
    made = project({"src/conf.py": code, "pyproject.toml": "", lies: ""})
    assert told(made, "SRC025") == ["error src/conf.py:2:12"]
    assert made.assay("check").status == 1


@pytest.mark.parametrize("call", ["Dynaconf()", 'Dynaconf(envvar_prefix="APP", environments=True)', "LazySettings()"])
def test_an_application_may_be_configured_by_variables_alone(project: MakeProject, call: str) -> None:
    code = f"from dynaconf import Dynaconf, LazySettings\nsettings = {call}\n"
    made = project({"conf.py": code, "pyproject.toml": ""})
    assert told(made, "SRC025") == ["info conf.py:2:12"]
    ran = made.assay("check", APP_PORT="1")
    assert ran.status == 0, ran.out


def test_a_file_that_is_not_there_is_a_remark(project: MakeProject) -> None:
    options = 'settings_files = ["settings.toml", "local.toml"]\n'
    made = project({"assay.toml": options, "settings.toml": PROFILE})
    assert told(made, "SRC001") == ["info local.toml"]
    assert made.assay("check").status == 0
    assert made.assay("show").err == ""


def test_the_only_file_that_is_not_there_is_a_warning(project: MakeProject) -> None:
    assert told(project({"assay.toml": 'settings_files = ["config.toml"]\n'}), "SRC001") == ["warning config.toml"]


def test_dotenv_among_the_files_is_nothing_to_dynaconf(project: MakeProject) -> None:
    options = 'settings_files = ["settings.toml", ".env"]\n'
    made = project({"assay.toml": options, "settings.toml": PROFILE, ".env": "DYNACONF_PORT=9\n"})
    assert told(made, "SRC001") == ["info .env"]
    assert "load_dotenv" in findings(made, "SRC001")[0]["fix"]
    assert _shown(made) == {"port": 1}


@pytest.mark.parametrize(
    ("options", "files", "named"),
    [
        ('settings_files = ["settings.toml", "conf.d/*"]\n', {"conf.d/x.yaml": "a: 1\n"}, "conf.d/x.yaml"),
        ('settings_files = ["settings.toml", "more.json"]\n', {"more.json": "{}"}, "more.json"),
        ('settings_files = ["settings.toml", "app.config"]\n', {"app/config.py": "X = 1\n"}, "app/config.py"),
        ('includes = ["more.ini"]\n', {"more.ini": "[default]\n"}, "more.ini"),
        ("", {"settings/x.toml": "[default]\ndynaconf_include = ['more.yml']\n", "settings/more.yml": "a: 1\n",
              "more.yml": "a: 1\n"}, "settings/x.toml:2:21"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_toml_is_an_error(
    project: MakeProject, options: str, files: dict[str, str], named: str
) -> None:
    made = project({"assay.toml": options, "settings.toml": PROFILE, **files})
    assert told(made, "SRC021") == [f"error {named}"]
    assert {judged for judged, _ in _judged(made).values()} == {False}


def test_a_file_that_is_no_toml_leaves_those_unjudged_that_include_it(project: MakeProject) -> None:
    made = project({"settings.toml": f"{PROFILE}dynaconf_include = ['more.yaml']\n", "more.yaml": "a: 1\n"})
    assert _judged(made, ENV_FOR_DYNACONF="production") == {
        "production": (False, "settings.toml:5 names more.yaml, which is no TOML"),
    }
    assert _judged(made)["development"] == (True, None)


def test_what_dynaconf_does_not_load_either_is_not_told(project: MakeProject) -> None:
    options = 'settings_files = ["settings.toml", "conf.d/*"]\n'
    files = {"settings.toml": PROFILE, "conf.d/README": "x", "conf.d/notes.md": "x", "conf.d/a.toml": ""}
    assert told(project({"assay.toml": options, **files}), "SRC021") == []
    yaml = {**files, "conf.d/x.yaml": "a: 1\n"}
    assert told(project({"assay.toml": f'{options}core_loaders = ["TOML"]\n', **yaml}), "SRC021") == []


def test_a_file_named_absolutely_is_read(project: MakeProject) -> None:
    made = project({"settings.toml": PROFILE})
    made.write({"assay.toml": f'settings_files = ["{made.root}/settings.toml"]\n'})
    assert _shown(made, "production") == {"port": 2}
    assert told(made, "SRC001") == []


def test_a_file_of_secrets_that_nothing_reads_is_told_with_the_option(project: MakeProject) -> None:
    options = 'settings_files = ["settings.toml"]\n'
    made = project({"assay.toml": options, "settings.toml": PROFILE, ".secrets.toml": "[default]\nkey = 3\n"})
    (found,) = findings(made, "SRC024")
    assert found["origin"]["file"] == ".secrets.toml"
    option = 'settings_files = ["settings.toml", ".secrets.toml"]'
    assert found["edit"]["text"] == f"# assay.toml, in place of line 1:\n{option}"
    made.write({"assay.toml": found["edit"]["text"] + "\n"})
    assert told(made, "SRC024") == []
    assert "key" in _shown(made)


def test_examples_of_secrets_and_included_secrets_are_not_told(project: MakeProject) -> None:
    options = 'settings_files = ["settings.toml"]\n'
    profile = f"{PROFILE}dynaconf_include = ['.secrets.toml']\n"
    files = {".secrets.toml": "[default]\n", ".secrets.example.toml": "", "secrets.toml.sample": ""}
    assert told(project({"assay.toml": options, "settings.toml": profile, **files}), "SRC024") == []


def test_a_secrets_file_that_is_named_on_a_detour_is_read(project: MakeProject) -> None:
    files = {"app/default.toml": "[default]\na = 1\n", ".secrets.toml": "[production]\npassword = 'n7Gq2vX9wLr4TzY8'\n"}
    options = 'settings_files = ["app/default.toml", "app/../.secrets.toml"]\n'
    assert told(project({"assay.toml": options, **files}), "SRC024") == []


@pytest.mark.parametrize(
    ("file", "line", "told_as"),
    [
        ("config.py", 'settings.setenv("production")', ["info config.py:4:1"]),
        ("test_app.py", 'settings.setenv("production")', []),
        ("config.py", 'monkeypatch.setenv("ENV_FOR_DYNACONF", "production")', []),
        ("config.py", 'settings.from_env("production")', []),
    ],
)
def test_code_that_chooses_the_environment_is_told(
    project: MakeProject, file: str, line: str, told_as: list[str]
) -> None:
    call = 'from dynaconf import Dynaconf\nsettings = Dynaconf(environments=True, settings_files=["settings.toml"])\n'
    other = "from config import settings\n" if file != "config.py" else "\n"
    files = {"config.py": call, file: (call if file == "config.py" else "\n\n") + other + line + "\n"}
    made = project({"settings.toml": PROFILE, "use.py": "from config import settings\nsettings.PORT\n", **files})
    assert told(made, "SRC023") == told_as


CONVERTERS = {
    "by name": ("config.py", 'add_converter("up", str.upper)', {"a", "c[0]", "d", "e"}),
    "by token": ("config.py", 'add_converter("@up", func=str.upper)', {"a", "c[0]", "d", "e"}),
    "elsewhere": ("more.py", 'import dynaconf\ndynaconf.add_converter("up", str.upper)', {"a", "c[0]", "d", "e"}),
    "whatever it is": ("config.py", "for name in input():\n    add_converter(name, x)", {"a", "b", "c[0]", "d", "e"}),
    "of tests": ("conftest.py", 'import dynaconf\ndynaconf.add_converter("up", str.upper)', set()),
    "another function": ("more.py", 'from other import add_converter\nadd_converter("up", str.upper)', set()),
}


@pytest.mark.parametrize(("file", "line", "unknown"), CONVERTERS.values(), ids=CONVERTERS)
def test_what_a_converter_of_the_code_reads_is_not_known(
    project: MakeProject, file: str, line: str, unknown: set[str]
) -> None:
    call = "from dynaconf import Dynaconf, Validator, add_converter\n"
    call += 'settings = Dynaconf(settings_files=["settings.toml"], validators=[Validator("A", eq="X")])\n'
    values = 'a = "@up x"\nb = "@other x"\nc = ["@up y", "z"]\nd = "@format {this.a}"\ne = "q"\nf = "@upper x"\n'
    made = project({"config.py": call, "settings.toml": values})
    made.write({file: ((made.root / file).read_text() if file == "config.py" else "") + line + "\n"})
    assert {found["key"] for found in findings(made, "SRC014", DYNACONF_E="@up v")} == unknown
    assert bool(findings(made, "VAL001")) is not bool(unknown)
    assert _shown(made)["f"] == "X"


@pytest.mark.parametrize("name", ["_registered_hooks", "_wrapper_class"])
def test_hooks_in_the_call_are_told(project: MakeProject, name: str) -> None:
    call = f'from dynaconf import Dynaconf\nsettings = Dynaconf(settings_files=["settings.toml"], {name}=made())\n'
    made = project({"config.py": call, "settings.toml": "a = 1\n"})
    assert told(made, "SRC023") == ["warning config.py:2:55"]
    assert _shown(made) == {"a": 1}
