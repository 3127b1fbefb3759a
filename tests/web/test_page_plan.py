"""The plan's view: two revisions are chosen, and the effect of what lies between them is shown."""

import os
from typing import Any

import pytest
from histories import commit, git, history
from markup import Element, parsed

ENVIRON = {"PATH": os.environ["PATH"]}
OPTIONS = 'known_environments = ["development", "staging", "production"]\nmerge_enabled = true\n'
BEFORE = {
    "assay.toml": OPTIONS,
    "settings.toml": '[default.server]\nport = 80\nhost = "a"\n[default]\ntoken = "canary-before-and-long"\n',
    "settings/staging.toml": "[staging.server]\nport = 8080\n",
    "settings/production.toml": '[production.database]\nhost = "db"\npassword = "changeme"\n',
}
AFTER = {
    "settings.toml": '[default.server]\nport = 81\nhost = "<b>b</b>"\n[default]\ntoken = "moonlight-over-water-9"\n',
    "settings/production.toml": '[production.database]\nhost = "db"\n[production]\ndebug = true\n',
}


@pytest.fixture
def orders(project: Any) -> Any:
    made = project({})
    history(made.root, BEFORE)
    commit(made.root, AFTER, "rotate moonlight-over-water-9")
    return made


def rows(page: Element) -> dict[str, list[str]]:
    return {row["data-key"]: [cell.text for cell in row.all("td")] for row in page.all("tr") if row["data-key"]}


async def test_every_change_is_told_once_with_its_environments_places_and_commit(orders: Any, ask: Any) -> None:
    async with ask(orders.root, environ=ENVIRON) as client:
        page = parsed((await client.get("/?view=plan&base=main~1&head=main")).text)
    shown = rows(page)
    kind, where, before, after = shown["server.port"]
    assert (kind, where) == ("changed", "development, production")
    assert before == "80 settings.toml:2:1"
    assert after.startswith("81 settings.toml:2:1Ada, 2026-06-01: rotate *** (")
    assert shown["server.host"][1:] == ["every environment", "a settings.toml:3:1", shown["server.host"][3]]
    assert "<b>b</b>" in shown["server.host"][3]
    assert shown["token"][2].startswith("secret, set")
    assert "in 3 of 3 environments" in page.one("h2", id="plan-verdict").text
    assert {item["data-rule"] for item in page.all("li", class_="finding")} >= {"APP001"}
    assert "DB002" in page.one("section", aria_labelledby="plan-fixed").text


async def test_what_a_deployment_supplies_is_told_with_its_source(project: Any, ask: Any) -> None:
    made = project({})
    env = "        - { name: DYNACONF_TOKEN, valueFrom: { secretKeyRef: { name: orders-one, key: token } } }\n"
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{ name: a }}\nspec:\n  containers:\n    - name: a\n      env:\n{env}"
    options = OPTIONS + 'deployments = { production = "pod.yaml" }\n'
    files = {"assay.toml": options, "settings.toml": "[default]\nport = 80\n", "pod.yaml": pod}
    history(made.root, files, {"pod.yaml": pod.replace("orders-one", "orders-<b>")})
    async with ask(made.root, environ=ENVIRON) as client:
        page = parsed((await client.get("/?view=plan&base=main~1&head=main")).text)
    told = page.one("section", aria_labelledby="plan-deferred").text
    assert "token from now on in production DYNACONF_TOKEN in pod.yaml:8:87 (secret orders-<b>, key token)" in told
    assert "token no more in production DYNACONF_TOKEN in pod.yaml:8:87 (secret orders-one, key token)" in told


async def test_it_is_what_the_command_tells(orders: Any, ask: Any) -> None:
    told = orders.assay("plan", "main~1..main", "--format", "json", **ENVIRON).json
    async with ask(orders.root, environ=ENVIRON) as client:
        page = parsed((await client.get("/?view=plan&base=main~1&head=main")).text)
    assert set(rows(page)) == {change["key"] for one in told["environments"] for change in one["changes"]}


async def test_revisions_are_offered_and_no_secret_is_among_what_is_said_of_them(orders: Any, ask: Any) -> None:
    git(orders.root, "tag", "v1", "main~1")
    async with ask(orders.root, environ=ENVIRON) as client:
        answer = await client.get("/?view=plan")
    page = parsed(answer.text)
    offered = [option["value"] for option in page.one("datalist").all("option")]
    assert {"main", "v1", git(orders.root, "rev-parse", "--short", "HEAD")} <= set(offered)
    assert "rotate ***" in page.one("datalist").text
    assert "moonlight" not in answer.text


async def test_by_default_it_is_the_working_tree_since_the_default_branch(orders: Any, ask: Any) -> None:
    orders.write({"settings/staging.toml": "[staging.server]\nport = 9090\n"})
    async with ask(orders.root, environ=ENVIRON) as client:
        page = parsed((await client.get("/?view=plan")).text)
        narrowed = parsed((await client.get("/?view=plan&environment=production")).text)
    assert rows(page)["server.port"][1] == "staging"
    assert rows(narrowed) == {}


async def test_an_edit_that_another_layer_shadows_is_told(orders: Any, ask: Any) -> None:
    orders.write({"settings.toml": BEFORE["settings.toml"] + "[staging.server]\nport = 1\n"})
    async with ask(orders.root, environ=ENVIRON) as client:
        page = parsed((await client.get("/?view=plan&base=main~1")).text)
    assert "settings/staging.toml:2:1 has the last word" in page.one("section", aria_labelledby="plan-idle").text


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("base=nothing", 404, "There is no revision 'nothing' here."),
        ("base=--all", 400, "'--all' is no revision here."),
        ("environment=prodction", 404, "Did you mean 'production'?"),
    ],
)
async def test_what_is_not_there_is_told(orders: Any, ask: Any, query: str, status: int, told: str) -> None:
    async with ask(orders.root, environ=ENVIRON) as client:
        answer = await client.get(f"/?view=plan&{query}")
    assert answer.status_code == status
    page = parsed(answer.text)
    assert told in page.one("p", id="no-plan").text
    assert page.one("form", id="revisions")["method"] == "get"


async def test_a_project_without_a_repository_has_no_plan(project: Any, ask: Any) -> None:
    async with ask(project(BEFORE).root, environ=ENVIRON) as client:
        answer = await client.get("/?view=plan")
    assert answer.status_code == 200
    assert "lies in no git repository" in parsed(answer.text).one("p", id="no-plan").text
