"""A service whose project names deployments: their variables are in every answer, and their files are followed."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from histories import commit, history
from markup import parsed
from projects import MakeProject, ProjectFolder

OPTIONS = """\
known_environments = ["development", "staging", "production"]
envvar_prefix = "ORDERS"
merge_enabled = true
settings_files = ["settings.toml"]

[deployments]
production = { path = "deploy/*.yaml", container = "api" }
staging = "compose.yaml"
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
            - { name: ORDERS_RELAY, value: mail.internal }
            - { name: ORDERS_API_KEY, value: canary-in-the-manifest }
            - name: ORDERS_PASSWORD
              valueFrom: { secretKeyRef: { name: kept, key: password } }
"""
FILES = {
    "assay.toml": OPTIONS,
    "settings.toml": "[default]\nrelay = 'localhost'\npassword = '@format {env[ORDERS_PASSWORD]}'\n",
    "deploy/orders.yaml": MANIFEST,
    "compose.yaml": "services:\n  api:\n    environment: { ENV_FOR_DYNACONF: staging, ORDERS_RELAY: mail.staging }\n"
    "    env_file: one.env\n",
    "one.env": "ORDERS_PASSWORD=canary-of-one-env\n",
}
VIEWS = ("", "view=matrix", "view=matrix&key=relay&environment=production", "view=findings", "view=plan")


@pytest.fixture
def orders(project: MakeProject) -> Iterator[ProjectFolder]:
    return project(FILES)


async def test_the_manifests_line_wins_in_values_and_explanations(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        values = (await client.get("/config/values?environment=production")).json()
        leaf = (await client.get("/config/explain/relay?environment=production")).json()["leaves"][0]
        page = parsed((await client.get("/?view=matrix&key=relay&environment=production")).text)
    (relay,) = [one for one in values["values"] if one["key"] == "relay"]
    origin = {"kind": "deployment", "file": "deploy/orders.yaml", "line": 12, "column": 44, "name": "ORDERS_RELAY",
              "via": None}  # fmt: skip
    assert (relay["value"], relay["origin"]) == ("mail.internal", origin)
    assert [one["origin"]["kind"] for one in leaf["layers"]] == ["file", "deployment"]
    assert "ORDERS_RELAY in deploy/orders.yaml:12:44" in page.one("aside", id="panel").text


async def test_the_report_is_the_commands(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        report = (await client.get("/config/validate?environment=all")).json()
    assert report == orders.assay("check", "--format", "json").json
    found = {one["rule"] for each in report["environments"] for one in each["findings"]}
    assert "DEP005" in found


async def test_a_manifest_that_changes_is_read_again(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        async with client.change():
            orders.write({"deploy/orders.yaml": MANIFEST.replace("mail.internal", "mail.moved")})
        leaf = (await client.get("/config/explain/relay?environment=production")).json()["leaves"][0]
        async with client.change():
            orders.write({"one.env": "ORDERS_PASSWORD=canary-of-one-env\nORDERS_REGION=eu\n"})
        added = (await client.get("/config/explain/region?environment=staging")).json()["leaves"][0]
    assert leaf["value"] == "mail.moved"
    assert (added["secret"], added["origin"]["via"], added["origin"]["line"]) == (True, "env_file one.env", 2)


async def test_a_plan_tells_what_a_manifest_changes(orders: ProjectFolder, ask: Any) -> None:
    history(orders.root, FILES)
    commit(orders.root, {"deploy/orders.yaml": MANIFEST.replace("mail.internal", "mail.moved")})
    async with ask(orders.root, environ={"PATH": os.environ["PATH"]}) as client:
        plan = (await client.get("/config/plan?base=main~1&head=main")).json()
        page = parsed((await client.get("/?view=plan&base=main~1&head=main")).text)
    changed = {one["name"]: one["changes"] for one in plan["environments"] if one["changes"]}
    ((change,),) = changed.values()
    assert (list(changed), change["key"], change["right"]["origin"]["kind"]) == (["production"], "relay", "deployment")
    assert "mail.moved" in page.one("table", class_="planned").text


@pytest.mark.parametrize("view", VIEWS)
async def test_no_view_shows_what_a_manifest_keeps(orders: ProjectFolder, ask: Any, view: str) -> None:
    async with ask(orders.root) as client:
        answer = await client.get(f"/?{view}")
    assert answer.status_code == 200
    assert "canary" not in answer.text
