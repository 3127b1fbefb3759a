"""The history's view: the time line, two points compared, and what other views say of the past."""

from itertools import pairwise
from typing import Any

import pytest
from markup import parsed
from patience import PATIENCE_SECONDS
from projects import MakeProject, ProjectFolder
from remembered import KEPT, changed_once, look, remember, variables

from app.database.engine import ConnectionManager
from app.database.target import Target

FILES = {
    "assay.toml": 'known_environments = ["development", "production"]\nmerge_enabled = true\n',
    "settings.toml": '[default.server]\nport = 8000\nhost = "a"\n',
    "settings/production.toml": "[production.server]\nworkers = 4\n",
    ".secrets.toml": '[production]\ntoken = "canary-one-of-many"\n',
}
CHANGED = {"settings/production.toml": '[production.server]\nworkers = 4\nport = 9000\nname = "<b>new</b>"\n'}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that waits for what the history says, however long that takes."""
    monkeypatch.setattr("app.web.page.recorded.history._PATIENCE_SECONDS", PATIENCE_SECONDS)


@pytest.fixture
async def orders(project: MakeProject, manager: ConnectionManager) -> ProjectFolder:
    """A project that was looked at twice: production has another port since then."""
    made = project(FILES)
    await changed_once(made, CHANGED, manager)
    return made


@pytest.fixture
def environ(migrated: Target) -> dict[str, str]:
    """The variables of a service whose database remembers it."""
    return {**variables(migrated), **KEPT}


async def test_the_time_line_has_every_snapshot_and_gap_with_a_choice_of_two(
    orders: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    async with ask(orders.root, environ) as client:
        document = (await client.get("/config/history")).json()
        page = parsed((await client.get("/?view=history")).text)
    line = page.one("ol", id="timeline")
    snapshots = [item for item in line.all("li") if item["data-snapshot"]]
    assert [item["data-snapshot"] for item in snapshots] == [one["id"] for one in document["snapshots"]]
    for item in snapshots:
        assert {field["name"] for field in item.all("input", type="radio", value=item["data-snapshot"])} == {
            "left",
            "right",
        }
    assert "1 recorded late, 2 lost" in line.one("li", class_="gap").text
    assert page.one("form", id="compare")["method"] == "get"


async def test_two_points_are_compared_and_a_point_with_now(
    orders: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    async with ask(orders.root, environ) as client:
        listed = (await client.get("/config/history?environment=production")).json()["snapshots"]
        newest, oldest = (one["id"] for one in listed)
        pages = [
            parsed((await client.get(f"/?view=history&left={oldest}&right={right}")).text) for right in (newest, "now")
        ]
    for page in pages:
        rows = {row["data-key"]: [cell.text for cell in row.all("td")] for row in page.all("tr") if row["data-key"]}
        assert rows == {
            "server.name": ["added", "—", '"<b>new</b>"'],
            "server.port": ["changed", "8000", "9000"],
        }


async def test_each_point_leads_to_what_changed_then(orders: ProjectFolder, environ: dict[str, str], ask: Any) -> None:
    async with ask(orders.root, environ) as client:
        page = parsed((await client.get("/?view=history&environment=production")).text)
        newest = page.one("ol", id="timeline").all("li", class_="snapshot")[0]
        shown = parsed((await client.get(newest.one("a")["href"])).text)
    assert "2 values changed: server.name, server.port" in newest.text
    assert "days ago" in newest.text
    assert shown.one("h2", id="compared").text == "2 differences"


async def test_an_explanation_tells_when_its_value_changed(
    orders: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    async with ask(orders.root, environ) as client:
        page = parsed((await client.get("/?key=server.port&environment=production")).text)
        secret = (await client.get("/?key=token&environment=production")).text
    assert "8000 → 9000" in page.one("aside").one("ul", class_="past").text
    assert "canary" not in secret


async def test_cards_tell_the_last_change(orders: ProjectFolder, environ: dict[str, str], ask: Any) -> None:
    async with ask(orders.root, environ) as client:
        recorded = (await client.get("/config/history?environment=production&limit=1")).json()["snapshots"][0]
        page = parsed((await client.get("/")).text)
    card = page.one("li", data_environment="production", class_="card")
    assert card.all("dd")[-1].text == f"{recorded['recorded_at'][:16].replace('T', ' ')} UTC"


async def test_comparing_leaves_the_time_line_where_it_is(
    orders: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    async with ask(orders.root, environ) as client:
        place = (await client.get("/config/history?limit=1")).json()["next"]
        later = parsed((await client.get(f"/?view=history&before={place}")).text)
        start = parsed((await client.get("/?view=history")).text)
    assert later.one("form", id="compare").one("input", name="before")["value"] == place
    assert not start.one("form", id="compare").all("input", name="before")


@pytest.mark.parametrize("query", ["left=0000&right=now", "left=nothing", "right=now&left=now", "before=nonsense"])
async def test_points_that_are_not_there_are_told(
    orders: ProjectFolder, environ: dict[str, str], ask: Any, query: str
) -> None:
    async with ask(orders.root, environ) as client:
        answer = await client.get(f"/?view=history&{query}")
    assert answer.status_code == 200
    assert parsed(answer.text).all("p", class_="note")


async def test_without_a_database_the_view_says_so(own: Any, ask: Any) -> None:
    async with ask(own().root) as client:
        page = parsed((await client.get("/?view=history")).text)
        overview = parsed((await client.get("/")).text)
    assert "The service has no database, and so no history." in page.one("p", class_="note").text
    assert "not recorded" in overview.one("li", data_environment="production", class_="card").text


async def test_a_database_that_is_away_costs_the_page_nothing_but_the_history(
    orders: ProjectFolder, environ: dict[str, str], ask: Any, unused_port: int
) -> None:
    away = {**environ, "ASSAY_DATABASE__PORT": str(unused_port), "ASSAY_DATABASE__HOST": "127.0.0.1"}
    async with ask(orders.root, away) as client:
        answers = {view: await client.get(f"/?view={view}") for view in ("overview", "matrix", "history", "database")}
        explained = await client.get("/?key=server.port")
    assert {answer.status_code for answer in (*answers.values(), explained)} == {200}
    assert parsed(answers["history"].text).one("p", id="history-away").text.startswith("No history.")
    status = parsed(answers["database"].text).one("section", class_="status")
    assert status.one(class_="verdict").text == "not connected"
    assert "connection-refused" in status.text


async def test_a_point_leads_to_the_one_before_it_of_processes_with_the_same_variables(
    orders: ProjectFolder, manager: ConnectionManager, environ: dict[str, str], ask: Any
) -> None:
    active = {**KEPT, "ENV_FOR_DYNACONF": "production", "DYNACONF_SERVER__PORT": "7000"}
    await remember(manager, *look(orders, 2, active))
    orders.write({"settings/production.toml": "[production.server]\nworkers = 5\n"})
    await remember(manager, *look(orders, 3, KEPT), *look(orders, 4, active))
    async with ask(orders.root, environ) as client:
        listed = (await client.get("/config/history?environment=production")).json()["snapshots"]
        page = parsed((await client.get("/?view=history&environment=production")).text)
    points = {item["data-snapshot"]: item.all("a") for item in page.all("li", class_="snapshot")}
    led = {mark: [one["id"] for one in listed if one["active"] is mark] for mark in (True, False)}
    assert [len(ids) for ids in led.values()] == [2, 3]
    for ids in led.values():
        for newer, older in pairwise(ids):
            assert f"left={older}" in points[newer][0]["href"]
        assert not points[ids[-1]]


async def test_an_environment_that_the_project_no_longer_has_still_has_its_past(
    orders: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    orders.write({"assay.toml": 'known_environments = ["development"]\n'})
    (orders.root / "settings/production.toml").unlink()
    orders.write({".secrets.toml": ""})
    async with ask(orders.root, environ) as client:
        past = await client.get("/?view=history&environment=production")
        never = await client.get("/?view=history&environment=prodution&before=999")
        present = await client.get("/?view=findings&environment=production")
    assert (past.status_code, never.status_code, present.status_code) == (200, 404, 404)
    points = parsed(past.text).all("li", class_="snapshot")
    assert {point.one("b").text for point in points} == {"production"}
    assert "There is no environment" not in past.text
