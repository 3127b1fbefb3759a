"""Whatever starts the process: its values are those of stock Dynaconf with the variables that the platform gives it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from projects import MakeProject
from stock import Question, Stock, canonical

OPTIONS = """\
known_environments = ["production"]
envvar_prefix = "ORDERS"
merge_enabled = true
settings_files = ["settings.toml"]

[deployments]
production = "{path}"
"""
STOCK = {"environments": True, "envvar_prefix": "ORDERS", "merge_enabled": True, "settings_files": ["settings.toml"]}
PROFILE = """\
[default]
relay = "of.the.file"
timeout = 5
[default.db]
host = "localhost"
port = 5432
[production]
relay = "of.production"
"""
POD = """\
apiVersion: {version}
kind: {kind}
metadata: {{ name: orders }}
spec:
{spec}
"""
CONFIG = """\
---
apiVersion: v1
kind: ConfigMap
metadata: { name: shared }
data: { DB__HOST: of.the.map, ORDERS_RELAY: map.relay, ORDERS_TIMEOUT: "7" }
"""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A deployment, and the variables that its platform's documentation gives the process."""

    path: str
    files: Mapping[str, str]
    environ: Mapping[str, str]


def pod(container: str, more: str = "", kind: str = "Deployment", depth: int = 2) -> str:
    """A workload of some kind around a container's lines."""
    lines = ["containers:", "  - name: api", *(f"    {line}" for line in container.splitlines())]
    above = {2: ["template:", "  spec:"], 1: [], 4: ["jobTemplate:", "  spec:", "    template:", "      spec:"]}[depth]
    indent = "  " * (depth if depth > 1 else 0)
    spec = "\n".join(f"  {line}" for line in [*above, *(indent + line for line in lines)])
    return POD.format(version="v1", kind=kind, spec=spec) + more


def kubernetes(container: str, environ: Mapping[str, str], more: str = "", kind: str = "Deployment", depth: int = 2
               ) -> Case:  # fmt: skip
    return Case(path="orders.yaml", files={"orders.yaml": pod(container, more, kind, depth)}, environ=environ)


def compose(service: str, environ: Mapping[str, str], head: str = "", **files: str) -> Case:
    lines = "\n".join(f"    {line}" for line in service.splitlines())
    named = {name.replace("_dot_", ".").replace("dotenv", ".env"): text for name, text in files.items()}
    return Case(path="compose.yaml", files={"compose.yaml": f"{head}services:\n  api:\n{lines}\n", **named},
                environ=environ)  # fmt: skip


def systemd(lines: str, environ: Mapping[str, str], **files: str) -> Case:
    named = {f"drop/{name}": text for name, text in files.items()}
    moved = {name.replace("drop/d", "orders.service.d/10-d") + ".conf": text for name, text in named.items()}
    return Case(path="orders.service", files={"orders.service": f"[Service]\n{lines}\n", **moved}, environ=environ)


def one(path: str, text: str, environ: Mapping[str, str]) -> Case:
    return Case(path=path, files={path: text}, environ=environ)


RELAY = "env:\n  - { name: ORDERS_RELAY, value: relay }"
CASES = {
    "kubernetes: a deployment": kubernetes(RELAY, {"ORDERS_RELAY": "relay"}),
    "kubernetes: a pod": kubernetes(RELAY, {"ORDERS_RELAY": "relay"}, kind="Pod", depth=1),
    "kubernetes: a cron job": kubernetes(RELAY, {"ORDERS_RELAY": "relay"}, kind="CronJob", depth=4),
    "kubernetes: a rollout": kubernetes(RELAY, {"ORDERS_RELAY": "relay"}, kind="Rollout"),
    "kubernetes: of one name the last": kubernetes(
        "env:\n  - { name: ORDERS_TIMEOUT, value: '1' }\n  - { name: ORDERS_TIMEOUT, value: '2' }",
        {"ORDERS_TIMEOUT": "2"},
    ),
    "kubernetes: envFrom with a prefix, env above it": kubernetes(
        "envFrom:\n  - { prefix: ORDERS_, configMapRef: { name: shared } }\n"
        "env:\n  - { name: ORDERS_TIMEOUT, value: '9' }",
        {"ORDERS_DB__HOST": "of.the.map", "ORDERS_ORDERS_RELAY": "map.relay", "ORDERS_ORDERS_TIMEOUT": "7",
         "ORDERS_TIMEOUT": "9"},
        CONFIG,
    ),
    "kubernetes: a key of a map": kubernetes(
        "env:\n  - { name: ORDERS_DB__HOST, valueFrom: { configMapKeyRef: { name: shared, key: DB__HOST } } }",
        {"ORDERS_DB__HOST": "of.the.map"},
        CONFIG,
    ),
    "kubernetes: an optional key that is not there": kubernetes(
        "env:\n  - { name: ORDERS_RELAY, valueFrom: { configMapKeyRef: { name: shared, key: no, optional: true } } }",
        {},
        CONFIG,
    ),
    "kubernetes: a reference, and one that is escaped": kubernetes(
        "env:\n  - { name: HOST, value: db }\n  - { name: ORDERS_DB__HOST, value: '$(HOST).internal' }\n"
        "  - { name: ORDERS_RELAY, value: '$$(HOST) $(NOWHERE)' }",
        {"HOST": "db", "ORDERS_DB__HOST": "db.internal", "ORDERS_RELAY": "$(HOST) $(NOWHERE)"},
    ),
    "kubernetes: a list in a value": kubernetes(
        "env:\n  - name: ORDERS_HOSTS\n    value: '[\"a\", \"b\"]'", {"ORDERS_HOSTS": '["a", "b"]'}
    ),
    "kubernetes: a folded value": kubernetes(
        "env:\n  - name: ORDERS_RELAY\n    value: >-\n      one\n      two", {"ORDERS_RELAY": "one two"}
    ),
    "compose: a map": compose("environment:\n  ORDERS_RELAY: relay\n  ORDERS_TIMEOUT: 8",
                              {"ORDERS_RELAY": "relay", "ORDERS_TIMEOUT": "8"}),
    "compose: a list": compose("environment:\n  - ORDERS_RELAY=a=b\n  - ORDERS_DB__PORT=1",
                               {"ORDERS_RELAY": "a=b", "ORDERS_DB__PORT": "1"}),
    "compose: defaults and dollars": compose(
        "environment:\n  ORDERS_RELAY: ${X:-d}$$x\n  ORDERS_TIMEOUT: ${Y-3}",
        {"ORDERS_RELAY": "d$x", "ORDERS_TIMEOUT": "3"},
    ),
    "compose: a file of variables below the service's own": compose(
        "env_file: one.env\nenvironment: { ORDERS_TIMEOUT: 4 }", {"ORDERS_RELAY": "of the file", "ORDERS_TIMEOUT": "4"},
        one_dot_env="ORDERS_RELAY='of the file'\nORDERS_TIMEOUT=3 # no part of it\n",
    ),
    "compose: the file beside it fills references": compose(
        "environment: { ORDERS_DB__HOST: '${HOST}.internal' }", {"ORDERS_DB__HOST": "db.internal"}, dotenv="HOST=db\n"
    ),
    "compose: anchors and merge keys": compose(
        "environment:\n  <<: *common\n  ORDERS_TIMEOUT: 6", {"ORDERS_RELAY": "common", "ORDERS_TIMEOUT": "6"},
        head="x-common: &common\n  ORDERS_RELAY: common\n  ORDERS_TIMEOUT: 1\n",
    ),
    "systemd: words in quotation marks": systemd(
        "Environment=\"ORDERS_RELAY=two words\" ORDERS_TIMEOUT=3 'ORDERS_DB__HOST=a b'",
        {"ORDERS_RELAY": "two words", "ORDERS_TIMEOUT": "3", "ORDERS_DB__HOST": "a b"},
    ),
    "systemd: an empty assignment forgets": systemd(
        "Environment=ORDERS_RELAY=x\nEnvironment=\nEnvironment=ORDERS_TIMEOUT=100%%", {"ORDERS_TIMEOUT": "100%"}
    ),
    "systemd: drop-ins": systemd(
        "Environment=ORDERS_RELAY=unit ORDERS_TIMEOUT=1", {"ORDERS_RELAY": "drop-in", "ORDERS_TIMEOUT": "1"},
        d1="[Service]\nEnvironment=ORDERS_RELAY=drop-in\n",
    ),
    "an image": one("Dockerfile",
                    'FROM python:3.12\nENV ORDERS_RELAY="of image" ORDERS_TIMEOUT=3\nENV ORDERS_DB__HOST a b\n',
                    {"ORDERS_RELAY": "of image", "ORDERS_TIMEOUT": "3", "ORDERS_DB__HOST": "a b"}),
    "an image: an argument's default": one(
        "Dockerfile", "FROM python:3.12\nARG AT=db\nENV ORDERS_DB__HOST=${AT}.internal ORDERS_RELAY=${AT:-x}\n",
        {"ORDERS_DB__HOST": "db.internal", "ORDERS_RELAY": "db"},
    ),
    "a file of variables": one("orders.env", "export ORDERS_RELAY='a b'\nORDERS_TIMEOUT=2\n",
                               {"ORDERS_RELAY": "a b", "ORDERS_TIMEOUT": "2"}),
    "a dump": one("orders.json", '{"ORDERS_RELAY": "x", "ORDERS_TIMEOUT": "2", "PATH": "/bin"}',
                  {"ORDERS_RELAY": "x", "ORDERS_TIMEOUT": "2"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_values_are_those_of_stock(project: MakeProject, stock: Stock, case: Case) -> None:
    made = project({"assay.toml": OPTIONS.format(path=case.path), "settings.toml": PROFILE, **case.files})
    environ = {"ENV_FOR_DYNACONF": "production", **case.environ}
    answer = stock.ask(Question(folder=made.root, options=STOCK, environ=environ))
    workspace = made.workspace()
    assert workspace.deployments["production"].runners
    assert answer.values is not None
    own: dict[str, object] = {}
    for leaf in workspace.tree("production").leaves:
        own[leaf.key.casefold()] = canonical(leaf.value)
    assert own == dict(_leaves(answer.values))


def _leaves(table: Mapping[str, object], above: str = "") -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name, value in table.items():
        key = f"{above}{name}".casefold()
        if isinstance(value, Mapping) and value:
            found += _leaves(value, f"{key}.")
        elif isinstance(value, list) and value:
            found += [(f"{key}[{number}]", one) for number, one in enumerate(value)]
        else:
            found.append((key, value))
    return found
