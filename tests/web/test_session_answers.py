"""Signing in to the page with a token, and out."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.settings.auth import TokenSettings
from app.web.security.ended_sessions import EndedSessions
from app.web.security.sessions import COOKIE, SECONDS, Sessions


def guarded(*roles: str) -> dict[str, str]:
    tokens = ", ".join(
        f'{{name = "{role}", role = "{role}", sha256 = "{hashlib.sha256(f"canary-{role}".encode()).hexdigest()}"}}'
        for role in roles or ("viewer", "operator")
    )
    return {"settings.toml": f"[default.auth]\ntokens = [{tokens}]\n"}


async def test_a_session_asks_what_its_token_may(own: Any, ask: Any) -> None:
    async with ask(own(guarded()).root) as client:
        signed = await client.post("/session", json={"token": "canary-viewer"})
        assert (signed.status_code, signed.json()["role"]) == (200, "viewer")
        assert (await client.get("/config/values")).status_code == 200
        refused = await client.post("/config/database/test", json={}, headers={"X-CSRF-Token": signed.json()["csrf"]})
        assert refused.status_code == 403


async def test_a_client_cannot_sign_in(own: Any, ask: Any) -> None:
    digest = hashlib.sha256(b"canary-client").hexdigest()
    bound = f'{{name = "runs", role = "client", environments = ["production"], sha256 = "{digest}"}}'
    async with ask(own({"settings.toml": f"[default.auth]\ntokens = [{bound}]\n"}).root) as client:
        assert (await client.post("/session", json={"token": "canary-client"})).status_code == 401


async def test_the_cookie_is_for_this_service_alone(own: Any, ask: Any) -> None:
    async with ask(own(guarded()).root) as client:
        signed = await client.post("/session", json={"token": "canary-operator"})
    header = signed.headers["set-cookie"].lower()
    assert header.startswith(f"{COOKIE}=")
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip() for part in header.split(";")}


async def test_a_session_changes_nothing_without_what_only_its_page_knows(own: Any, ask: Any) -> None:
    async with ask(own(guarded()).root) as client:
        signed = await client.post("/session", json={"token": "canary-operator"})
        csrf = {"X-CSRF-Token": signed.json()["csrf"]}
        bare = await client.post("/config/database/test", json={"host": "x"})
        wrong = await client.post("/config/database/test", json={"host": "x"}, headers={"X-CSRF-Token": "0"})
        right = await client.post("/config/database/test", json={"hots": "x"}, headers=csrf)
    assert [bare.status_code, wrong.status_code, right.status_code] == [403, 403, 422]


async def test_signing_out_takes_the_cookie_back(own: Any, ask: Any) -> None:
    async with ask(own(guarded()).root) as client:
        signed = await client.post("/session", json={"token": "canary-viewer"})
        foreign = await client.delete("/session", headers={"Origin": "https://evil.example"})
        assert (signed.status_code, foreign.status_code) == (200, 403)
        assert (await client.get("/config/values")).status_code == 200
        out = await client.delete("/session")
        assert (out.status_code, out.content) == (204, b"")
        assert (await client.get("/config/values")).status_code == 401


async def test_a_cookie_that_was_kept_says_nothing_after_signing_out(own: Any, ask: Any) -> None:
    async with ask(own(guarded()).root) as client:
        signed = await client.post("/session", json={"token": "canary-viewer"})
        kept = {"Cookie": f"{COOKIE}={client.cookies[COOKIE]}"}
        other = await client.post("/session", json={"token": "canary-viewer"})
        client.cookies.clear()
        out = await client.delete("/session", headers={**kept, "X-CSRF-Token": signed.json()["csrf"]})
        assert out.status_code == 204
        client.cookies.clear()
        assert (await client.get("/config/values", headers=kept)).status_code == 401
        still = {"Cookie": f"{COOKIE}={other.cookies[COOKIE]}"}
        assert (await client.get("/config/values", headers=still)).status_code == 200


def test_a_session_that_one_worker_ended_is_over_in_all(tmp_path: Path) -> None:
    token = TokenSettings(name="a", role="viewer", sha256="0" * 64)
    one, other = (Sessions(b"k" * 32, lambda: datetime.now(UTC), EndedSessions(str(tmp_path))) for _ in range(2))
    cookie = one.issue(token)
    assert other.read(cookie, [token]) is token
    one.end(cookie)
    assert other.read(cookie, [token]) is None


async def test_a_form_is_led_to_the_page(own: Any, ask: Any) -> None:
    async with ask(own(guarded()).root) as client:
        answer = await client.post("/session", data={"token": "canary-viewer"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert (await client.get("/config/values")).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"json": {"token": "canary-wrong"}}, 401, "unauthorized"),
        ({"json": {}}, 422, "body-invalid"),
        ({"json": {"tokn": "canary-viewer"}}, 422, "body-invalid"),
        ({"json": {"token": 5}}, 422, "body-invalid"),
        ({"json": []}, 422, "body-invalid"),
        ({"content": b"{"}, 400, "body-malformed"),
        ({"content": b"\xff"}, 400, "body-malformed"),
        ({"json": {"token": "canary-viewer"}, "headers": {"Origin": "https://evil.example"}}, 403, "forbidden"),
        ({"json": {"token": "canary-viewer"}, "headers": {"Origin": "http://["}}, 403, "forbidden"),
    ],
)
async def test_what_is_no_sign_in_is_told(own: Any, ask: Any, body: dict[str, Any], status: int, code: str) -> None:
    async with ask(own(guarded()).root) as client:
        answer = await client.post("/session", **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "set-cookie" not in answer.headers


async def test_a_misspelled_field_is_told_with_the_nearest(own: Any, ask: Any) -> None:
    async with ask(own(guarded()).root) as client:
        answer = await client.post("/session", json={"tokn": "canary-viewer"})
    assert answer.json()["errors"] == [{"key": "tokn", "message": "Did you mean 'token'?"}]


def test_a_session_ends_with_its_token() -> None:
    """Another token of the same name is another token."""
    key = b"k" * 32
    sessions = Sessions(key, lambda: datetime.now(UTC))
    old, new = (TokenSettings(name="ci", role="viewer", sha256=digit * 64) for digit in "ab")
    cookie = sessions.issue(old)
    assert sessions.read(cookie, [new, old]) is old
    assert sessions.read(cookie, [new]) is None
    assert Sessions(b"other" * 8, lambda: datetime.now(UTC)).read(cookie, [old]) is None


def test_a_session_runs_out() -> None:
    token = TokenSettings(name="ci", role="viewer", sha256="a" * 64)
    start = datetime.now(UTC)
    cookie = Sessions(b"k" * 32, lambda: start).issue(token)
    almost, late = (start + timedelta(seconds=SECONDS + more) for more in (-2, 2))
    assert Sessions(b"k" * 32, lambda: almost).read(cookie, [token]) is token
    assert Sessions(b"k" * 32, lambda: late).read(cookie, [token]) is None


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        ".",
        "...",
        "a.b.c.d",
        "Y2k.9999999999.x.0",
        "Y2k.99999999999999999999.x.",
        pytest.param(f"Y2k.{'9' * 5000}.x.0", id="no number"),
        "Y2k.9999999999.x.\xe9",
    ],
)
def test_what_nobody_issued_is_no_session(cookie: str) -> None:
    token = TokenSettings(name="ci", role="viewer", sha256="a" * 64)
    assert Sessions(b"k" * 32, lambda: datetime.now(UTC)).read(cookie, [token]) is None


@pytest.mark.parametrize(
    "cookie", [b"dmlld2Vy.9999999999.x.\xe9", b"dmlld2Vy." + b"9" * 5000 + b".x.0"], ids=["é", "9…"]
)
async def test_whoever_shows_what_nobody_issued_is_unknown_and_sees_where_to_sign_in(
    own: Any, ask: Any, cookie: bytes
) -> None:
    async with ask(own(guarded()).root) as client:
        said = {"Cookie": COOKIE.encode() + b"=" + cookie}
        page = await client.get("/", headers=said)
        values = await client.get("/config/values", headers=said)
        out = await client.delete("/session", headers=said)
    assert [answer.status_code for answer in (page, values, out)] == [200, 401, 204]
    assert "Sign in" in page.text
