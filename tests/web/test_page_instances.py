"""The view of instances: who runs with which release, and what differs."""

from collections.abc import Mapping
from typing import Any

from delivered import BEARER
from markup import Element, parsed
from projects import ProjectFolder
from releases_kit import released
from test_instances_answers import VIEWER, environ, key_of, orders, report

from app.database.engine import ConnectionManager
from app.releases.drift import digests_of
from app.web.page.recorded.instances import LISTED

__all__ = ["environ", "orders"]


async def shown(client: Any, query: str = "") -> Element:
    answer = await client.get(f"/?view=instances{query}", headers=VIEWER)
    assert answer.status_code == 200, answer.text
    found: Element = parsed(answer.text)
    return found


def rows(page: Element) -> dict[str, list[str]]:
    return {row["data-instance"]: [cell.text for cell in row.all("td")]
            for row in page.all("tr") if row["data-instance"]}  # fmt: skip


async def test_who_differs_is_shown_with_the_key(
    orders: ProjectFolder, environ: Mapping[str, str], manager: ConnectionManager, ask: Any
) -> None:
    made = await released(manager)
    async with ask(orders.root, environ) as client:
        key = await key_of(client)
        assert "No instance has reported." in (await shown(client)).text
        for name, values, number in (("a", {"port": 1}, made.id), ("b", {"port": 2}, made.id), ("c", {}, None)):
            told = report(name, release=number, digests=digests_of(values, key))
            assert (await client.post("/instances", json=told, headers=BEARER)).status_code == 204
        page = await shown(client, "&environment=production")
        nobody = await shown(client, "&environment=staging")
    assert "1 different, 1 old, 1 current." in page.text
    found = {name: (state, number, differs) for name, (state, differs, number, *_) in rows(page).items()}
    assert found["a"] == ("current", str(made.id), "")
    assert found["b"][:2] == ("different", str(made.id))
    assert found["b"][2].startswith("port since")
    assert found["c"] == ("old", "none", "")
    assert "No instance of staging has reported." in nobody.text


async def test_many_are_shown_page_by_page(orders: ProjectFolder, environ: Mapping[str, str], ask: Any) -> None:
    names = {f"web-{number}" for number in range(LISTED + 1)}
    async with ask(orders.root, environ) as client:
        for name in names:
            assert (await client.post("/instances", json=report(name), headers=BEARER)).status_code == 204
        first = await shown(client)
        (more,) = (link["href"] for link in first.all("a") if link.text == "More")
        second = parsed((await client.get(more, headers=VIEWER)).text)
    assert len(rows(first)) == LISTED
    assert rows(first).keys() | rows(second).keys() == names


async def test_without_a_database_it_says_so(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root, {}) as client:
        answer = await client.get("/?view=instances")
    assert answer.status_code == 200
    assert "No instances." in answer.text
