import subprocess
import sys
from typing import Any

from projects import MakeProject, ProjectFolder

from app.core.layers import Span

OPTIONS = 'load_dotenv = true\nenvvar_prefix = "APP"\n'
SETTINGS = "[default]\nport = 1\nname = 'file'\n[production]\nport = 2\n"


def shown(project: ProjectFolder, *arguments: str, **environ: str) -> dict[str, tuple[Any, Any]]:
    document = project.assay("show", *arguments, "--reveal", "--format", "json", **environ).json
    return {value["key"]: (value["value"], value["origin"]) for value in document["values"]}


def test_a_variable_of_dotenv_beats_files_and_knows_its_line(project: MakeProject) -> None:
    made = project({"assay.toml": OPTIONS, "settings.toml": SETTINGS, ".env": "# x\nAPP_PORT=8\n"})
    assert shown(made)["port"] == (8, {"kind": "dotenv", "file": ".env", "line": 2, "name": "APP_PORT"})
    leaf = made.workspace().tree("development").get("port")
    assert leaf
    assert leaf.origin
    assert leaf.origin.span == Span(line=2, column=1, end_line=2, end_column=1)


def test_the_real_variable_hides_the_one_of_dotenv(project: MakeProject) -> None:
    made = project({"assay.toml": OPTIONS, "settings.toml": SETTINGS, ".env": "APP_PORT=8\n"})
    assert shown(made, APP_PORT="9")["port"] == (9, {"kind": "variable", "name": "APP_PORT"})


def test_dotenv_belongs_to_the_active_environment_alone(project: MakeProject) -> None:
    made = project({"assay.toml": OPTIONS, "settings.toml": SETTINGS, ".env": "APP_PORT=8\n"})
    assert shown(made, "production")["port"][0] == 2
    assert shown(made, "production", "--environ", "all")["port"][0] == 8
    assert shown(made, "--environ", "none")["port"][0] == 1


def test_dotenv_may_select_the_active_environment(project: MakeProject) -> None:
    made = project(
        {"assay.toml": OPTIONS, "settings.toml": SETTINGS, ".env": "ENV_FOR_DYNACONF=production\nAPP_NAME=x\n"}
    )
    values = shown(made)
    assert values["port"][0] == 2
    assert values["name"][0] == "x"


def test_dotenv_is_not_read_unless_the_project_loads_it(project: MakeProject) -> None:
    made = project({"assay.toml": 'envvar_prefix = "APP"\n', "settings.toml": SETTINGS, ".env": "APP_PORT=8\n"})
    assert shown(made)["port"][0] == 1


def test_a_reference_finds_variables_of_dotenv(project: MakeProject) -> None:
    settings = "[default]\nurl = '@format http://{env[HOST_NAME]}/'\n"
    made = project({"assay.toml": OPTIONS, "settings.toml": settings, ".env": "HOST_NAME=db\n"})
    assert shown(made)["url"][0] == "http://db/"


def test_a_section_includes_for_its_own_environment_alone(project: MakeProject) -> None:
    made = project(
        {
            "settings.toml": "[default]\na = 1\n[production]\ndynaconf_include = ['more.toml']\n",
            "more.toml": "[default]\nb = 2\n",
        }
    )
    assert "b" not in shown(made, "development")
    assert shown(made, "production")["b"][1]["file"] == "more.toml"


def test_lines_that_dynaconf_leaves_out_are_told_without_their_text(project: MakeProject) -> None:
    broken = 'APP_PORT=8\n=canary-one\nexport\n# why\nAPP_TOKEN="canary-two\n'
    made = project({"assay.toml": OPTIONS, "settings.toml": SETTINGS, ".env": broken})
    done = made.assay("check", "--format", "json")
    told = [finding for finding in done.json["findings"] if finding["rule"] == "ENV002"]
    assert [(finding["severity"], finding["origin"]["line"]) for finding in told] == [("warning", 2), ("warning", 5)]
    assert "is not set" in told[0]["message"]
    assert "canary" not in done.out + made.assay("check").out
    assert "token" not in shown(made)


def test_of_two_names_for_one_key_that_of_dotenv_counts_as_it_is_loaded_later(project: MakeProject) -> None:
    made = project({"assay.toml": OPTIONS, "settings.toml": SETTINGS, ".env": "APP_PORT=8\nAPP_DB__PORT=2\n"})
    environ = {"APP_Port": "9", "APP_DB": "{port=1}"}
    code = "from dynaconf import Dynaconf; s = Dynaconf(environments=True, settings_files=['settings.toml'],"
    code += " envvar_prefix='APP', load_dotenv=True); print(s.PORT, s.DB.port)"
    stock = subprocess.run(
        [sys.executable, "-c", code], cwd=made.root, env=environ, capture_output=True, text=True, check=True
    )
    values = shown(made, **environ)
    assert stock.stdout.split() == [str(values[key][0]) for key in ("port", "db.port")] == ["8", "2"]
