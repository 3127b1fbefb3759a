"""GET /config/…: the command line's documents, for whoever may see them."""

import hashlib
from typing import Any

import pytest

CANARY = "canary-5f1d"
ORDERS = {
    "settings.toml": '[default]\nport = 80\n[default.cors]\nallow_origins = ["https://a.example"]\n'
    '[default."a/b//c/"]\n"x.y" = 1\n[production]\nport = 443\n',
    ".secrets.toml": f'[default]\npassword = "{CANARY}"\n[default.database]\nurl = "postgresql://u:{CANARY}@db/x"\n',
}
TOKENS = {
    name: f'{{name="{name}", role="{name}", sha256="{hashlib.sha256(f"canary-{name}".encode()).hexdigest()}"}}'
    for name in ("viewer", "operator")
}


@pytest.mark.parametrize(
    ("path", "arguments"),
    [
        ("/config/validate?environment=all", ["check"]),
        ("/config/validate?environment=production", ["check", "production"]),
        ("/config/validate", ["check", "development"]),
        ("/config/values?environment=production", ["show", "production"]),
        ("/config/explain/port?environment=production", ["explain", "port", "--env", "production"]),
        ("/config/diff?left=development&right=production", ["diff", "development", "production"]),
        ("/config/matrix", ["matrix"]),
        ("/config/rules", ["rules"]),
        ("/config/rules/db002", ["rules", "DB002"]),
    ],
)
async def test_rest_and_the_command_line_give_the_same_bytes(
    project: Any, ask: Any, path: str, arguments: list[str]
) -> None:
    orders = project({**ORDERS, "settings/development.toml": "[development]\nx = 1\n"})
    async with ask(orders.root) as client:
        answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.text == orders.assay(*arguments, "--format", "json").out.removesuffix("\n")


@pytest.mark.parametrize(
    ("path", "option"), [("", "--merged"), ("?kind=merged", "--merged"), ("?kind=layer", "--layer")]
)
async def test_rest_and_the_command_line_give_the_same_schema(own: Any, ask: Any, path: str, option: str) -> None:
    made = own()
    async with ask(made.root) as client:
        answer = await client.get(f"/config/schema{path}")
    assert (answer.status_code, answer.text) == (200, made.assay("schema", option).out.removesuffix("\n"))


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("rules/DB02", 404, "rule-unknown"),
        ("schema?kind=both", 400, "kind-unknown"),
        ("schema", 404, "no-model"),
    ],
)
async def test_what_is_not_there_is_told(project: Any, ask: Any, path: str, status: int, code: str) -> None:
    async with ask(project(ORDERS).root) as client:
        answer = await client.get(f"/config/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_environments_are_told_with_their_files(project: Any, ask: Any) -> None:
    async with ask(project(ORDERS).root) as client:
        answer = await client.get("/config/environments")
    body = answer.json()
    assert body["active"] == "development"
    production = next(one for one in body["environments"] if one["name"] == "production")
    assert production["files"] == ["settings.toml", ".secrets.toml"]
    assert production["production"] is True
    assert set(production) == {"name", "active", "production", "files", "counts", "valid", "judged", "fingerprint"}


async def test_an_invalid_environment_is_an_answer_too(own: Any, ask: Any, project: Any) -> None:
    home = project(name="home")
    broken = own({"settings.toml": "[default.server]\nport = 0\n"})
    async with ask(broken.root, home=home.root) as client:
        answer = await client.get("/config/validate")
    assert (answer.status_code, answer.json()["valid"]) == (200, False)


@pytest.mark.parametrize("path", ["validate", "values", "explain/port"])
async def test_an_unknown_environment_is_not_found_and_the_nearest_is_named(project: Any, ask: Any, path: str) -> None:
    async with ask(project(ORDERS).root) as client:
        answer = await client.get(f"/config/{path}?environment=prodution")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (404, "environment-unknown")
    assert "'production'" in problem["detail"]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("cors.allow_origins%5B0%5D", "cors.allow_origins[0]"),
        ("cors.allow_origins[0]", "cors.allow_origins[0]"),
        ("%22a%2Fb%2F%2Fc%2F%22.%22x.y%22", '"a/b//c/"."x.y"'),
        ('"a/b//c/"', '"a/b//c/"."x.y"'),
    ],
)
async def test_any_legal_key_can_be_explained(project: Any, ask: Any, written: str, key: str) -> None:
    async with ask(project(ORDERS).root) as client:
        answer = await client.get(f"/config/explain/{written}")
    assert answer.status_code == 200, answer.text
    assert [leaf["key"] for leaf in answer.json()["leaves"]] == [key]


async def test_an_unknown_key_is_not_found_and_the_nearest_is_named(project: Any, ask: Any) -> None:
    async with ask(project(ORDERS).root) as client:
        answer = await client.get("/config/explain/prot")
    assert (answer.status_code, answer.json()["code"]) == (404, "key-unknown")
    assert "'port'" in answer.json()["detail"]


@pytest.mark.parametrize("key", [f"port[{'9' * 5000}]", "port" + ".a" * 3000, "port" + "[0]" * 1500])
async def test_a_key_longer_than_any_is_not_found(project: Any, ask: Any, key: str) -> None:
    async with ask(project(ORDERS).root) as client:
        answer = await client.get(f"/config/explain/{key}")
    assert (answer.status_code, answer.json()["code"]) == (404, "key-unknown")


async def test_what_the_caller_has_is_not_sent_again_until_a_file_changes(project: Any, ask: Any) -> None:
    orders = project(ORDERS)
    async with ask(orders.root) as client:
        first = await client.get("/config/values")
        known = {"If-None-Match": first.headers["ETag"]}
        same = await client.get("/config/values", headers=known)
        async with client.change():
            orders.write({"settings.toml": "[default]\nport = 8080\n"})
        changed = await client.get("/config/values", headers=known)
    assert first.headers["Cache-Control"] == "private"
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert changed.status_code == 200
    assert 8080 in [value["value"] for value in changed.json()["values"]]


async def test_a_new_file_is_seen(project: Any, ask: Any) -> None:
    orders = project(ORDERS)
    async with ask(orders.root) as client:
        await client.get("/config/values")
        async with client.change():
            orders.write({"settings/later.toml": "[default]\nlater = true\n"})
        answer = await client.get("/config/explain/later")
    assert answer.status_code == 200


async def test_no_answer_holds_a_secret(project: Any, ask: Any) -> None:
    orders = project(ORDERS)
    paths = ["validate?environment=all", "values", "explain/password", "explain/database", "database/status"]
    async with ask(orders.root) as client:
        answers = [await client.get(f"/config/{path}") for path in paths]
    assert [answer.status_code for answer in answers] == [200] * len(paths)
    assert not [answer.text for answer in answers if CANARY in answer.text]


async def test_a_project_that_became_unusable_is_a_problem_without_its_folder(project: Any, ask: Any) -> None:
    orders = project(ORDERS)
    async with ask(orders.root) as client:
        async with client.change():
            orders.write({"assay.toml": "settings_flies = []\n"})
        answer = await client.get("/config/validate")
        health = await client.get("/health")
    assert (answer.status_code, answer.json()["code"]) == (503, "project-unusable")
    assert str(orders.root) not in answer.text
    assert health.json()["checks"]["profiles"]["status"] == "failed"


@pytest.mark.parametrize("path", ["validate", "values", "explain/port", "database/status"])
async def test_without_tokens_only_this_machine_is_answered(project: Any, ask: Any, path: str) -> None:
    orders = project(ORDERS)
    async with ask(orders.root, caller="192.0.2.7") as client:
        answer = await client.get(f"/config/{path}")
    async with ask(orders.root) as client:
        forwarded = await client.get(f"/config/{path}", headers={"X-Forwarded-For": "192.0.2.7"})
    assert (answer.status_code, forwarded.status_code) == (403, 403)


async def test_with_tokens_a_role_is_needed_wherever_the_caller_is(own: Any, ask: Any) -> None:
    tokens = {"ASSAY_AUTH__TOKENS": f"[{', '.join(TOKENS.values())}]"}
    codes = {}
    async with ask(own().root, tokens, caller="192.0.2.7") as client:
        for token in ("", "wrong", "viewer", "operator"):
            headers = {"Authorization": f"Bearer canary-{token}"} if token else {}
            read = await client.get("/config/values", headers=headers)
            probe = await client.post("/config/database/test", json={"environment": "testing"}, headers=headers)
            codes[token] = (read.status_code, probe.status_code)
    assert codes == {"": (401, 401), "wrong": (401, 401), "viewer": (200, 403), "operator": (200, 422)}


async def test_a_401_says_how_to_identify_oneself(own: Any, ask: Any) -> None:
    async with ask(own().root, {"ASSAY_AUTH__TOKENS": f"[{TOKENS['viewer']}]"}) as client:
        answer = await client.get("/config/values")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] == "unauthorized"
