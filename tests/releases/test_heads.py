"""A replica shows heads whose ids only rise, and whoever waits for a newer one hears of it."""

import asyncio

import pytest
from drafts import NOON
from patience import PATIENCE_SECONDS

from app.releases.delivery.bodies import Bodies, body_of
from app.releases.delivery.heads import Head, Heads, head_of
from app.reports import wire
from app.reports.releases import Release


def head(number: int, digest: str = "sha256:a") -> Head:
    release = Release(
        id=number,
        epoch=1,
        project="orders",
        environment="production",
        digest=digest,
        fingerprint="sha256:f",
        author="ada",
        message="",
        commit=None,
        created_at=NOON,
        state="head",
        rolled_back_from=None,
        rolled_back_to=None,
        approved_by=[],
        supplied=[],
        counts=wire.FindingCounts(error=0, warning=0, info=0),
    )
    return head_of(release, None)


def test_an_older_head_than_before_is_not_shown() -> None:
    heads = Heads()
    assert heads.show("orders", "production", head(7))
    assert not heads.show("orders", "production", head(6))
    assert heads.ids == {("orders", "production"): 7}


def test_another_body_under_an_id_that_was_shown_is_not_shown() -> None:
    heads = Heads()
    heads.show("orders", "production", head(7, "sha256:a"))
    assert not heads.show("orders", "production", head(7, "sha256:b"))
    assert heads.digests == {"sha256:a"}


def test_an_environment_is_found_in_any_case() -> None:
    heads = Heads()
    heads.show("orders", "Production", head(7))
    assert heads.of("orders", "PRODUCTION")
    assert heads.of("orders", " production\n")
    assert heads.of("orders", "staging") is None


async def test_whoever_waits_hears_of_what_is_above_what_it_knows_and_of_nothing_else() -> None:
    heads = Heads()
    heads.show("orders", "production", head(7))
    waiting = asyncio.create_task(heads.newer("orders", "production", 8, PATIENCE_SECONDS))
    await asyncio.sleep(0)
    heads.show("orders", "staging", head(8))
    heads.show("billing", "production", head(10))
    heads.show("orders", "production", head(9))
    assert (found := await waiting)
    assert found.id == 9


async def test_of_many_who_wait_all_hear_and_others_have_their_turn_meanwhile() -> None:
    heads, turns = Heads(), 0
    heard: list[Head | None] = []

    async def wait() -> None:
        heard.append(await heads.newer("orders", "production", 0, PATIENCE_SECONDS))

    async with asyncio.TaskGroup() as group:
        for _ in range(500):
            group.create_task(wait())
        await asyncio.sleep(0)
        heads.show("orders", "production", head(7))
        while len(heard) < 500:
            turns += 1
            await asyncio.sleep(0)
    assert turns >= 10


async def test_whoever_waits_is_let_go_at_the_end() -> None:
    heads = Heads()
    waiting = asyncio.create_task(heads.newer("orders", "production", 0, PATIENCE_SECONDS))
    await asyncio.sleep(0)
    heads.close()
    assert await waiting is None
    assert await heads.newer("orders", "production", 0, PATIENCE_SECONDS) is None


@pytest.mark.parametrize("environment", ["production", "PRODUCTION"])
def test_bodies_that_are_needed_give_way_to_none(environment: str) -> None:
    bodies, needed = Bodies(kept=1), body_of("sha256:needed", b"{}")
    bodies.keep("orders", "production", needed, frozenset())
    for number in range(3):
        bodies.keep("orders", "production", body_of(f"sha256:{number}", b"{}"), frozenset({"sha256:needed"}))
    assert bodies.find("orders", environment, "sha256:needed") == needed
    assert bodies.find("orders", environment, "sha256:0") is None
    assert bodies.find("orders", environment, "sha256:2")
    assert bodies.find("orders", "staging", "sha256:needed") is None
    assert bodies.find("billing", environment, "sha256:needed") is None
