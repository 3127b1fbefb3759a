"""What is ready is given ahead of the framework, to nobody else, and no differently."""

import hashlib
from typing import Any

import httpx
import pytest

from app.web.http.fast_path import ShortPath

ORDERS = {"settings.toml": "[default]\nport = 80\n[production]\nport = 443\n"}
DIGEST = hashlib.sha256(b"canary-token").hexdigest()
GUARDED = {"settings.toml": f'[default.auth]\ntokens = [{{name = "ci", role = "viewer", sha256 = "{DIGEST}"}}]\n'}
BEARER = {"Authorization": "Bearer canary-token"}
PATHS = [
    "/config/validate",
    "/config/validate?environment=all",
    "/config/values",
    "/config/environments",
    "/config/matrix",
]


@pytest.fixture
def long_ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that went the long way."""
    went: list[str] = []
    found = ShortPath._found  # noqa: SLF001 - where the ways part

    def watched(self: ShortPath, scope: Any) -> Any:
        result = found(self, scope)
        if result is None:
            went.append(scope["path"])
        return result

    monkeypatch.setattr(ShortPath, "_found", watched)
    return went


def shown(answer: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    return (
        answer.status_code,
        answer.content,
        {name: value for name, value in answer.headers.items() if name != "x-request-id"},
    )


@pytest.mark.parametrize("path", PATHS)
async def test_both_ways_give_the_same_answer(project: Any, ask: Any, path: str, long_ways: list[str]) -> None:
    async with ask(project(ORDERS).root) as client:
        await client.get(path)
        long_ways.clear()
        short = await client.get(path)
        assert long_ways == []
        long = await client.get(path, headers={"Cookie": "of=another"})
        assert len(long_ways) == 1
        known = {"If-None-Match": short.headers["etag"]}
        short_known, long_known = [
            await client.get(path, headers={**known, **more}) for more in ({}, {"Cookie": "a=b"})
        ]
    assert shown(short) == shown(long)
    assert short_known.status_code == long_known.status_code == 304
    assert short_known.headers["etag"] == long_known.headers["etag"]


async def test_nobody_gets_by_it_what_the_guards_refuse(own: Any, ask: Any, long_ways: list[str]) -> None:
    async with ask(own(GUARDED).root) as client:
        for _ in range(2):
            assert (await client.get("/config/values", headers=BEARER)).status_code == 200
        assert len(long_ways) == 1
        assert (await client.get("/config/values")).status_code == 401
        assert (await client.get("/config/values", headers={"Authorization": "Bearer canary-wrong"})).status_code == 401
        other = await client.get("/config/values", headers={**BEARER, "Host": "evil.example"})
        assert other.status_code == 400


async def test_no_client_gets_by_it_what_is_for_viewers(own: Any, ask: Any) -> None:
    runs = f'{{name = "runs", role = "client", environments = ["development"], sha256 = "{"0" * 64}"}}'
    tokens = (
        GUARDED["settings.toml"]
        .replace("}]", f"}}, {runs}]")
        .replace("0" * 64, hashlib.sha256(b"canary-runs").hexdigest())
    )
    async with ask(own({"settings.toml": tokens}).root) as client:
        assert (await client.get("/config/values", headers=BEARER)).status_code == 200
        refused = await client.get("/config/values", headers={"Authorization": "Bearer canary-runs"})
        assert refused.status_code == 403


async def test_without_tokens_only_this_machine_gets_by_it(project: Any, ask: Any) -> None:
    async with ask(project(ORDERS).root) as client:
        for _ in range(2):
            assert (await client.get("/config/values")).status_code == 200
        forwarded = await client.get("/config/values", headers={"X-Forwarded-For": "192.0.2.7"})
        assert forwarded.status_code == 403


async def test_a_change_is_given_at_once(project: Any, ask: Any) -> None:
    made = project(ORDERS)
    async with ask(made.root) as client:
        for _ in range(2):
            first = await client.get("/config/values?environment=production")
        async with client.change():
            made.write({"settings.toml": "[production]\nport = 8443\n"})
        second = await client.get("/config/values?environment=production")
    assert first.json()["values"][0]["value"] == 443
    assert second.json()["values"][0]["value"] == 8443
