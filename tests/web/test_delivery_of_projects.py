"""Every project of a service is delivered, each below its own path, by the short way and by the long one alike."""

import asyncio
import hashlib
import json
from typing import Any

import pytest
from delivered import TOKEN, listening
from projects import MakeProject, ProjectFolder
from remembered import variables

from app.database.target import Target

FILES = {
    "assay.toml": 'projects = ["services/*"]\n',
    "services/pay/assay.toml": 'known_environments = ["development", "staging", "production"]\n',
    "services/pay/settings.toml": "[default]\nport = 1\n",
    "services/shop/assay.toml": 'known_environments = ["development", "staging", "production"]\n',
    "services/shop/settings.toml": "[default]\nport = 2\n",
}
OPERATOR, OF_SHOP = "canary-operator", "canary-client-of-shop"
OPERATES = {"Authorization": f"Bearer {OPERATOR}"}
RUNS = {"Authorization": f"Bearer {TOKEN}"}
RUNS_SHOP = {"Authorization": f"Bearer {OF_SHOP}"}
WAYS = {"short": {}, "long": {"Cookie": "of=another"}}
STARTED = "2026-07-01T11:00:00+00:00"


def token(name: str, text: str, role: str, **bound: list[str]) -> str:
    fields = {"name": name, "role": role, "sha256": hashlib.sha256(text.encode()).hexdigest(), **bound}
    return "{" + ", ".join(f"{key} = {json.dumps(value)}" for key, value in fields.items()) + "}"


@pytest.fixture
def workspace(project: MakeProject) -> ProjectFolder:
    return project(FILES)


@pytest.fixture
def environ(migrated: Target) -> dict[str, str]:
    tokens = [
        token("operates", OPERATOR, "operator"),
        token("runs", TOKEN, "client", environments=["production"]),
        token("shop", OF_SHOP, "client", environments=["production"], projects=["shop"]),
    ]
    return {**variables(migrated), "ASSAY_AUTH__TOKENS": f"[{', '.join(tokens)}]"}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> dict[str, str]:
    return WAYS[request.param]


async def release(client: Any, name: str, environment: str = "production") -> Any:
    made = await client.post(f"/projects/{name}/releases", json={"environment": environment}, headers=OPERATES)
    assert made.status_code == 201, made.text
    return made.json()


def head(name: str, environment: str = "production") -> str:
    return f"/projects/{name}/releases/{environment}/head"


async def test_what_is_released_of_each_project_is_delivered_below_its_path(
    workspace: ProjectFolder, environ: dict[str, str], ask: Any, way: dict[str, str]
) -> None:
    async with ask(workspace.root, environ) as client:
        for name, port in (("shop", 2), ("pay", 1)):
            made = await release(client, name)
            found = await client.get(head(name), params={"wait": 60}, headers=RUNS | way)
            assert (found.json()["id"], found.json()["project"]) == (made["id"], name)
            assert found.json()["digest_key"]
            path = f"/projects/{name}/releases/production/body/{made['digest']}"
            body = await client.get(path, headers=RUNS | way)
            assert (body.json()["project"], body.json()["values"]) == (name, {"port": port})
        shop = (await client.get(head("shop"), headers=RUNS | way)).json()
        strange = await client.get(f"/projects/pay/releases/production/body/{shop['digest']}", headers=RUNS | way)
        first = (await client.get("/releases/production/head", headers=RUNS | way)).json()
    assert (strange.status_code, strange.json()["code"]) == (404, "unknown-body")
    assert first["project"] == "pay", "an address without a project is about the first one"


async def test_a_stream_tells_of_its_own_project_alone(
    workspace: ProjectFolder, environ: dict[str, str], ask: Any, way: dict[str, str]
) -> None:
    async with ask(workspace.root, environ) as client:
        paths = [f"/projects/{name}/releases/production/events" for name in ("shop", "pay")]
        async with (
            listening(client.app, paths[0], headers=RUNS | way) as of_shop,
            listening(client.app, paths[1], headers=RUNS | way) as of_pay,
        ):
            assert [await of_shop.begun(), await of_pay.begun()] == [200, 200]
            made = [await release(client, name) for name in ("shop", "pay")]
            heard = [await of_shop.event(), await of_pay.event()]
            told = client.app.state.metrics.text().decode()
    assert "assay_release_listeners 2.0" in told, "streams are counted over all projects"
    assert [one and one["id"] for one in heard] == [one["id"] for one in made]


async def test_whoever_waits_for_one_project_hears_nothing_of_another(
    workspace: ProjectFolder, environ: dict[str, str], ask: Any, way: dict[str, str]
) -> None:
    async with ask(workspace.root, environ) as client:
        first = await release(client, "shop")
        await client.get(head("shop"), params={"wait": 60}, headers=RUNS | way)
        asked = {"after": first["id"], "wait": 60}
        waiting = asyncio.create_task(client.get(head("shop"), params=asked, headers=RUNS | way))
        await release(client, "pay")
        await client.get(head("pay"), params={"wait": 60}, headers=RUNS | way)
        assert not waiting.done()
        workspace.write({"services/shop/settings.toml": "[default]\nport = 3\n"})
        shop = client.service.projects["shop"].live
        await shop.newer(shop.picture.number)
        second = await release(client, "shop")
        assert (await waiting).json()["id"] == second["id"]


async def test_a_token_is_delivered_its_own_projects_and_environments_alone(
    workspace: ProjectFolder, environ: dict[str, str], ask: Any, way: dict[str, str]
) -> None:
    async with ask(workspace.root, environ) as client:
        for name in ("shop", "pay"):
            await release(client, name)
            await client.get(head(name), params={"wait": 60}, headers=RUNS)
        asked = [head("shop"), head("pay"), "/releases/production/head", head("shop", "staging"), head("none")]
        bound = [(await client.get(path, headers=RUNS_SHOP | way)).status_code for path in asked]
        free = [(await client.get(path, headers=RUNS | way)).status_code for path in asked]
        reported = [await report(client, name, RUNS_SHOP) for name in ("shop", "pay", "none")]
    assert bound == [200, 403, 403, 403, 403]
    assert free == [200, 200, 200, 403, 404]
    assert reported == [204, 403, 404]


async def report(client: Any, project: str, headers: dict[str, str]) -> int:
    said = {"name": f"of-{project}", "host": "h", "environment": "production", "started_at": STARTED}
    status: int = (await client.post(f"/projects/{project}/instances", json=said, headers=headers)).status_code
    return status


async def test_instances_are_those_of_the_project_that_the_path_names(
    workspace: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    async with ask(workspace.root, environ) as client:
        assert [await report(client, name, RUNS) for name in ("shop", "pay")] == [204, 204]
        found = {
            name: [one["name"] for one in (await client.get(f"{name}/instances", headers=OPERATES)).json()["instances"]]
            for name in ("", "/projects/shop", "/projects/pay")
        }
        told = (await client.get("/metrics", headers=OPERATES)).text
    assert found == {"": ["of-pay"], "/projects/shop": ["of-shop"], "/projects/pay": ["of-pay"]}
    for name in ("shop", "pay"):
        assert f'assay_instances{{environment="production",project="{name}",release="",state="unjudged"}} 1.0' in told


@pytest.mark.parametrize("path", ["head", "events", f"body/sha256:{'0' * 64}"])
async def test_a_project_that_there_is_not_is_told_with_the_nearest(
    workspace: ProjectFolder, environ: dict[str, str], ask: Any, way: dict[str, str], path: str
) -> None:
    async with ask(workspace.root, environ) as client:
        answer = await client.get(f"/projects/shp/releases/production/{path}", headers=RUNS | way)
    assert (answer.status_code, answer.json()["code"]) == (404, "project-unknown")
    assert "'shop'" in answer.text


async def test_an_environment_of_one_project_is_none_of_another(
    workspace: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    workspace.write({"services/shop/assay.toml": 'known_environments = ["development", "live"]\n'})
    async with ask(workspace.root, environ) as client:
        await release(client, "pay")
        await client.get(head("pay"), params={"wait": 60}, headers=RUNS)
        answer = await client.get(head("shop"), headers=OPERATES)
        known = await client.get(head("shop", "live"), headers=OPERATES)
    assert (answer.status_code, answer.json()["code"]) == (404, "environment-unknown")
    assert (known.status_code, known.json()["code"]) == (404, "not-released")
