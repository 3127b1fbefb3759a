"""GET /config/plan: the command's document, of revisions that are no options, and without running a project's code."""

import json
import os
from typing import Any

import pytest
from histories import commit, git, history

ENVIRON = {"PATH": os.environ["PATH"]}
BEFORE = {"settings.toml": "[default]\nport = 80\ntoken = 'canary-before'\n[production]\nport = 443\n"}
AFTER = {"settings.toml": "[default]\nport = 81\ntoken = 'canary-after'\n[production]\nport = 443\n"}


async def test_the_plan_is_the_commands(project: Any, ask: Any) -> None:
    orders = project({})
    history(orders.root, BEFORE, AFTER)
    async with ask(orders.root, environ=ENVIRON) as client:
        answer = await client.get("/config/plan", params={"base": "main~1", "head": "main"})
        of_tree = await client.get("/config/plan", params={"base": "main~1"})
        again = await client.get(
            "/config/plan", params={"base": "main~1", "head": "main"}, headers={"If-None-Match": answer.headers["ETag"]}
        )
    assert answer.json() == orders.assay("plan", "main~1..main", "--format", "json", **ENVIRON).json
    assert of_tree.json()["head"] == {"rev": "working tree", "commit": None}
    assert again.status_code == 304


@pytest.mark.parametrize(
    "base", ["--all", "-x", "a..b", "a@{1}", ":/x", "HEAD:settings.toml", "a b", "a\x00", "", "main.", "x" * 201]
)
async def test_what_is_no_revision_is_refused_before_git_is_asked(project: Any, ask: Any, base: str) -> None:
    orders = project({})
    history(orders.root, BEFORE)
    async with ask(orders.root, environ=ENVIRON) as client:
        answer = await client.get("/config/plan", params={"base": base})
    assert (answer.status_code, answer.json()["code"]) == (400, "argument-invalid")


async def test_a_revision_or_a_repository_that_is_not_there_is_told(project: Any, ask: Any) -> None:
    orders = project(BEFORE)
    async with ask(orders.root, environ=ENVIRON) as client:
        without = await client.get("/config/plan")
        assert (without.status_code, without.json()["code"]) == (409, "repository-unusable")
        history(orders.root, BEFORE)
        missing = await client.get("/config/plan", params={"base": "nothing"})
    assert (missing.status_code, missing.json()["code"]) == (404, "revision-unknown")
    assert str(orders.root) not in missing.text


async def test_a_branch_whose_options_are_wrong_is_no_fault_of_the_service(project: Any, ask: Any) -> None:
    orders = project({})
    history(orders.root, BEFORE, {"assay.toml": "merge_enabeld = true\n"}, {"assay.toml": "merge_enabled = true\n"})
    async with ask(orders.root, environ=ENVIRON) as client:
        answer = await client.get("/config/plan", params={"base": "main~2", "head": "main~1"})
        page = await client.get("/", params={"view": "plan", "base": "main~2", "head": "main~1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "revision-unusable")
    for told in (answer.json()["detail"], page.text):
        assert "At main~1: assay.toml: there is no option" in told
        assert "merge_enabled" in told


async def test_no_code_runs_that_nobody_has_merged(project: Any, ask: Any) -> None:
    orders = project({})
    trap = orders.root.parent / "sprung"
    history(orders.root, BEFORE)
    git(orders.root, "checkout", "--quiet", "-b", "stranger")
    orders.write({"assay.toml": 'schema = "trap:Model"\n', "trap.py": f"open({json.dumps(str(trap))}, 'w')\n"})
    git(orders.root, "add", "--all")
    git(orders.root, "commit", "--quiet", "--message", "a trap")
    git(orders.root, "checkout", "--quiet", "main")
    async with ask(orders.root, environ=ENVIRON) as client:
        answer = await client.get("/config/plan", params={"base": "main", "head": "stranger"})
    assert (answer.status_code, "model of its own" in answer.json()["detail"]) == (400, True)
    assert not trap.exists()


MODEL = "from pydantic import BaseModel, Field\n\nclass Model(BaseModel):\n    port: int = Field(le={most})\n"


async def test_a_model_is_asked_at_what_head_holds(project: Any, ask: Any) -> None:
    orders = project({})
    files = {"assay.toml": 'schema = "shop:Model"\n', "settings.toml": "[default]\nport = 80\n"}
    history(orders.root, {**files, "shop.py": MODEL.format(most=80)}, {"shop.py": MODEL.format(most=79)})
    async with ask(orders.root, environ=ENVIRON) as client:
        answer = await client.get("/config/plan", params={"base": "main~1", "head": "main"})
        of_tree = await client.get("/config/plan", params={"base": "main~1"})
    assert answer.json() == orders.assay("plan", "main~1..main", "--format", "json", **ENVIRON).json
    for found in (answer.json(), of_tree.json()):
        assert {one["rule"] for one in found["environments"][0]["findings"]["new"]} == {"TYP004"}


STRANGE = """\
settings_files = ["settings.toml"]
envvar_prefix = false
roles = { password = "frame-options" }
"""
PRIVATE = {"INTERNAL_ADDRESS": "10.0.0.7-internal", "DYNACONF_PASSWORD": "canary-of-the-process", "DYNACONF_PORT": "81"}


@pytest.mark.parametrize("base", ["main", "stranger"])
async def test_a_branch_that_nobody_has_merged_shows_no_variable_of_the_process(
    project: Any, ask: Any, base: str
) -> None:
    orders = project({})
    files = {"assay.toml": 'settings_files = ["settings.toml"]\n', "settings.toml": "[default]\nport = 80\n"}
    history(orders.root, files)
    git(orders.root, "checkout", "--quiet", "-b", "stranger")
    told = '[default]\nport = 80\na = "@format {env[INTERNAL_ADDRESS]}"\nb = "@format {env[DYNACONF_PASSWORD]}"\n'
    code = "import os\nfrom dynaconf import Dynaconf\nDynaconf(C=os.environ['INTERNAL_ADDRESS'])\n"
    commit(orders.root, {"assay.toml": STRANGE, "settings.toml": told, "config.py": code})
    git(orders.root, "checkout", "--quiet", "main")
    async with ask(orders.root, environ=ENVIRON | PRIVATE) as client:
        answers = [
            await client.get("/config/plan", params={"base": one, "head": other})
            for one, other in (("main", "stranger"), ("stranger", "main"), ("stranger", "stranger"))
        ]
        page = await client.get("/", params={"view": "plan", "base": base, "head": "stranger"})
    assert [answer.status_code for answer in (*answers, page)] == [200, 200, 200, 200]
    for answer in (*answers, page):
        assert "internal" not in answer.text
        assert "canary" not in answer.text
