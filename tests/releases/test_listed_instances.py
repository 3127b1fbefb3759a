"""A list of all instances is read page by page; what most of them have is counted once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from drafts import NOON, PROJECT
from projects import MakeProject
from sqlalchemy import Engine, event, text

from app.database.engine import ConnectionManager
from app.history.store.queries.paging import LONGEST
from app.project.workspace import open_workspace
from app.releases.store.instances import MOST_DIGESTS, majority, reported
from app.service.releasing.instances import InstanceReports
from app.service.releasing.releases import Releasing
from app.settings.releases import ReleasesSettings

_MANY = text(
    "INSERT INTO instance (project, environment, name, host, started_at, seen_at, digests, since) "
    "SELECT :project, CASE WHEN number % 2 = 0 THEN 'production' ELSE 'staging' END, 'web-' || number, 'h', :at, :at, "
    "json_build_object('port', CASE WHEN number = 7 THEN 'other' ELSE 'usual' END), '{}' "
    "FROM generate_series(1, :count) AS number"
)
_COUNT = 2 * LONGEST + 10


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """Every statement that is sent, as it is sent."""
    found: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    yield found
    event.remove(Engine, "before_cursor_execute", hear)


@pytest.fixture
def orders(project: MakeProject) -> Path:
    return project({"assay.toml": f'name = "{PROJECT}"\n', "settings.toml": "[production]\n[staging]\n"}).root


async def test_what_most_have_is_counted_once_for_each_environment(
    manager: ConnectionManager, orders: Path, asked: list[str]
) -> None:
    async with manager.session() as session:
        await session.execute(_MANY, {"project": PROJECT, "at": NOON, "count": _COUNT})
    workspace = open_workspace(orders, {})
    releasing = Releasing(manager=manager, workspace=lambda: workspace, settings=ReleasesSettings(), author="ada",
                          clock=lambda: NOON)  # fmt: skip
    listed = await InstanceReports(releasing=releasing).all_listed()
    assert len(listed.instances) == _COUNT
    assert [one.name for one in listed.instances if one.state == "different"] == ["web-7"]
    assert sum("ORDER BY instance.id DESC" in one for one in asked) == 3
    assert sum("ORDER BY instance.seen_at DESC" in one for one in asked) == 2


_LARGE = text(
    "INSERT INTO instance (project, environment, name, host, started_at, seen_at, digests, since) "
    "SELECT :project, 'production', 'web-' || number, 'h', :at, :at, "
    "(SELECT json_object_agg(number || '.' || key, 'd') FROM generate_series(1, 5000) AS key), '{}' "
    "FROM generate_series(1, 60) AS number"
)


async def test_what_instances_report_is_held_in_parts_however_much_it_is(manager: ConnectionManager) -> None:
    """A token that may report alone could fill the memory of whoever looks."""
    async with manager.session() as session:
        await session.execute(_LARGE, {"project": PROJECT, "at": NOON})
    async with manager.session() as session:
        page, following = await reported(session, PROJECT, limit=LONGEST)
        assert (len(page), following is not None) == (MOST_DIGESTS // 5000, True)
        rest, end = await reported(session, PROJECT, limit=LONGEST, before=following)
        assert ([one.name for one in (*page, *rest)], end) == ([f"web-{n}" for n in range(60, 0, -1)], None)
        assert len((await majority(session, PROJECT, "production", NOON)).usual()) == MOST_DIGESTS
