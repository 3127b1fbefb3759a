"""`/projects`: every project of a workspace, each with the answers that it has alone."""

import asyncio
from typing import Any

import pytest
from delivered import listening
from patience import PATIENCE_SECONDS
from projects import MakeProject, ProjectFolder
from remembered import KEPT, variables

from app.database.target import Target

PROFILE = "[default]\nport = 1\n[production]\nport = 2\n"
FILES = {
    "assay.toml": 'projects = ["services/*"]\n',
    "services/shop/assay.toml": 'settings_files = ["settings.toml"]\n',
    "services/shop/settings.toml": f'{PROFILE}[production."a/b//"]\ndebug = true\n',
    "services/pay/assay.toml": "",
    "services/pay/settings.toml": PROFILE,
}


@pytest.fixture
def workspace(project: MakeProject) -> ProjectFolder:
    return project(FILES)


async def test_each_project_has_its_verdict_in_the_list(workspace: ProjectFolder, ask: Any) -> None:
    async with ask(workspace.root) as client:
        listed = (await client.get("/projects")).json()["projects"]
        assert [(one["name"], one["path"]) for one in listed] == [("pay", "services/pay"), ("shop", "services/shop")]
        for one in listed:
            report = (await client.get(f"/projects/{one['name']}/config/validate?environment=all")).json()
            assert (one["valid"], one["counts"]) == (report["valid"], report["counts"])
            assert one["environments"] == [found["name"] for found in report["environments"]]


@pytest.mark.parametrize(
    ("path", "arguments"),
    [
        ("validate?environment=all", "check"),
        ("values?environment=production", "show production"),
        ("explain/a%2Fb%2F%2F.debug?environment=production", 'explain "a/b//".debug --env production'),
        ("explain/port?environment=production", "explain port --env production"),
        ("diff?left=production&right=development", "diff production development"),
        ("matrix", "matrix"),
        ("usage", "usage"),
    ],
)
async def test_the_answers_are_those_of_the_project_alone(
    workspace: ProjectFolder, ask: Any, path: str, arguments: str
) -> None:
    words = [word.replace('"a/b//".debug', '"a/b//".debug') for word in arguments.split()]
    alone = workspace.assay(*words, "--project", "services/shop", "--format", "json").out
    async with ask(workspace.root) as client:
        assert (await client.get(f"/projects/shop/config/{path}")).text == alone.removesuffix("\n")


async def test_each_project_has_the_schema_of_its_own_model(project: MakeProject, ask: Any) -> None:
    code = "from pydantic import BaseModel\nclass Settings(BaseModel):\n    port: int\n"
    own = {"services/shop/assay.toml": 'schema = "model:Settings"\n', "services/shop/model.py": code}
    made = project({**FILES, **own})
    async with ask(made.root) as client:
        answer = await client.get("/projects/shop/config/schema?kind=layer")
        assert answer.text == made.assay("schema", "--layer", "--project", "services/shop").out.removesuffix("\n")
        refused = await client.get("/projects/pay/config/schema")
    assert (refused.status_code, refused.json()["code"]) == (404, "no-model")


async def test_a_workspace_without_profiles_is_entered_by_its_first_project(workspace: ProjectFolder, ask: Any) -> None:
    async with ask(workspace.root) as client:
        first = (await client.get("/projects/pay/config/values")).text
        assert (await client.get("/config/values")).text == first


async def test_a_project_that_is_not_there_is_told_with_the_nearest(workspace: ProjectFolder, ask: Any) -> None:
    async with ask(workspace.root) as client:
        answer = await client.get("/projects/shp/config/validate")
    assert (answer.status_code, answer.json()["code"]) == (404, "project-unknown")
    assert "'shop'" in answer.text


async def test_one_broken_project_disturbs_none(workspace: ProjectFolder, ask: Any) -> None:
    workspace.write({"services/shop/assay.toml": "nonsense = 1\n"})
    async with ask(workspace.root) as client:
        pay, shop = (await client.get("/projects")).json()["projects"]
        assert pay["valid"]
        assert (shop["valid"], shop["error"]["code"]) == (False, "project-unusable")
        assert (await client.get("/projects/shop/config/validate")).status_code == 503
        assert (await client.get("/projects/pay/config/validate")).status_code == 200


async def test_each_project_is_followed(workspace: ProjectFolder, ask: Any) -> None:
    async with ask(workspace.root) as client:
        shop = client.service.projects["shop"].live
        number = shop.picture.number
        workspace.write({"services/shop/settings.toml": PROFILE.replace("2", "3")})
        async with asyncio.timeout(PATIENCE_SECONDS):
            await shop.newer(number)
        values = (await client.get("/projects/shop/config/values?environment=production")).json()["values"]
        assert [one["value"] for one in values] == [3]


async def test_each_project_has_a_history_of_its_own(workspace: ProjectFolder, migrated: Target, ask: Any) -> None:
    async with ask(workspace.root, {**variables(migrated), **KEPT}) as client:
        for name in ("shop", "pay"):
            recorder = client.service.projects[name].recorder
            async with asyncio.timeout(PATIENCE_SECONDS):
                while recorder.written < 2:
                    await recorder.more(recorder.written)
            found = (await client.get(f"/projects/{name}/config/history?environment=production")).json()["snapshots"]
            (one,) = found
            whole = (await client.get(f"/projects/{name}/config/history/{one['id']}")).json()
            keys = {value["key"] for value in whole["values"]}
            assert ('"a/b//".debug' in keys) is (name == "shop")


async def test_a_project_alone_is_a_workspace_of_one(project: MakeProject, ask: Any) -> None:
    made = project({"settings.toml": PROFILE})
    async with ask(made.root) as client:
        (one,) = (await client.get("/projects")).json()["projects"]
        assert (one["name"], one["path"]) == (made.root.name, ".")
        alone = (await client.get("/config/values")).text
        assert (await client.get(f"/projects/{one['name']}/config/values")).text == alone


async def test_the_page_shows_the_project_that_its_address_names(workspace: ProjectFolder, ask: Any) -> None:
    async with ask(workspace.root) as client:
        page = (await client.get("/?project=shop&view=matrix")).text
        assert "a/b//" in page
        assert 'data-base="/projects/shop"' in page
        assert "<title>Matrix · shop · Assay</title>" in page
        assert '<input type="hidden" name="project" value="shop">' in page
        links = {one.partition('"')[0] for one in page.split('href="/?')[1:]}
        assert {one for one in links if "project=" not in one} == set()
        assert "project=pay&amp;view=matrix" in page
        assert "a/b//" not in (await client.get("/?project=pay&view=matrix")).text


async def test_the_page_of_a_project_that_is_not_there_says_so(workspace: ProjectFolder, ask: Any) -> None:
    async with ask(workspace.root) as client:
        answer = await client.get("/?project=shp", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "There is no project" in answer.text


async def test_a_project_alone_has_no_switcher(project: MakeProject, ask: Any) -> None:
    async with ask(project({"settings.toml": PROFILE}).root) as client:
        page = (await client.get("/")).text
    assert 'id="projects"' not in page
    assert 'data-base=""' in page


async def test_events_are_of_the_project_that_the_path_names(workspace: ProjectFolder, ask: Any) -> None:
    async with ask(workspace.root) as client:
        fingerprints = {
            one["name"]: one["fingerprint"]
            for one in (await client.get("/projects/shop/config/environments")).json()["environments"]
        }
        async with listening(client.app, "/projects/shop/events", headers={}) as listener:
            event = await listener.event()
    assert event
    assert event["fingerprints"] == fingerprints
