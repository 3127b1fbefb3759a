"""An environment with a deployment is judged as if it ran there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, TextIOWrapper
from typing import Any

import pytest
import yaml
from projects import MakeProject, ProjectFolder
from stock import Question, Stock, canonical

pytestmark = pytest.mark.usefixtures("quick_models")

OPTIONS = """\
known_environments = ["development", "staging", "production"]
envvar_prefix = "ORDERS"
merge_enabled = true
schema = "model:Settings"
settings_files = ["settings.toml"]

[deployments]
production = { path = "deploy/*.yaml", container = "api" }
staging = "compose.yaml"
"""
MODEL = """\
from pydantic import BaseModel, SecretStr

class Settings(BaseModel):
    relay: str
    password: SecretStr
    timeout: int = 25
"""
MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders }
spec:
  template:
    spec:
      enableServiceLinks: false
      containers:
        - name: api
          env:
            - { name: ENV_FOR_DYNACONF, value: production }
            - name: ORDERS_RELAY
              value: mail.internal
            - name: ORDERS_PASSWORD
              valueFrom: { secretKeyRef: { name: kept, key: password } }
"""
COMPOSE = """\
services:
  api:
    env_file: one.env
    environment: { ENV_FOR_DYNACONF: staging, ORDERS_RELAY: mail.staging }
"""
FILES = {
    "assay.toml": OPTIONS,
    "model.py": MODEL,
    "settings.toml": "[development]\nrelay = 'localhost'\npassword = 'x'\n[production]\n[staging]\n",
    "deploy/orders.yaml": MANIFEST,
    "compose.yaml": COMPOSE,
    "one.env": "ORDERS_PASSWORD=canary-of-one-env\n",
}


@pytest.fixture
def deployed(project: MakeProject) -> ProjectFolder:
    return project(FILES)


def told(made: ProjectFolder, rule: str, *arguments: str) -> list[str]:
    """One line for each finding of a rule: severity, environment, key and place."""
    report = made.assay("check", *arguments, "--format", "json").json
    found = [*report["findings"], *(one for each in report["environments"] for one in each["findings"])]
    return [_line(one) for one in found if one["rule"] == rule]


def _line(finding: dict[str, Any]) -> str:
    origin = finding["origin"] or {}
    place = f"{origin['file']}:{origin['line']}:{origin['column']}" if origin.get("line") else None
    return " ".join(word for word in (finding["severity"], finding["environment"], finding["key"], place) if word)


def environment(made: ProjectFolder, name: str, *arguments: str) -> dict[str, Any]:
    (found,) = made.assay("check", name, *arguments, "--format", "json").json["environments"]
    return dict(found)


def test_production_behind_kubernetes_and_staging_behind_compose_are_judged(deployed: ProjectFolder) -> None:
    production, staging = environment(deployed, "production"), environment(deployed, "staging")
    assert (production["valid"], staging["valid"], staging["deferred"]) == (True, True, [])
    (supplied,) = production["deferred"]
    place = {"kind": "deployment", "file": "deploy/orders.yaml", "line": 15, "column": 61}
    assert supplied["key"] == "password"
    assert supplied["supplied"] == place | {"name": "ORDERS_PASSWORD", "via": "secret kept, key password"}
    assert environment(deployed, "production", "--strict-secrets")["valid"]


def test_a_manifest_that_loses_a_variable_fails_the_check(deployed: ProjectFolder) -> None:
    lines = MANIFEST.splitlines(keepends=True)
    assert deployed.assay("check", "production").status == 0
    deployed.write({"deploy/orders.yaml": "".join(lines[:11] + lines[13:])})
    assert deployed.assay("check", "production").status == 1
    assert told(deployed, "TYP001", "production") == ["error production relay"]
    deployed.write({"deploy/orders.yaml": "".join(lines[:13])})
    assert told(deployed, "TYP001", "production") == ["error production password"]


NESTED = """\
from pydantic import BaseModel, SecretStr

class Token(BaseModel):
    key: SecretStr
    issuer: str
    audience: str = "all"

class Auth(BaseModel):
    token: Token

class Settings(BaseModel):
    relay: str
    auth: Auth
"""


@pytest.mark.parametrize(
    ("supplied", "missing"),
    [
        ([], ["error production auth"]),
        (["AUTH__TOKEN__KEY"], ["error production auth.token.issuer"]),
        (["AUTH__TOKEN__AUDIENCE"], ["error production auth.token.issuer", "error production auth.token.key"]),
        (["AUTH__TOKEN__KEY", "AUTH__TOKEN__ISSUER"], []),
        (["AUTH__TOKEN"], []),
        (["AUTH"], []),
    ],
)
def test_of_a_table_that_is_supplied_in_part_the_rest_is_missing(
    deployed: ProjectFolder, supplied: list[str], missing: list[str]
) -> None:
    entry = "            - {{ name: ORDERS_{}, valueFrom: {{ secretKeyRef: {{ name: kept, key: k }} }} }}\n"
    text = "".join(MANIFEST.splitlines(keepends=True)[:13]) + "".join(map(entry.format, supplied))
    deployed.write({"model.py": NESTED, "deploy/orders.yaml": text})
    assert sorted(told(deployed, "TYP001", "production")) == missing


def test_a_misspelled_variable_beside_a_secret_is_not_said_to_be_one(deployed: ProjectFolder) -> None:
    entry = "            - {{ name: ORDERS_{}, value: word-of-nobody }}\n"
    text = (
        "".join(MANIFEST.splitlines(keepends=True)[:13]) + entry.format("ATUH__ISSUER") + entry.format("AUTH__PASSWORD")
    )
    nested = NESTED.replace("token: Token", "password: SecretStr\n    issuer: str")
    deployed.write({"model.py": nested, "deploy/orders.yaml": text})
    assert told(deployed, "DEP001", "production") == ["warning production atuh.ISSUER deploy/orders.yaml:14:51"]
    assert told(deployed, "DEP005", "production") == ["error production auth.password deploy/orders.yaml:15:53"]


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("AUTH__PASSWROD", "AUTH__password"),
        ("AUTH__PASSWORD", "AUTH__password"),
        ("ATUH__PASSWORD", "AUTH__password"),
        ("AUTH__PASSING", None),
        ("AUTH__OTHER", None),
    ],
)
def test_a_misspelled_variable_and_the_key_that_it_leaves_missing_are_one_story(
    deployed: ProjectFolder, name: str, right: str | None
) -> None:
    text = "".join(MANIFEST.splitlines(keepends=True)[:13])
    text += f"            - {{ name: ORDERS_{name}, value: word-of-nobody }}\n"
    model = NESTED.replace("token: Token", "password: SecretStr\n    issuer: str = 'x'")
    profiles = FILES["settings.toml"] + "[default.auth]\nissuer = 'y'\n[staging.auth]\npassword = 'of-staging'\n"
    deployed.write({"model.py": model, "deploy/orders.yaml": text, "settings.toml": profiles})
    found = {one["rule"]: one for one in environment(deployed, "production")["findings"]}
    assert found["TYP001"]["key"] == "auth.password"
    if right is None:
        assert "DEP005" not in found
        assert "Rename" not in found["TYP001"]["fix"]
        return
    assert found["TYP001"]["fix"] == f"Rename ORDERS_{name} in deploy/orders.yaml to ORDERS_{right}."
    assert f"ORDERS_{right}" in (found.get("DEP001") or found["ENV006"])["fix"]
    assert (found["DEP005"]["origin"]["line"], found["DEP005"]["severity"]) == (14, "error")
    assert "XENV003" not in found


def test_without_a_model_a_misspelled_secret_in_clear_is_one_by_the_key_of_a_file(deployed: ProjectFolder) -> None:
    options = OPTIONS.replace('schema = "model:Settings"\n', "")
    text = "".join(MANIFEST.splitlines(keepends=True)[:13])
    text += "            - { name: ORDERS_PASSWROD, value: word-of-nobody }\n"
    deployed.write({"assay.toml": options, "deploy/orders.yaml": text})
    assert told(deployed, "DEP005", "production") == ["error production passwrod deploy/orders.yaml:14:47"]
    assert told(deployed, "DEP001", "production") == ["warning production passwrod deploy/orders.yaml:14:47"]


def test_a_secret_that_nobody_here_knows_may_hold_a_required_one(deployed: ProjectFolder) -> None:
    text = "".join(MANIFEST.splitlines(keepends=True)[:13])
    deployed.write({"deploy/orders.yaml": f"{text}          envFrom: [{{ secretRef: {{ name: away }} }}]\n"})
    found = environment(deployed, "production")
    assert found["valid"]
    assert [one["supplied"]["via"] for one in found["deferred"]] == ["secret away"]


def test_the_manifests_line_wins_and_says_so(deployed: ProjectFolder) -> None:
    deployed.write({"settings.toml": FILES["settings.toml"] + "[default]\nrelay = 'below'\n"})
    (leaf,) = deployed.assay("explain", "relay", "--env", "production", "--format", "json").json["leaves"]
    place = {"kind": "deployment", "file": "deploy/orders.yaml", "line": 13, "column": 22}
    assert leaf["origin"] == place | {"name": "ORDERS_RELAY", "via": None}
    assert [layer["winner"] for layer in leaf["layers"]] == [False, True]
    shown = deployed.assay("explain", "relay", "--env", "production").out
    assert "ORDERS_RELAY in deploy/orders.yaml:13:22" in shown


def test_variables_of_the_process_are_above_the_deployments(deployed: ProjectFolder) -> None:
    environ = {"ENV_FOR_DYNACONF": "production", "ORDERS_RELAY": "mine"}
    arguments = ("explain", "relay", "--env", "production", "--format", "json")
    (leaf,) = deployed.assay(*arguments, **environ).json["leaves"]
    assert (leaf["value"], leaf["origin"]["kind"]) == ("mine", "variable")
    (leaf,) = deployed.assay(*arguments, "--environ", "none", **environ).json["leaves"]
    assert (leaf["value"], leaf["origin"]["kind"]) == ("mail.internal", "deployment")


@contextmanager
def standard_input(text: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode())))
    yield


def test_one_call_may_name_one_more_source(deployed: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    deployed.write({"rendered.yaml": MANIFEST.replace("name: ORDERS_RELAY", "name: ORDERS_RELEY")})
    line = "warning production reley rendered.yaml:13:22"
    assert told(deployed, "DEP001", "production", "--deployment", "rendered.yaml") == [line]
    assert told(deployed, "DEP001", "production") == []
    with standard_input((deployed.root / "rendered.yaml").read_text(), monkeypatch):
        assert told(deployed, "DEP001", "production", "--deployment", "-") == [line.replace("rendered.yaml", "-")]
    assert deployed.assay("check", "production", "--deployment", "away.yaml").status == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("apiVersion: v1\nkind: ConfigMap\ndata: [", "does not parse"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Values.name }} }", "is a template"),
        ("apiVersion: v1\nkind: ConfigMap\n", "starts no process"),
        (f"apiVersion: v1\nkind: Template\nobjects:\n- {json.dumps(yaml.safe_load(MANIFEST))}\n", "is a template"),
        (MANIFEST.replace("name: api", "name: web"), "starts no process"),
        ("words", "is no deployment that is known"),
        (b"a: \xff", "is not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_a_finding_and_its_environment_is_not_judged(
    deployed: ProjectFolder, text: str, reason: str
) -> None:
    deployed.write({"deploy/orders.yaml": text})
    report = deployed.assay("check", "--format", "json").json
    assert [one["rule"] for one in report["findings"]] == ["DEP009"]
    judged = {one["name"]: one["judged"] for one in report["environments"]}
    assert judged == {"development": True, "staging": True, "production": False}
    assert reason in next(one["reason"] for one in report["environments"] if not one["judged"])


def test_a_link_out_of_the_project_is_not_followed(deployed: ProjectFolder) -> None:
    outside = deployed.root.parent / "outside.yaml"
    outside.write_text(MANIFEST.replace("mail.internal", "canary-outside"))
    (deployed.root / "deploy/orders.yaml").unlink()
    (deployed.root / "deploy/orders.yaml").symlink_to(outside)
    ran = deployed.assay("check", "--format", "json")
    assert [one["rule"] for one in ran.json["findings"]] == ["DEP009"]
    assert "canary" not in ran.out


def test_options_name_what_is_wrong_with_them(deployed: ProjectFolder) -> None:
    deployed.write({"assay.toml": OPTIONS.replace("container =", "contaner =")})
    ran = deployed.assay("check")
    assert ran.status == 2
    assert "deployments.production[0].contaner" in ran.err
    assert "container" in ran.err


COMMANDS = (
    ("check",), ("check", "--format", "json"), ("check", "--format", "sarif"), ("check", "--format", "junit"),
    ("check", "--format", "github"), ("show", "production"), ("show", "staging"), ("matrix",),
    ("explain", "relay", "--env", "staging"), ("explain", "password", "--env", "staging"),
    ("diff", "staging", "production", "--all"), ("check", "--strict-secrets"),
)  # fmt: skip
SECRETS = """\
            - { name: ORDERS_API_KEY, value: canary-in-clear }
            - { name: ORDERS_REGION, valueFrom: { secretKeyRef: { name: here, key: region } } }
            - { name: ORDERS_STORE_URL, value: "redis://me:canary-url@db/0" }
---
apiVersion: v1
kind: Secret
metadata: { name: here }
stringData: { region: canary-region }
"""


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_output_holds_a_secret_of_any_source(deployed: ProjectFolder, command: tuple[str, ...]) -> None:
    deployed.write({"deploy/orders.yaml": MANIFEST + SECRETS})
    ran = deployed.assay(*command)
    assert ran.status in {0, 1}
    assert "canary" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("more", "rule", "lines"),
    [
        ("            - { name: ORDERS_API_KEY, value: secret-in-clear-12 }\n", "DEP005",
         ["error production api_key deploy/orders.yaml:16:46"]),
        ("            - { name: ORDERS_TIMOUT, value: '2' }\n", "DEP001",
         ["warning production timout deploy/orders.yaml:16:45"]),
        ("            - { name: ORDERS_X, valueFrom: { configMapKeyRef: { name: no, key: x } } }\n", "DEP002",
         ["error production x deploy/orders.yaml:16:71"]),
        ("            - { name: ENV_FOR_DYNACONF, value: staging }\n", "DEP004",
         ["error production deploy/orders.yaml:16:48"]),
        ("            - { name: ORDERS_TIMEOUT, value: 26 }\n", "DEP007",
         ["error production timeout deploy/orders.yaml:16:46"]),
    ],
)  # fmt: skip
def test_findings_stand_at_their_line_and_column(
    deployed: ProjectFolder, more: str, rule: str, lines: list[str]
) -> None:
    assert told(deployed, rule) == []
    deployed.write({"deploy/orders.yaml": MANIFEST + more})
    assert told(deployed, rule) == lines


PLACES = {
    "text": "in deploy/orders.yaml:16:45", "json": '"line": 16, "column": 45',
    "sarif": '"startLine": 16, "startColumn": 45',
    "junit": "at deploy/orders.yaml:16:45", "github": "file=deploy/orders.yaml,line=16,col=45",
}  # fmt: skip


@pytest.mark.parametrize("answer", PLACES)
def test_every_format_tells_the_line_and_the_column(deployed: ProjectFolder, answer: str) -> None:
    deployed.write({"deploy/orders.yaml": MANIFEST + "            - { name: ORDERS_TIMOUT, value: '2' }\n"})
    said = deployed.assay("check", "production", "--format", answer).out
    assert PLACES[answer].replace(" ", "") in "".join(said.split())


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [("ORDERS_A=1\nORDERS_PASSWORD='canary\n", "ENV002", "warning hosts/prod.env:2:1"),
     ("\ufeffORDERS_PASSWORD=canary\n", "SRC003", "error hosts/prod.env:1:1")],
)  # fmt: skip
def test_what_a_listed_dotenv_loses_is_told_as_of_the_projects_own(
    text: str, rule: str, line: str, project: MakeProject
) -> None:
    options = 'envvar_prefix = "ORDERS"\n[deployments]\nproduction = "hosts/prod.env"\nstaging = "hosts/prod.env"\n'
    made = project({"assay.toml": options, "settings.toml": "[default]\na = 1\n", "hosts/prod.env": text})
    assert told(made, rule, "production", "staging") == [line]
    assert "canary" not in made.assay("check", "production", "staging").out
    made.write({"hosts/prod.env": "ORDERS_PASSWORD='canary'\n"})
    assert told(made, rule, "production", "staging") == []


def test_a_known_finding_in_one_manifest_hides_none_in_another(deployed: ProjectFolder) -> None:
    more = "            - { name: ORDERS_TIMOUT, value: '2' }\n"
    other = MANIFEST.replace("name: orders", "name: other")
    deployed.write({"deploy/orders.yaml": MANIFEST + more, "deploy/other.yaml": other})
    deployed.assay("check", "production", "--write-baseline", "known.json")
    assert told(deployed, "DEP001", "production", "--baseline", "known.json") == []
    deployed.write({"deploy/orders.yaml": MANIFEST, "deploy/other.yaml": other + more})
    line = "warning production timout deploy/other.yaml:16:45"
    assert told(deployed, "DEP001", "production", "--baseline", "known.json") == [line]


def test_two_replicas_that_differ_are_told(deployed: ProjectFolder) -> None:
    other = MANIFEST.replace("name: orders", "name: canary").replace("mail.internal", "mail.other")
    deployed.write({"deploy/other.yaml": other})
    assert told(deployed, "DEP003") == ["warning production relay deploy/other.yaml:13:22"]


def test_service_links_are_told_where_a_service_bears_the_prefix(deployed: ProjectFolder) -> None:
    service = "---\napiVersion: v1\nkind: Service\nmetadata: { name: orders }\n"
    deployed.write({"deploy/orders.yaml": MANIFEST + service})
    assert told(deployed, "DEP006") == []
    linked = MANIFEST.replace("enableServiceLinks: false", "hostNetwork: false")
    deployed.write({"deploy/orders.yaml": linked + service})
    assert told(deployed, "DEP006") == ["warning production deploy/orders.yaml:9:11"]


@pytest.mark.parametrize("name", ["staging", "production"])
def test_the_values_are_those_of_stock_dynaconf_under_the_platforms_environ(
    deployed: ProjectFolder, stock: Stock, name: str
) -> None:
    host = {"staging": "mail.staging", "production": "mail.internal"}[name]
    password = {"staging": {"ORDERS_PASSWORD": "canary-of-one-env"}, "production": {}}[name]
    environ = {"ENV_FOR_DYNACONF": name, "ORDERS_RELAY": host, **password}
    options = {"environments": True, "envvar_prefix": "ORDERS", "merge_enabled": True}
    answer = stock.ask(Question(folder=deployed.root, options=options, environ=environ))
    tree = deployed.workspace().tree(name)
    assert answer.values is not None
    got = {leaf.key.casefold(): canonical(leaf.value) for leaf in tree.leaves}
    want = {key.casefold(): value for key, value in answer.values.items()}
    assert got == want


HOST = {
    "assay.toml": OPTIONS.replace(
        'staging = "compose.yaml"', 'staging = ["Dockerfile", "deploy/orders.service", "deploy/orders.env"]'
    ),
    "Dockerfile": "FROM python:3.12\nENV ENV_FOR_DYNACONF=staging ORDERS_TIMEOUT=9 ORDERS_RELAY=of.the.image\n",
    "deploy/orders.service": (
        "[Service]\nEnvironment=ORDERS_RELAY=of.the.unit ORDERS_TIMEOUT=10\nEnvironmentFile=/etc/orders/orders.env\n"
    ),
    "deploy/orders.service.d/10-more.conf": '[Service]\nEnvironment="ORDERS_RELAY=of.the.drop in"\n',
    "deploy/orders.env": "ORDERS_PASSWORD=canary # no comment to systemd\n",
}


def test_a_unit_is_above_its_image_and_reads_the_file_that_is_listed_beside_it(
    project: MakeProject, stock: Stock
) -> None:
    made = project(FILES | HOST)
    environ = {"ENV_FOR_DYNACONF": "staging", "ORDERS_RELAY": "of.the.drop in", "ORDERS_TIMEOUT": "10",
               "ORDERS_PASSWORD": "canary # no comment to systemd"}  # fmt: skip
    options = {"environments": True, "envvar_prefix": "ORDERS", "merge_enabled": True}
    answer = stock.ask(Question(folder=made.root, options=options, environ=environ))
    got = {leaf.key.casefold(): canonical(leaf.value) for leaf in made.workspace().tree("staging").leaves}
    assert answer.values is not None
    assert got == {key.casefold(): value for key, value in answer.values.items()}
    assert environment(made, "staging")["valid"]
    (leaf,) = made.assay("explain", "relay", "--env", "staging", "--format", "json").json["leaves"]
    place = {"kind": "deployment", "file": "deploy/orders.service.d/10-more.conf", "line": 2, "column": 1}
    assert leaf["origin"] == place | {"name": "ORDERS_RELAY", "via": None}
    assert "canary" not in made.assay("explain", "password", "--env", "staging").out


def test_a_file_that_is_on_the_host_alone_may_hold_a_required_secret(project: MakeProject) -> None:
    made = project(FILES | HOST | {"assay.toml": HOST["assay.toml"].replace(', "deploy/orders.env"', "")})
    found = environment(made, "staging")
    assert found["valid"]
    assert [one["supplied"]["via"] for one in found["deferred"]] == ["EnvironmentFile /etc/orders/orders.env"]


@pytest.mark.parametrize("named", ["orders", "relay"])
def test_a_unit_that_is_named_as_a_file_of_variables_is_still_a_unit(project: MakeProject, named: str) -> None:
    staging = 'staging = ["deploy/orders.service", "deploy/relay.service"]'
    said = {
        f"deploy/{name}.service": (
            f"[Service]\nEnvironment=ORDERS_RELAY=of.{name}\nEnvironmentFile=/etc/{named}.service\n"
        )
        for name in ("orders", "relay")
    }
    made = project(FILES | said | {"assay.toml": OPTIONS.replace('staging = "compose.yaml"', staging)})
    deployment = made.workspace().deployment("staging")
    assert deployment
    assert {runner.label for runner in deployment.runners} == {"unit orders.service", "unit relay.service"}


@pytest.mark.parametrize(
    "command", [("show", "production"), ("explain", "relay", "--env", "production"), ("matrix", "production"),
                ("diff", "production", "staging", "--all")],
)  # fmt: skip
def test_every_answer_about_values_takes_one_more_source(deployed: ProjectFolder, command: tuple[str, ...]) -> None:
    deployed.write({"environ.txt": "ORDERS_RELAY=of.the.dump\n"})
    ran = deployed.assay(*command, "--deployment", "environ.txt", "--format", "json")
    assert ran.status == 0
    assert "of.the.dump" in ran.out
    assert "environ.txt" in ran.out
    assert "of.the.dump" not in deployed.assay(*command, "--format", "json").out


@pytest.mark.parametrize(
    ("more", "lines"),
    [
        ("", []),
        ("ports: [{ containerPort: 8000 }]", []),
        ("ports: [{ containerPort: 8080 }]", ["warning production server.port deploy/orders.yaml:16:36"]),
        ("readinessProbe: { httpGet: { path: /, port: 8000 } }", []),
        ("readinessProbe: { httpGet: { path: /, port: http } }", []),
        ("livenessProbe: { tcpSocket: { port: 8081 } }", ["warning production server.port deploy/orders.yaml:16:47"]),
        ("startupProbe: { grpc: { port: 9 } }\n          args: [--port, '9']", []),
    ],
)
def test_ports_and_probes_are_held_against_the_settings(deployed: ProjectFolder, more: str, lines: list[str]) -> None:
    settings = FILES["settings.toml"] + "[default.server]\nport = 8000\n"
    deployed.write({"settings.toml": settings, "deploy/orders.yaml": f"{MANIFEST}          {more}\n"})
    assert told(deployed, "DEP008", "production") == lines


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_output_holds_a_secret_of_a_unit_its_files_or_an_image(
    project: MakeProject, command: tuple[str, ...]
) -> None:
    image = 'ARG PASS=canary-argument\nENV ORDERS_API_KEY=canary-image ORDERS_STORE_URL="redis://me:${PASS}@db/0"\n'
    unit = "Environment=ORDERS_SMTP_PASSWORD=canary-unit ORDERS_RELAY=of.the.unit\nEnvironmentFile=/etc/orders.env\n"
    made = project(
        FILES
        | HOST
        | {"Dockerfile": HOST["Dockerfile"] + image, "deploy/orders.service": f"[Service]\n{unit}"}
        | {"deploy/orders.env": "ORDERS_PASSWORD=canary-file\nORDERS_REGION=canary-region\n"}
    )
    ran = made.assay(*command)
    assert ran.status in {0, 1}
    assert "canary" not in ran.out + ran.err


def test_an_environment_that_only_a_deployment_has_is_known(project: MakeProject) -> None:
    options = OPTIONS.replace(OPTIONS.splitlines(keepends=True)[0], "").replace('schema = "model:Settings"\n', "")
    files = {**FILES, "assay.toml": options, "settings.toml": "[default]\nrelay = 'localhost'\n"}
    workspace = project(files).workspace({})
    assert workspace.project.environments == ("production", "staging")
    assert [leaf.value for leaf in workspace.tree("production").leaves if leaf.key == "relay"] == ["mail.internal"]
    assert workspace.project.is_production("production")
