"""What the service says of its own history, and what makes the history say more."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from patience import PATIENCE_SECONDS
from postgres import run
from projects import MakeProject, ProjectFolder
from remembered import variables

from app.core.errors import ArgumentError
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.store import schema
from app.web.asgi import create_app

KEY = {"ASSAY_DIGEST_KEY": "digests-are-made-with-this"}
ORDERS = {"assay.toml": 'known_environments = ["production"]\nenv = "production"\n'}


def orders(project: MakeProject, word: str) -> ProjectFolder:
    return project({**ORDERS, "settings.toml": f'[production]\nport = 1\npassword = "canary-{word}-of-two"\n'})


async def until(ask: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:
    """Asks until something holds of the answer."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds(answer := await ask()):
            pass
    return answer


async def health(client: Any) -> Any:
    return (await client.get("/health")).json()["checks"]["history"]


async def snapshots(client: Any) -> Any:
    return (await client.get("/config/history")).json().get("snapshots", [])


async def test_tables_that_are_not_there_are_told_and_nothing_else_suffers(
    project: MakeProject, ask: Any, postgres: Target
) -> None:
    async with ask(orders(project, "one").root, variables(postgres)) as client:
        told = await until(lambda: health(client), lambda found: "wait" in (found["message"] or ""))
        answers = [await client.get(path) for path in ("/config/validate", "/config/values", "/health/ready")]
        history = await client.get("/config/history")
        manager = ConnectionManager(postgres)
        await schema.upgrade(manager)
        await manager.close()
        well = await until(lambda: health(client), lambda found: found["status"] == "ok")
        kept = await until(lambda: snapshots(client), lambda found: len(found) == 1)
    assert "assay db upgrade" in told["message"]
    assert "1 wait, 0 were lost" in told["message"]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert (history.status_code, history.json()["code"]) == (503, "migrations-pending")
    assert (well["message"], len(kept)) == (None, 1)


async def test_tables_that_nobody_may_write_are_told(project: MakeProject, ask: Any, migrated: Target) -> None:
    await run(migrated, f'ALTER DATABASE "{migrated.name}" SET default_transaction_read_only = on')
    async with ask(orders(project, "one").root, variables(migrated)) as client:
        told = await until(lambda: health(client), lambda found: "Nothing can be recorded" in (found["message"] or ""))
        report = await client.get("/config/validate")
    assert (told["status"], "1 wait, 0 were lost" in told["message"]) == ("degraded", True)
    assert report.status_code == 200


@pytest.mark.parametrize(("environ", "told"), [(KEY, 2), ({}, 1)])
async def test_the_command_line_rest_and_the_history_agree_and_a_key_tells_a_rotated_secret(
    project: MakeProject, ask: Any, migrated: Target, environ: dict[str, str], told: int
) -> None:
    made, found = orders(project, "one"), list[str]()
    async with ask(made.root, {**variables(migrated), **environ}) as client:
        for word in ("one", "two"):
            if word == "two":
                async with client.change():
                    orders(project, word)
            shell = await asyncio.to_thread(made.assay, "show", "--format", "json", **environ)
            found.append(shell.json["fingerprint"])
            rest = [
                (await client.get("/config/validate")).json()["environments"][0]["fingerprint"],
                (await client.get("/config/values")).json()["fingerprint"],
                (await client.get("/config/environments")).json()["environments"][0]["fingerprint"],
            ]
            assert set(rest) == {found[-1]}
        kept = await until(lambda: snapshots(client), lambda listed: listed and listed[0]["fingerprint"] == found[-1])
    assert len(set(found)) == len(kept) == told


async def test_a_rotated_secret_is_in_the_history_and_what_it_is_not(
    project: MakeProject, ask: Any, migrated: Target
) -> None:
    async with ask(orders(project, "one").root, {**variables(migrated), **KEY}) as client:
        await until(lambda: snapshots(client), lambda found: len(found) == 1)
        orders(project, "two")
        await until(lambda: snapshots(client), lambda found: len(found) == 2)
        changes = (await client.get("/config/history/key/password")).json()["changes"]
    assert [change["kind"] for change in changes] == ["changed", "added"]
    assert changes[0]["left"] == changes[0]["right"] | {"value": None}
    assert changes[0]["right"]["secret"] is True


def test_with_a_key_that_is_too_short_the_service_does_not_start(project: MakeProject) -> None:
    root = orders(project, "one").root
    with pytest.raises(ArgumentError, match="ASSAY_DIGEST_KEY"):
        create_app(root, root, {"ASSAY_DIGEST_KEY": "too-short"})
