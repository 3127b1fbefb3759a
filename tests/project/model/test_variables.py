"""What a model's validators find in `os.environ`: the variables of the environment, and nothing of other ones."""

import json

from projects import MakeProject, ProjectFolder

MODEL = """
import os
from pydantic import BaseModel, model_validator

AT_IMPORT = "REGION" in os.environ

class Settings(BaseModel):
    port: int = 1

    @model_validator(mode="after")
    def check(self):
        if AT_IMPORT or "REGION" not in os.environ:
            raise ValueError("REGION is not set")
        if os.environ["REGION"] == "told":
            raise ValueError(f"refused: {os.environ['API_TOKEN']} {os.environ.get('ASSAY_APP__SECRET_KEY')}")
        return self
"""
OPTIONS = 'settings_files = ["settings.toml"]\nschema = "model:Settings"\ndeployments = { staging = "deploy.env" }\n'
PROFILE = "[default]\nport = 1\n[production]\nport = 2\n[staging]\nport = 3\n"


def _made(project: MakeProject) -> ProjectFolder:
    files = {
        "assay.toml": OPTIONS,
        "settings.toml": PROFILE,
        "model.py": MODEL,
        "deploy.env": "ENV_FOR_DYNACONF=staging\nREGION=eu\n",
    }
    return project(files)


def _verdicts(made: ProjectFolder, **environ: str) -> dict[str, bool]:
    report = made.assay("check", "production", "staging", "--format", "json", **environ).json
    return {one["name"]: one["valid"] for one in report["environments"]}


def test_a_validator_finds_the_variables_of_the_environment_alone(project: MakeProject) -> None:
    made = _made(project)
    production = {"ENV_FOR_DYNACONF": "production"}
    assert _verdicts(made, **production, REGION="eu") == {"production": True, "staging": True}
    assert _verdicts(made, **production) == {"production": False, "staging": True}
    made.write({"deploy.env": "ENV_FOR_DYNACONF=staging\n"})
    assert _verdicts(made, **production, REGION="eu") == {"production": True, "staging": False}


def test_a_validator_finds_a_text_of_several_lines_and_none_that_cannot_be_handed_on(project: MakeProject) -> None:
    made = _made(project)
    for text, is_set in (("-----BEGIN\n\tKEY\n", True), ("\x1b", True), ("\ud800", False), ("a\0b", False)):
        made.write({"env.json": json.dumps({"ENV_FOR_DYNACONF": "staging", "REGION": text})})
        made.write({"assay.toml": OPTIONS.replace("deploy.env", "env.json")})
        assert _verdicts(made, ENV_FOR_DYNACONF="production", REGION="eu")["staging"] is is_set


def test_what_a_validator_repeats_of_a_secret_variable_is_not_shown(project: MakeProject) -> None:
    environ = {
        "ENV_FOR_DYNACONF": "production",
        "REGION": "told",
        "API_TOKEN": "canary-81",
        "ASSAY_APP__SECRET_KEY": "canary-82",
    }
    ran = _made(project).assay("check", "production", "--format", "json", **environ)
    assert "TYP004" in ran.out
    assert "canary-8" not in ran.out + ran.err
