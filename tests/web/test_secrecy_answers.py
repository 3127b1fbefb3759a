"""The lists of what is masked and what is not, asked of every route and view."""

from typing import Any

from canaries import found_in
from secrecy_lists import PLACED, SHOWN, Lists

ROUTES = [
    "/config/values?environment=production",
    "/config/values?environment=development",
    "/config/matrix",
    "/config/diff?left=development&right=production",
    "/config/validate?environment=all",
    *(f"/config/explain/placed.{name}?environment=development" for name in PLACED[:3]),
    *(f"/config/explain/{table}?environment=production" for table in ("placed", "n0", "f0", "g5", "t10")),
    "/config/explain/from_dotenv?environment=development",
    "/",
    "/?view=matrix",
    "/?view=findings",
    "/?view=findings&environment=production",
    "/?key=placed.license&environment=development",
    "/?key=t10.note&environment=production",
    "/?key=g12.note&environment=production",
]


async def test_no_route_and_no_view_shows_what_must_be_masked(project: Any, ask: Any) -> None:
    async with ask(project(Lists().files()).root) as client:
        answers = {route: await client.get(route) for route in ROUTES}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert {route: list(found_in(answer.text)) for route, answer in answers.items() if any(found_in(answer.text))} == {}


async def test_every_route_shows_what_must_not_be_masked(project: Any, ask: Any) -> None:
    async with ask(project(Lists().files()).root) as client:
        said = {one["key"]: one for one in (await client.get("/config/values?environment=production")).json()["values"]}
        rows = {one["key"]: one for one in (await client.get("/config/matrix")).json()["rows"]}
        page = (await client.get("/?view=matrix")).text
    keys = [key for key in said if key.startswith("v") and key.partition(".")[0][1:].isdigit()]
    assert len(keys) == len(SHOWN)
    assert [key for key in keys if said[key]["secret"] or rows[key]["secret"]] == []
    assert [key for key in keys if rows[key]["cells"]["production"]["value"] != said[key]["value"]] == []
    texts = [said[key]["value"] for key in keys if isinstance(said[key]["value"], str)]
    assert [text for text in texts if "isible" in text and "<" not in text and text[:12] not in page] == []
