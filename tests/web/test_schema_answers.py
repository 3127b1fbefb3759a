"""/schema: the API's description."""

import re
from typing import Any


async def test_the_description_is_openapi_and_lists_every_path(project: Any, ask: Any) -> None:
    async with ask(project().root) as client:
        answer = await client.get("/schema/openapi.json")
        same = await client.get("/schema")
    assert answer.json()["openapi"].startswith("3.1")
    assert {"/config/validate", "/config/explain/{key}", "/config/database/test", "/health"} <= answer.json()[
        "paths"
    ].keys()
    assert same.content == answer.content


async def test_a_browser_gets_a_page_that_needs_nothing_from_elsewhere(project: Any, ask: Any) -> None:
    async with ask(project().root) as client:
        page = await client.get("/schema", headers={"Accept": "text/html,*/*"})
    assert page.headers["Content-Type"].startswith("text/html")
    assert "/config/explain/{key}" in page.text
    asked = set(re.findall(r"""(?:src|href|action|@import|url\()\s*=?\s*["']([^"'?]*)""", page.text))
    assert asked == {
        "/schema/openapi.json", "/", "/static/page.css", "/static/theme.js", "/static/favicon.svg",
    }  # fmt: skip
    assert "<style" not in page.text


async def test_a_service_that_documents_nothing_has_no_description(own: Any, ask: Any) -> None:
    async with ask(own({"settings.toml": "[default.app]\ndocs = false\n"}).root) as client:
        answer = await client.get("/schema/openapi.json")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
