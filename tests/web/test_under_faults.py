"""A service whose database is stopped, frozen and started again while it is asked everything that can be asked."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from load_client import Answer, Load
from patience import PATIENCE_SECONDS
from services import OwnDatabase, Running, new_home, own_database, running, tokens

VIEWER = "canary-viewer-4c1e77"
RATE = 150
CONNECTIONS = 24
NEEDS_DATABASE = re.compile(r"(/projects/[^/]+)?/(config/history|releases|instances)|/health/ready")
STREAM = "/events"
PARAMETERS = {"key": "database.pool.size", "rule": "DB001", "left": "staging", "right": "production", "b": "now"}


@pytest.fixture(scope="module")
def database() -> Iterator[OwnDatabase]:
    with own_database() as found:
        yield found


@asynccontextmanager
async def served(database: OwnDatabase, **environ: str) -> AsyncIterator[Running]:
    """A service beside a database of its own, which has one in any case when the test has ended."""
    variables = {**database.environ, **tokens(viewer=VIEWER), **environ}
    with new_home() as home, running(home, environ=variables) as service:
        try:
            yield service
        finally:
            await asyncio.to_thread(database.stop)
            await asyncio.to_thread(database.start)


async def ask(service: Running, path: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=service.url, headers={"Authorization": f"Bearer {VIEWER}"}) as client:
        return await client.get(path, timeout=PATIENCE_SECONDS)


async def questions(service: Running) -> list[str]:
    """Every path that can be asked for, as the service's own description has it."""
    described = (await ask(service, "/schema/openapi.json")).json()["paths"]
    asked = {path: found["get"] for path, found in described.items() if "get" in found and not path.endswith(STREAM)}
    return ["/schema", *(_question(path, operation) for path, operation in asked.items())]


def _question(path: str, operation: Any) -> str:
    needed = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query" and one.get("required")]
    filled = re.sub(r"{(\w+)}", lambda found: PARAMETERS.get(found[1], "1"), path)
    return f"{filled}?{'&'.join(f'{name}={PARAMETERS[name]}' for name in needed)}" if needed else filled


async def until_all_asked(load: Load, number: int = 2) -> list[Answer]:
    """Waits until each question was asked so often from now on, while there are fewer and fewer left; the answers."""
    begun = seen = len(load.answers)
    left = dict.fromkeys(load.routes, number)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS) as bound:
            while left:
                await load.more()
                fresh, seen = load.answers[seen:], len(load.answers)
                if any(_struck_off(left, answer.route) for answer in fresh):
                    bound.reschedule(asyncio.get_running_loop().time() + PATIENCE_SECONDS)
    except TimeoutError:
        since = load.answers[begun:]
        pytest.fail(f"{len(since)} answers came, {load.refused} were refused; still to be asked: {left}; {since[-9:]}")
    return load.answers[begun:]


def _struck_off(left: dict[str, int], route: str) -> bool:
    """Whether a question was one of those that are left, and is asked once less from now on."""
    if route not in left:
        return False
    left[route] -= 1
    if not left[route]:
        del left[route]
    return True


async def until_health(service: Running, holds: Callable[[Any], bool]) -> Any:
    """Waits until something holds of the service's health."""
    found: Any = None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not holds(found := (await ask(service, "/health")).json()):
                pass
    except TimeoutError:
        pytest.fail(f"the health last was {found}")
    return found


async def until_ready(load: Load) -> None:
    """Waits until the service is ready, each time that it is asked: under load its database may be slow to say so."""
    said: list[Answer] = []
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while {answer.status for answer in said} != {200}:
                said = [answer for answer in await until_all_asked(load) if answer.route == "/health/ready"]
    except TimeoutError:
        pytest.fail(f"whether it is ready, it last said {said}")


def failed(answers: list[Answer]) -> set[tuple[str, int]]:
    """The answers that nobody may get: none at all, half of one, or an error of the service's own."""
    wrong = {(answer.route, answer.status) for answer in answers if not answer.whole or answer.status >= 500}
    return {(route, status) for route, status in wrong if status != 503 or not NEEDS_DATABASE.match(route)}


async def test_whatever_becomes_of_the_database_every_question_is_answered(database: OwnDatabase) -> None:
    async with served(database) as service:
        routes = await questions(service)
        load = Load(url=service.url, routes=routes, token=VIEWER, connections=CONNECTIONS, rate=RATE)
        async with asyncio.TaskGroup() as group:
            group.create_task(load.run())
            begun = time.monotonic()
            await until_all_asked(load)
            load.slacken(begun)
            for change in (database.freeze, database.thaw, database.stop, database.start):
                await asyncio.to_thread(change)
                since = await until_all_asked(load)
                assert (change.__name__, failed(since)) == (change.__name__, set())
            recovered = await until_health(service, lambda health: health["status"] == "ok")
            await until_ready(load)
            load.stop()
        status = (await ask(service, "/config/database/status")).json()
    assert {"/config/validate", "/config/database/status", "/health/live", "/metrics", "/health/ready"} <= set(routes)
    assert recovered["checks"]["database"] == {"status": "ok", "message": None}
    assert (status["connected"], status["failure"]) == (True, None)
    assert load.refused == 0


@pytest.mark.parametrize("change", ["stop", "freeze"])
@pytest.mark.parametrize(("needed", "ready", "said"), [("true", 503, "failed"), ("false", 200, "degraded")])
async def test_whether_it_is_ready_without_its_database_is_a_setting(
    database: OwnDatabase, change: str, needed: str, ready: int, said: str
) -> None:
    async with served(database, ASSAY_DIAGNOSTICS__READINESS_NEEDS_DATABASE=needed) as service:
        before = await until_health(service, lambda health: health["status"] == "ok")
        await asyncio.to_thread(getattr(database, change))
        answers = {path: await ask(service, path) for path in ("/health/ready", "/health/live", "/config/validate")}
        database.thaw()
    assert before["checks"]["database"]["status"] == "ok"
    assert {path: answer.status_code for path, answer in answers.items()} == {
        "/health/ready": ready,
        "/health/live": 200,
        "/config/validate": 200,
    }
    assert (answers["/health/ready"].json()["status"], answers["/health/live"].json()["status"]) == (said, "ok")
    assert answers["/health/ready"].json()["checks"]["database"]["status"] == said


async def test_a_database_that_comes_after_the_service_is_found(database: OwnDatabase) -> None:
    variables = {**database.environ, **tokens(viewer=VIEWER)}
    await asyncio.to_thread(database.stop)
    with new_home() as home, running(home, environ=variables) as service:
        try:
            away = (await ask(service, "/health")).json()
        finally:
            await asyncio.to_thread(database.start)
        back = await until_health(service, lambda health: health["checks"]["database"]["status"] == "ok")
    assert (away["status"], away["checks"]["database"]["status"]) == ("failed", "failed")
    assert json.dumps(back).count("canary") == 0
