"""Signing in to the page and out of it, and what the unknown see."""

import hashlib
from typing import Any

import pytest
from markup import parsed

BROWSER = {"Accept": "text/html,application/xhtml+xml"}
TOKENS = ", ".join(
    f'{{name = "{role}s-name", role = "{role}", sha256 = "{hashlib.sha256(token.encode()).hexdigest()}"}}'
    for role, token in (("viewer", "canary-viewer"), ("operator", "canary-operator"))
)
SETTINGS = f"[default.app]\nname = 'a-name-to-be-hidden'\n[default.auth]\ntokens = [{TOKENS}]\n"
GUARDED = {"settings.toml": SETTINGS}


async def test_the_unknown_see_where_to_sign_in_and_nothing_else(own: Any, ask: Any) -> None:
    async with ask(own(GUARDED).root) as client:
        answers = [await client.get(path) for path in ("/", "/?view=matrix", "/?key=app.name", "/?view=database")]
    for answer in answers:
        page = parsed(answer.text)
        assert answer.status_code == 200
        assert page.one("form")["id"] == "signin"
        assert page.one("input", name="token")["type"] == "password"
        assert not any(word in answer.text for word in ("a-name-to-be-hidden", "orders", "development", "s-name"))


async def test_a_fragment_for_the_unknown_is_a_refusal(own: Any, ask: Any) -> None:
    async with ask(own(GUARDED).root) as client:
        answer = await client.get("/?view=matrix", headers={"X-Assay-Fragment": "main"})
    assert answer.status_code == 401


async def test_whoever_signs_in_is_led_back_to_the_link_that_they_followed(own: Any, ask: Any) -> None:
    link = "/?view=matrix&key=app.name&environment=production"
    async with ask(own(GUARDED).root) as client:
        form = parsed((await client.get(link)).text).one("form")
        assert (form["action"], form["method"]) == ("/session", "post")
        fields = {field["name"]: field["value"] for field in form.all("input", type="hidden")}
        answer = await client.post("/session", data={**fields, "token": "canary-viewer"}, headers=BROWSER)
        assert (answer.status_code, answer.headers["location"]) == (303, link)
        page = parsed((await client.get(link)).text)
    assert page.one("aside").one("h2").text == "Why is app.name"
    assert page.one("meta", name="role")["content"] == "viewer"
    assert page.one("span", class_="who").text == "viewers-name viewer"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/session",
        "/?a=1\r\nX-Evil: 1",
        "/?a b",
        "javascript:alert(1)",
        "",
        "/?" + "x" * 5000,
    ],
)
async def test_nobody_is_led_to_where_the_page_is_not(own: Any, ask: Any, elsewhere: str) -> None:
    async with ask(own(GUARDED).root) as client:
        answer = await client.post("/session", data={"token": "canary-viewer", "next": elsewhere}, headers=BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_a_form_is_known_by_its_media_type_in_whatever_case(own: Any, ask: Any) -> None:
    headers = {**BROWSER, "Content-Type": "Application/X-WWW-Form-URLencoded; charset=UTF-8"}
    async with ask(own(GUARDED).root) as client:
        answer = await client.post("/session", content=b"token=canary-viewer&next=/?view=matrix", headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?view=matrix")


async def test_a_wrong_token_brings_the_form_again_with_the_reason_and_the_way_back(own: Any, ask: Any) -> None:
    link = "/?view=findings"
    async with ask(own(GUARDED).root) as client:
        answer = await client.post("/session", data={"token": "canary-wrong", "next": link}, headers=BROWSER)
    page = parsed(answer.text)
    assert (answer.status_code, answer.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert page.one("p", role="alert").text == "This is no token of this service."
    assert page.one("input", name="next")["value"] == link
    assert page.one("input", name="token")["value"] == ""
    assert "canary" not in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_program_that_sends_the_form_gets_a_problem(own: Any, ask: Any) -> None:
    async with ask(own(GUARDED).root) as client:
        answer = await client.post("/session", data={"token": "canary-wrong"})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


async def test_signing_out_works_without_a_script(own: Any, ask: Any) -> None:
    async with ask(own(GUARDED).root) as client:
        await client.post("/session", data={"token": "canary-operator"}, headers=BROWSER)
        form = parsed((await client.get("/")).text).one("form", id="leave")
        fields = {field["name"]: field["value"] for field in form.all("input")}
        out = await client.post("/session", data=fields, headers=BROWSER)
        assert (out.status_code, out.headers["location"]) == (303, "/")
        assert parsed((await client.get("/")).text).one("form")["id"] == "signin"


async def test_signing_out_needs_what_only_the_page_knows(own: Any, ask: Any) -> None:
    async with ask(own(GUARDED).root) as client:
        await client.post("/session", data={"token": "canary-operator"}, headers=BROWSER)
        refused = await client.post("/session", data={"leave": "1", "csrf": "0"}, headers=BROWSER)
        misspelled = await client.post("/session", data={"leave": "1", "crsf": "0"})
        assert refused.status_code == 403
        assert parsed(refused.text).one("h1").text == "Forbidden"
        assert (misspelled.status_code, misspelled.json()["errors"][0]["key"]) == (422, "crsf")
        assert (await client.get("/config/values")).status_code == 200


async def test_the_page_tells_its_scripts_what_goes_along_with_a_change(own: Any, ask: Any) -> None:
    async with ask(own(GUARDED).root) as client:
        await client.post("/session", data={"token": "canary-operator"}, headers=BROWSER)
        csrf = parsed((await client.get("/")).text).one("meta", name="csrf")["content"]
        answer = await client.post("/config/database/test", json={"hots": 1}, headers={"X-CSRF-Token": csrf})
    assert answer.status_code == 422


async def test_a_viewer_is_told_that_testing_needs_an_operator(own: Any, ask: Any) -> None:
    async with ask(own(GUARDED).root) as client:
        pages = {}
        for role in ("viewer", "operator"):
            answer = await client.get("/?view=database", headers={"Authorization": f"Bearer canary-{role}"})
            pages[role] = parsed(answer.text)
    assert pages["viewer"].all("form", id="probe") == []
    assert "needs a token with the role operator" in pages["viewer"].text
    stages = [item["data-stage"] for item in pages["operator"].one("ol", id="stages").all("li")]
    assert stages == ["resolve", "connect", "tls", "login", "query", "privileges", "migrations"]


async def test_without_tokens_this_machine_sees_the_page_and_others_a_refusal(own: Any, ask: Any) -> None:
    folder = own({"settings.toml": "[default]\n"})
    async with ask(folder.root) as client:
        page = parsed((await client.get("/")).text)
        assert page.one("meta", name="role")["content"] == "operator"
        assert page.all("form", id="leave") == []
    async with ask(folder.root, caller="192.0.2.9") as client:
        refused = await client.get("/", headers=BROWSER)
    assert (refused.status_code, parsed(refused.text).one("h1").text) == (403, "Forbidden")


async def test_an_unknown_host_gets_a_readable_refusal(own: Any, ask: Any) -> None:
    async with ask(own(GUARDED).root) as client:
        answer = await client.get("/", headers={**BROWSER, "Host": "evil.example"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "does not answer to that host name" in parsed(answer.text).text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_other_paths_answer_browsers_with_problems_too(own: Any, ask: Any) -> None:
    async with ask(own(GUARDED).root) as client:
        answer = await client.get("/nowhere", headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
