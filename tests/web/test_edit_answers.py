"""`PATCH /config/values`: profiles edited over REST, as `assay set` and `assay unset` edit them."""

import asyncio
import hashlib
import re
from collections.abc import Mapping
from typing import Any

import pytest
from patience import PATIENCE_SECONDS
from projects import MakeProject, ProjectFolder

OPERATOR, VIEWER = "canary-operator-token", "canary-viewer-token"
PRODUCTION = "# what the site runs with\n[production.server]\nworkers = 4  # one a core\n"
SETTINGS = f"""\
[default.diagnostics]
editing = true
[default.auth]
tokens = [
    {{name = "reads", role = "viewer", sha256 = "{hashlib.sha256(VIEWER.encode()).hexdigest()}"}},
    {{name = "edits", role = "operator", sha256 = "{hashlib.sha256(OPERATOR.encode()).hexdigest()}"}},
]
"""
FILES = {
    "settings.toml": SETTINGS,
    "settings/production.toml": PRODUCTION,
    ".secrets.toml": "",
    ".gitignore": ".secrets.toml\n",
}
AS_OPERATOR = {"Authorization": f"Bearer {OPERATOR}"}


@pytest.fixture
def orders(own: MakeProject) -> ProjectFolder:
    return own(FILES)


async def seen(client: Any, environment: str = "production") -> dict[str, str]:
    """The headers of an operator who has seen the environment's values."""
    found = await client.get(f"/config/values?environment={environment}", headers=AS_OPERATOR)
    return {**AS_OPERATOR, "If-Match": found.headers["ETag"]}


async def edit(client: Any, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Any:
    return await client.patch("/config/values", json=body, headers=headers or await seen(client))


def text(orders: ProjectFolder, file: str = "settings/production.toml") -> str:
    return (orders.root / file).read_text()


async def test_a_value_is_set_where_it_takes_effect_and_nothing_else_changes(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        answer = await edit(client, {"environment": "production", "set": {"server.workers": 8}})
        assert answer.status_code == 200, answer.text
        assert answer.json()["written"]
        assert answer.json()["edits"] == [
            {"key": "server.workers", "file": "settings/production.toml", "section": "production", "shadowed": None}
        ]
        changed = [(one["environment"], one["key"], one["right"]["value"]) for one in answer.json()["changes"]]
        assert changed == [("production", "server.workers", 8)]
        values = (await client.get("/config/values?environment=production", headers=AS_OPERATOR)).json()["values"]
        assert {one["key"]: one["value"] for one in values}["server.workers"] == 8
    assert text(orders) == PRODUCTION.replace("workers = 4", "workers = 8")


async def test_several_keys_are_one_edit(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        body = {
            "environment": "production",
            "set": {"server.port": 9000, "app.name": "shop"},
            "unset": ["server.workers"],
        }
        answer = await edit(client, body)
        assert answer.status_code == 200, answer.text
    assert "workers" not in text(orders)
    assert "port = 9000" in text(orders)
    assert 'name = "shop"' in text(orders)


async def test_one_key_that_cannot_be_set_leaves_all_files_as_they_were(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        body = {"environment": "production", "set": {"server.port": 9000}, "unset": ["server.nothing"]}
        answer = await edit(client, body)
        assert (answer.status_code, answer.json()["code"]) == (404, "key-unknown")
    assert text(orders) == PRODUCTION


async def test_a_dry_run_tells_and_writes_nothing(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        body = {"environment": "production", "set": {"app.debug": True}, "dry_run": True}
        answer = await edit(client, body, AS_OPERATOR)
        assert (answer.status_code, answer.json()["written"]) == (200, False)
        assert "It would add an error." in answer.json()["refusal"]
    assert text(orders) == PRODUCTION


async def test_a_dry_run_that_says_what_it_was_made_from_is_held_to_it(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        body = {"environment": "production", "set": {"server.workers": 8}, "dry_run": True}
        assert (await edit(client, body, await seen(client))).status_code == 200
        assert (await edit(client, body, await seen(client, "development"))).status_code == 412


async def test_a_key_that_resembles_another_is_told(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        body = {"environment": "production", "set": {"server.wrkers": 8}, "dry_run": True}
        (note, *_) = (await edit(client, body)).json()["notes"]
        assert note == "server.wrkers is a new key; server.workers exists: did you mean server.workers?"


async def test_what_adds_an_error_is_refused_with_the_findings(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        answer = await edit(client, {"environment": "production", "set": {"app.debug": True}})
        assert (answer.status_code, answer.json()["code"]) == (409, "edit-refused")
        assert [one["rule"] for one in answer.json()["findings"]] == ["APP001"]
    assert text(orders) == PRODUCTION


async def test_profiles_that_have_changed_since_they_were_seen_are_left_alone(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        before = await seen(client)
        async with client.change():
            orders.write({"settings/production.toml": PRODUCTION.replace("4", "6")})
        answer = await edit(client, {"environment": "production", "set": {"server.port": 9000}}, before)
        assert (answer.status_code, answer.json()["code"]) == (412, "profiles-changed")
    assert "9000" not in text(orders)


async def test_a_change_that_the_service_has_not_read_yet_is_not_written_over(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        headers = await seen(client)
        orders.write({"settings/production.toml": PRODUCTION.replace("4", "6")})
        answer = await edit(client, {"environment": "production", "set": {"server.port": 9000}}, headers)
        assert (answer.status_code, answer.json()["code"]) == (412, "profiles-changed")
    assert "workers = 6" in text(orders)


async def test_who_does_not_say_what_was_seen_is_asked(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        answer = await edit(client, {"environment": "production", "set": {"server.port": 1}}, AS_OPERATOR)
        assert (answer.status_code, answer.json()["code"]) == (428, "precondition-required")


async def test_a_secret_goes_to_the_secrets_file_alone_and_is_never_told(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        secret = "canary-p4ss-of-some-length"
        answer = await edit(client, {"environment": "production", "set": {"database.password": secret}})
        assert answer.status_code == 200, answer.text
        assert secret not in answer.text
    assert secret in text(orders, ".secrets.toml")
    assert secret not in text(orders)


async def test_a_text_stays_one(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        answer = await edit(client, {"environment": "production", "set": {"app.name": "@int 5"}})
        assert answer.status_code == 200, answer.text
        values = (await client.get("/config/values?environment=production", headers=AS_OPERATOR)).json()["values"]
        assert {one["key"]: one["value"] for one in values}["app.name"] == "@int 5"


@pytest.mark.parametrize(
    ("body", "key", "said"),
    [
        ({"set": {"a": 1}}, "environment", "is required"),
        ({"environment": "production"}, "set", "between 1 and 100"),
        ({"environment": "production", "set": {"a": None}}, "set", "no null"),
        ({"environment": "production", "set": []}, "set", "is an object"),
        ({"environment": "production", "unset": "a"}, "unset", "is a list"),
        ({"environment": "production", "set": {"a": 1}, "fiel": "x"}, "fiel", "'file'"),
        ({"environment": "production", "set": {"a": 1}, "dry_run": "yes"}, "dry_run", "true or false"),
        ({"environment": "production", "unset": ["a"] * 101}, "set", "between 1 and 100"),
        ([], "", "is no object"),
    ],
)
async def test_what_is_no_edit_is_told_field_by_field(
    orders: ProjectFolder, ask: Any, body: Any, key: str, said: str
) -> None:
    async with ask(orders.root) as client:
        answer = await edit(client, body, AS_OPERATOR)
    assert (answer.status_code, answer.json()["code"]) == (422, "body-invalid")
    assert key in [one["key"] for one in answer.json()["errors"]]
    assert said in answer.text


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"environment": "prodction", "set": {"a": 1}}, 404, "environment-unknown"),
        ({"environment": "production", "set": {"server": 1}}, 400, "argument-invalid"),
        ({"environment": "production", "set": {"a..b": 1}}, 400, "argument-invalid"),
        (
            {"environment": "production", "set": {"server.port": 1}, "file": "../elsewhere.toml"},
            400,
            "argument-invalid",
        ),
    ],
)
async def test_what_cannot_be_edited_is_told(
    orders: ProjectFolder, ask: Any, body: Any, status: int, code: str
) -> None:
    async with ask(orders.root) as client:
        answer = await edit(client, {**body, "dry_run": True}, AS_OPERATOR)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_what_is_no_json_is_told(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        answer = await client.patch("/config/values", content=b"{", headers=AS_OPERATOR)
    assert (answer.status_code, answer.json()["code"]) == (400, "body-malformed")


async def test_viewers_edit_nothing_and_nobody_where_editing_is_off(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        body = {"environment": "production", "set": {"server.port": 1}}
        answer = await client.patch("/config/values", json=body, headers={"Authorization": f"Bearer {VIEWER}"})
        assert answer.status_code == 403
        async with client.change():
            orders.write({"settings.toml": SETTINGS.replace("editing = true", "editing = false")})
        async with asyncio.timeout(PATIENCE_SECONDS):
            while client.service.settings.diagnostics.editing:
                await client.get("/health/live")
        answer = await client.patch("/config/values", json=body, headers=AS_OPERATOR)
        assert (answer.status_code, answer.json()["code"]) == (403, "editing-off")
    assert text(orders) == PRODUCTION


async def test_the_log_says_who_edited_which_keys_and_no_value(
    orders: ProjectFolder, ask: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with ask(orders.root) as client:
        await edit(client, {"environment": "production", "set": {"app.name": "shop-7341"}})
    (record,) = (one for one in caplog.records if one.getMessage() == "edit")
    assert (record.__dict__["asked_by"], record.__dict__["keys"]) == ("edits", ["app.name"])
    assert not re.search("7341", str(record.__dict__))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        (
            "PATCH",
            "/config/values",
            '{"environment": "production", "dry_run": true, "set": {"a": 1}, "dry_run": false}',
        ),
        ("PATCH", "/config/values", '{"environment": "production", "set": {"server.workers": 1, "server.workers": 2}}'),
        ("POST", "/config/database/test", '{"environment": "staging", "environment": "production"}'),
        ("POST", "/config/database/test", '{"tls": {"mode": "disable", "mode": "verify-full"}}'),
        ("POST", "/releases", '{"environment": "production", "dry_run": true, "dry_run": false}'),
        ("POST", "/session", '{"token": "a", "token": "b"}'),
    ],
)
async def test_a_field_that_is_named_twice_is_refused(
    method: str, path: str, body: str, orders: ProjectFolder, ask: Any
) -> None:
    """Whoever looks at a body on its way here may have gone by the other one."""
    async with ask(orders.root) as client:
        headers = {**await seen(client), "Content-Type": "application/json"}
        answer = await client.request(method, path, content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "body-malformed")
        assert "twice" in answer.json()["detail"]
    assert text(orders) == PRODUCTION
