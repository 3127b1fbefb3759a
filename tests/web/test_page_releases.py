"""The view of releases: the difference comes first, then the button that releases, or goes back."""

import html
import json
from typing import Any

import pytest
from markup import Element, parsed
from projects import MakeProject, ProjectFolder
from remembered import variables
from test_release_answers import ASSAY, SECRETS, SETTINGS, bearer, listed

from app.database.target import Target


@pytest.fixture
def orders(project: MakeProject) -> ProjectFolder:
    return project({"assay.toml": ASSAY, "settings.toml": SETTINGS, ".secrets.toml": SECRETS})


@pytest.fixture
def environ(migrated: Target) -> dict[str, str]:
    return {**variables(migrated), "ASSAY_AUTH__TOKENS": listed()}


async def shown(client: Any, query: str = "", name: str = "ada") -> Element:
    answer = await client.get(f"/?view=releases{query}", headers=bearer(name))
    assert answer.status_code == 200, answer.text
    found: Element = parsed(answer.text)
    return found


def rows(page: Element) -> dict[str, list[str]]:
    return {row["data-key"]: [cell.text for cell in row.all("td")] for row in page.all("tr") if row["data-key"]}


async def follow(client: Any, page: Element) -> Any:
    """What the script of the page does with its one form."""
    (form,) = [one for one in page.all("form") if one["data-release"]]
    body = {**json.loads(html.unescape(form["data-body"])), "message": "from the page"}
    return await client.post(form["data-release"], json=body, headers=bearer("ada"))


async def test_what_a_release_changes_is_shown_before_it_is_made(
    orders: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    async with ask(orders.root, environ) as client:
        page = await shown(client, "&environment=production")
        assert rows(page)["port"] == ["added", "8000"]
        assert "Each instance supplies: password" in page.text
        made = await follow(client, page)
        assert (made.status_code, made.json()["message"]) == (201, "from the page")
        again = await shown(client, "&environment=production")
        assert "No value differs." in again.text
        assert [row["data-release"] for row in again.all("tr") if row["data-release"]] == ["1"]


async def test_going_back_shows_what_it_changes_and_then_does(
    orders: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    async with ask(orders.root, environ) as client:
        await follow(client, await shown(client, "&environment=production"))
        number = client.service.live.picture.number
        orders.write({"settings.toml": SETTINGS.replace("8000", "9000")})
        await client.service.live.newer(number)
        await follow(client, await shown(client, "&environment=production"))
        page = await shown(client, "&environment=production&left=1")
        assert rows(page) == {"port": ["changed", "9000", "8000"]}
        back = await follow(client, page)
        assert (back.status_code, back.json()["rolled_back_to"]) == (201, 1)
        refused = await shown(client, "&environment=production&left=3")
        assert "Release 3 is nothing to go back to" in refused.text


async def test_what_is_not_fit_has_no_button(orders: ProjectFolder, environ: dict[str, str], ask: Any) -> None:
    orders.write({"settings.toml": SETTINGS + "debug = true\n"})
    async with ask(orders.root, environ) as client:
        page = await shown(client, "&environment=production")
    assert "It has errors, and is not released" in page.text
    assert not [one for one in page.all("form") if one["data-release"]]


async def test_a_viewer_sees_and_releases_nothing(orders: ProjectFolder, environ: dict[str, str], ask: Any) -> None:
    async with ask(orders.root, environ) as client:
        page = await shown(client, "&environment=production", "eve")
    assert "This needs a token with the role operator." in page.text
    assert not [one for one in page.all("form") if one["data-release"]]


async def test_without_a_database_the_view_says_why(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        answer = await client.get("/?view=releases")
    assert "The service has no database, and so no releases." in html.unescape(answer.text)


async def test_what_is_no_release_is_told(orders: ProjectFolder, environ: dict[str, str], ask: Any) -> None:
    async with ask(orders.root, environ) as client:
        for chosen in ("now", "7", "9" * 40):
            assert "Not compared." in (await shown(client, f"&left={chosen}")).text
