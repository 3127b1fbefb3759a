"""Every error is a problem; every answer is protected."""

from typing import Any

import pytest

from app.web.controllers import configuration

FIELDS = {"type", "title", "status", "detail", "instance", "code"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/schema/nothing", 404, "not-found"),
        ("GET", "/schema/nothing.json", 404, "not-found"),
        ("PUT", "/config/database/test", 405, "method-not-allowed"),
        ("DELETE", "/config/values", 405, "method-not-allowed"),
        ("GET", "/config/explain/", 404, "not-found"),
        ("GET", "/config/explain/a..b", 404, "key-unknown"),
        ("GET", "/config/values?environment=", 404, "environment-unknown"),
    ],
)
async def test_every_error_is_a_problem(project: Any, ask: Any, method: str, path: str, status: int, code: str) -> None:
    async with ask(project().root) as client:
        answer = await client.request(method, path)
    problem = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem.keys() == FIELDS
    assert problem["instance"] == path.partition("?")[0].rstrip("/") or problem["instance"] == path


async def test_a_parameter_that_is_missing_is_named(project: Any, ask: Any) -> None:
    async with ask(project().root) as client:
        answer = await client.get("/config/diff?right=production")
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter-missing")
    assert answer.json()["errors"] == [{"key": "left", "message": "is required"}]


async def test_an_unknown_method_names_the_known_ones(project: Any, ask: Any) -> None:
    async with ask(project().root) as client:
        answer = await client.put("/config/database/test")
    assert "POST" in answer.headers["Allow"]


async def test_a_fault_of_our_own_tells_nothing(project: Any, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        message = "canary-7c31 in /srv/secret"
        raise RuntimeError(message)

    monkeypatch.setattr(configuration, "explain", fail)
    async with ask(project().root) as client:
        answer = await client.get("/config/explain/x")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    assert not [word for word in ("canary", "/srv", "Traceback", "RuntimeError") if word in answer.text]


async def test_a_body_beyond_the_limit_is_refused(own: Any, ask: Any) -> None:
    home = own({"settings.toml": "[default.server]\nmax_body_bytes = 1024\n"})
    async with ask(home.root) as client:
        answer = await client.post("/config/database/test", content=b" " * 1025)
    assert (answer.status_code, answer.json()["code"]) == (413, "request-entity-too-large")


@pytest.mark.parametrize("path", ["/health", "/nothing", "/config/values"])
async def test_every_answer_bears_the_security_headers(project: Any, ask: Any, path: str) -> None:
    async with ask(project().root) as client:
        headers = (await client.get(path)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Strict-Transport-Security" not in headers


async def test_https_is_insisted_on_where_the_settings_say_so(own: Any, ask: Any) -> None:
    async with ask(own({"settings.toml": "[default.headers]\nhsts_seconds = 60\n"}).root) as client:
        headers = (await client.get("/health/live")).headers
    assert headers["Strict-Transport-Security"].startswith("max-age=60")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("LOCALHOST:1", 200),
        ("[::1]:8000", 200),
        ("evil.example", 400),
        ("127.0.0.1.evil.example", 400),
        ("", 400),
    ],
)
async def test_only_the_services_own_names_are_answered(project: Any, ask: Any, host: str, status: int) -> None:
    async with ask(project().root) as client:
        answer = await client.get("/config/values", headers={"Host": host})
    assert answer.status_code == status


async def test_health_is_answered_under_any_name(project: Any, ask: Any) -> None:
    async with ask(project().root) as client:
        assert (await client.get("/health/live", headers={"Host": "10.0.0.7"})).status_code == 200


@pytest.mark.parametrize("second", ["evil.example", "127.0.0.1"])
async def test_a_request_names_its_host_once(own: Any, ask: Any, second: str) -> None:
    async with ask(own({}).root) as client:
        assert (await client.get("/config/environments", headers=[("Host", "127.0.0.1")])).status_code == 200
        answer = await client.get("/config/environments", headers=[("Host", "127.0.0.1"), ("Host", second)])
        assert (answer.status_code, answer.json()["code"]) == (400, "host-not-allowed")


async def test_only_listed_origins_are_let_in(own: Any, ask: Any) -> None:
    page = {"Origin": "https://ops.example.com"}
    async with ask(
        own({"settings.toml": '[default.cors]\nallow_origins = ["https://ops.example.com"]\n'}).root
    ) as client:
        listed = await client.get("/health/live", headers=page)
        other = await client.get("/health/live", headers={"Origin": "https://evil.example"})
    async with ask(own({"settings.toml": "[default]\n"}).root) as client:
        none = await client.get("/health/live", headers=page)
    assert listed.headers["Access-Control-Allow-Origin"] == "https://ops.example.com"
    assert "Access-Control-Allow-Origin" not in other.headers
    assert "Access-Control-Allow-Origin" not in none.headers


HOSTILE = {
    "an origin that is no address": ("Origin", b"http://["),
    "a host that is no address": ("Host", b"http://["),
    "a port that is none": ("Host", b"127.0.0.1:99999999"),
    "a port that is no number": ("Host", b"127.0.0.1:x"),
    "a host beyond ASCII": ("Host", b"\xe9"),
    "a token beyond ASCII": ("Authorization", b"Bearer \xe9\xff"),
    "a scheme beyond ASCII": ("Authorization", b"\xe9"),
    "a cookie beyond ASCII": ("Cookie", b"\xff=\xe9; assay_session=b3BlcmF0b3I.9999999999.x.\xe9"),
    "a cookie of many digits": ("Cookie", b"assay_session=b3BlcmF0b3I." + b"9" * 5000 + b".x.0"),
    "an id beyond ASCII": ("X-Request-Id", b"\xe9"),
    "an id without end": ("X-Request-Id", b"a" * 100_000),
    "a thousand tags": ("If-None-Match", b'"a",' * 25_000),
    "a tag beyond ASCII": ("If-None-Match", b"\xe9" * 100_000),
}
GUARDED = f'[[default.auth.tokens]]\nname = "operator"\nrole = "operator"\nsha256 = "{"a" * 64}"\n'


@pytest.mark.parametrize(("name", "value"), HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("settings", ["[default]\n", GUARDED], ids=["open", "guarded"])
async def test_no_header_of_anybody_is_a_fault_of_ours(
    own: Any, ask: Any, settings: str, name: str, value: bytes
) -> None:
    asked = [("GET", "/"), ("GET", "/config/values"), ("GET", "/config/explain/x"), ("GET", "/schema/nothing"),
             ("GET", "/nothing"), ("GET", "/static/page.js"), ("GET", "/health/live"), ("HEAD", "/"),
             ("POST", "/session"), ("DELETE", "/session"), ("POST", "/config/database/test")]  # fmt: skip
    async with ask(own({"settings.toml": settings}).root) as client:
        for method, path in asked:
            for accepted in ("text/html", "application/json"):
                answer = await client.request(method, path, headers={"Accept": accepted, name: value})
                assert answer.status_code < 500, (method, path, accepted)
