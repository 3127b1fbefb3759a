"""What a finding about a deployment advises works when somebody does it, in the source where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from examples import read_example
from projects import MakeProject

from app.checking.check import validate
from app.editing.fix import all_findings
from app.project.workspace import open_workspace
from app.reports import wire
from app.rules import RULES
from app.rules.kit.page import read_page

ENV = "- { name: ENV_FOR_DYNACONF, value: production }"
KEPT = "valueFrom: { secretKeyRef: { name: orders, key: password } } }"
DONE = {
    "DEP001": ("ORDERS_DELIVERY__REGION", "ORDERS_DELIVRY__REGION", "ORDERS_DELIVERY__REGION"),
    "DEP002": ("Add regoin to orders-env in deploy/orders.yaml", "data:\n", "data:\n  regoin: eu-west\n"),
    "DEP003": ("Give both the same", "eu-north", "eu-west"),
    "DEP004": ("Set ENV_FOR_DYNACONF to production.", "env:\n", f"env:\n            {ENV}\n"),
    "DEP005": ("valueFrom.secretKeyRef", 'value: "uN9#kd82!xQ4-vT7pLw3" }', KEPT),
    "DEP006": ("enableServiceLinks: false", "    spec:\n", "    spec:\n      enableServiceLinks: false\n"),
    "DEP007": ("quotation marks around the value", "value: on", 'value: "on"'),
    "DEP008": ("Write 8000 there", "containerPort: 8080", "containerPort: 8000"),
}
"""By rule: what the fix says, and the same as an edit of the wrong example's manifest."""


def found(root: Path, rule: str) -> list[wire.ReportedFinding]:
    return [one for one in all_findings(validate(open_workspace(root, {}))) if one.rule == rule]


@pytest.mark.parametrize("name", DONE)
def test_whoever_does_what_is_advised_is_rid_of_the_finding(name: str, tmp_path: Path) -> None:
    says, old, new = DONE[name]
    (rule,) = [one for one in RULES if one.id == name]
    read_example(read_page(rule.page).wrong.text).write(tmp_path)
    before = found(tmp_path, name)
    assert before
    assert all(says in one.fix for one in before)
    manifest = tmp_path / "deploy/orders.yaml"
    text = manifest.read_text()
    assert old in text
    manifest.write_text(text.replace(old, new, 1))
    assert found(tmp_path, name) == []


OPTIONS = """\
known_environments = ["development", "production"]
envvar_prefix = "ORDERS"
settings_files = ["settings.toml"]
deployments = { production = "FILE" }
"""
PROFILE = '[default]\nrelay = "a"\npassword = "@none"\n[default.db]\nhost = "b"\n[production]\n'
SOURCES = {
    "pod.yaml": "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: api\n      env:\n"
    "        - { name: ENV_FOR_DYNACONF, value: production }\n        - { name: NAME, value: 'TEXT' }\n",
    "compose.yaml": "services:\n  api:\n    environment:\n      ENV_FOR_DYNACONF: production\n      NAME: 'TEXT'\n",
    "compose-list.yaml": "services:\n  api:\n    environment: [ENV_FOR_DYNACONF=production, 'NAME=TEXT']\n",
    "orders.service": '[Service]\nEnvironment=ENV_FOR_DYNACONF=production "NAME=TEXT"\n',
    "Dockerfile": 'FROM python:3.12\nENV ENV_FOR_DYNACONF=production NAME="TEXT"\n',
    "orders.env": "ENV_FOR_DYNACONF=production\nNAME='TEXT'\n",
    "orders.json": '{"ENV_FOR_DYNACONF": "production", "NAME": "TEXT"}',
}


@dataclass(frozen=True, kw_only=True)
class Advice:
    """A fault of a variable, what its fix says (`hidden`: of secrets), and the variable as it is then."""

    rule: str
    name: str
    text: str
    says: str
    then: tuple[str, str]
    hidden: str = ""


SECRET = {"orders.env"}
"""Sources that nobody is shown a word of."""

ADVICE = [
    Advice(rule="DEP001", name="ORDERS_RELEY", text="x", says="Did you mean ORDERS_RELAY?", then=("ORDERS_RELAY", "x")),
    Advice(rule="ENV004", name="ORDERS_DB_HOST", text="x", says="ORDERS_DB__HOST", then=("ORDERS_DB__HOST", "x")),
    Advice(rule="ENV002", name="ORDERS_DEBUG", text="TRUE", says="=true", hidden="=true or false",
           then=("ORDERS_DEBUG", "true")),
    Advice(rule="ENV007", name="ORDERS_RELAY", text="%(HOST)s", says="@format {env[HOST]}",
           hidden="@format {env[NAME]}",
           then=("ORDERS_RELAY", "@format {env[HOST]}")),
    Advice(rule="DEP004", name="FORCE_ENV_FOR_DYNACONF", text="development",
           says="Set FORCE_ENV_FOR_DYNACONF to production.", then=("FORCE_ENV_FOR_DYNACONF", "production")),
]  # fmt: skip


@pytest.mark.parametrize("file", SOURCES)
@pytest.mark.parametrize("advice", ADVICE, ids=lambda one: one.rule)
def test_advice_about_a_variable_is_followed_where_it_stands(file: str, advice: Advice, project: MakeProject) -> None:
    files = {"assay.toml": OPTIONS.replace("FILE", file), "settings.toml": PROFILE}
    made = project({**files, file: _source(file, advice.name, advice.text)})
    before = found(made.root, advice.rule)
    says = advice.hidden or advice.says if file in SECRET else advice.says
    assert [says in one.fix for one in before] == [True]
    assert isinstance(before[0].origin, wire.DeploymentOrigin)
    assert (before[0].origin.file, before[0].origin.name) == (file, advice.name)
    made.write({file: _source(file, *advice.then)})
    assert found(made.root, advice.rule) == []


def _source(file: str, name: str, text: str) -> str:
    return SOURCES[file].replace("NAME", name).replace("TEXT", text.replace("%", "%%") if "service" in file else text)


MISSING: Mapping[str, tuple[Mapping[str, str], str, Mapping[str, str]]] = {
    "a ConfigMap": (
        {"pod.yaml": SOURCES["pod.yaml"] + "      envFrom: [{ configMapRef: { name: more } }]\n"},
        "Add the manifest of more to the deployment's sources",
        {"pod.yaml": SOURCES["pod.yaml"] + "      envFrom: [{ configMapRef: { name: more } }]\n"
         "---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: more }\n"},
    ),
    "a ConfigMap that may be absent": (
        {"pod.yaml": SOURCES["pod.yaml"] + "      envFrom: [{ configMapRef: { name: more } }]\n"},
        "or write optional: true",
        {"pod.yaml": SOURCES["pod.yaml"] + "      envFrom: [{ configMapRef: { name: more, optional: true } }]\n"},
    ),
    "an env_file": (
        {"compose.yaml": SOURCES["compose.yaml"] + "    env_file: more.env\n"}, "Put more.env there", {"more.env": ""},
    ),
    "an env_file that may be absent": (
        {"compose.yaml": SOURCES["compose.yaml"] + "    env_file: more.env\n"}, "{ path: more.env, required: false }",
        {"compose.yaml": SOURCES["compose.yaml"] + "    env_file: [{ path: more.env, required: false }]\n"},
    ),
    "a file on the host": (
        {"orders.service": SOURCES["orders.service"] + "EnvironmentFile=more.env\n"}, "from the root on",
        {"orders.service": SOURCES["orders.service"] + "EnvironmentFile=/etc/more.env\n"},
    ),
    "a source": ({"pod.yaml": ""}, "put the file there", {"pod.yaml": SOURCES["pod.yaml"]}),
    "a template": (
        {"pod.yaml": SOURCES["pod.yaml"].replace("'TEXT'", "{{ .Values.text }}")}, "Render it first",
        {"pod.yaml": SOURCES["pod.yaml"]},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "says", "then"), MISSING.values(), ids=MISSING)
def test_what_is_missing_can_be_given_as_the_fix_says(
    files: Mapping[str, str], says: str, then: Mapping[str, str], project: MakeProject
) -> None:
    (name, text), *_ = files.items()
    made = project(
        {"assay.toml": OPTIONS.replace("FILE", name), "settings.toml": PROFILE, **({name: text} if text else {})}
    )
    before = [one for rule in ("DEP002", "DEP009") for one in found(made.root, rule)]
    assert [says in one.fix for one in before] == [True]
    made.write(then)
    assert [one for rule in ("DEP002", "DEP009") for one in found(made.root, rule)] == []


@pytest.mark.parametrize("file", [name for name in SOURCES if name not in {"orders.env", "orders.json"}])
def test_no_fix_asks_for_a_secret_in_a_committed_manifest(file: str, project: MakeProject) -> None:
    files = {"assay.toml": OPTIONS.replace("FILE", file), "settings.toml": PROFILE}
    made = project({**files, file: _source(file, "ORDERS_PASSWORD", "changeme")})
    (placeholder,) = found(made.root, "SEC001")
    assert f"by reference (valueFrom.secretKeyRef, env_file or EnvironmentFile=), not in {file}" in placeholder.fix
    assert not placeholder.edit
    for reference in ("${DB_PASSWORD}", "@format {env[DB_PASSWORD]}", "vault:orders/db"):
        made.write(
            {file: _source(file, "ORDERS_PASSWORD", reference.replace("$", "$$") if "compose" in file else reference)}
        )
        assert found(made.root, "DEP005") == []
