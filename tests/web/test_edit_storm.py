"""A profile that is edited two hundred times a second, in every way that editors have, while the service is asked.

ASSAY_STORM says for how many seconds; the usual run takes three.
"""

import asyncio
import json
import logging
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from load_client import Load, quantile, worst
from patience import PATIENCE_SECONDS
from services import ROOT, Running, running

STORM_SECONDS = float(os.environ.get("ASSAY_STORM", "3"))
EDITS_A_SECOND = 200
KEYS = 100
LOG = logging.getLogger(__name__)
VALUES = "/config/values?environment=production"
REPORT = "/config/validate?environment=all"
ASKED = (
    VALUES,
    REPORT,
    "/config/environments",
    "/config/matrix",
    "/config/explain/k07?environment=production",
    "/health",
)


def profile(number: int) -> str:
    """A whole profile: every key has the same value, and it takes more than a page."""
    lines = [f"k{key:02} = {number}  # {'.' * 40}" for key in range(KEYS)]
    return "\n".join(["[production]", *lines, ""])


def broken(number: int) -> str:
    return profile(number) + "[production\n"


def in_place(path: Path, text: str) -> None:
    path.write_text(text)


def by_rename(path: Path, text: str) -> None:
    path.with_name("settings.swp").write_text(text)
    path.with_name("settings.swp").replace(path)


def anew(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(text)


def in_halves(path: Path, text: str) -> None:
    """The first half ends behind an equals sign, so nobody can take it for a whole profile."""
    middle = text.index("=", len(text) // 2) + 1
    with path.open("w") as file:
        file.write(text[:middle])
        file.flush()
        file.write(text[middle:])


WAYS = (in_place, by_rename, anew, in_halves)


def storm(path: Path, edits: int) -> float:
    """So many edits at their pace, every fifth of them broken; the last is whole. The seconds that it took."""
    chance, begun = random.Random(7), time.monotonic()  # noqa: S311 - nobody is to guess it
    for number in range(1, edits):
        time.sleep(max(0.0, begun + number / EDITS_A_SECOND - time.monotonic()))
        text = broken(number) if chance.random() < 0.2 else profile(number)
        chance.choice(WAYS)(path, text)
    in_place(path, profile(edits))
    return time.monotonic() - begun


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assay.toml").write_text('known_environments = ["production"]\n')
    (tmp_path / "settings.toml").write_text(profile(0))
    return tmp_path


@pytest.fixture
def service(folder: Path) -> Iterator[Running]:
    with running(folder) as found:
        yield found


def checked(folder: Path) -> bytes:
    """What the command line says of the files."""
    command = [sys.executable, "-m", "app", "check", "--format", "json", "--project", str(folder)]
    ran = subprocess.run(command, cwd=ROOT, env={"PATH": os.environ["PATH"]}, capture_output=True, check=False)
    return ran.stdout.removesuffix(b"\n")


async def until_told(service: Running, report: bytes) -> None:
    """Waits until the service says just that."""
    async with (
        httpx.AsyncClient(base_url=service.url, timeout=PATIENCE_SECONDS) as client,
        asyncio.timeout(PATIENCE_SECONDS),
    ):
        while (await client.get(REPORT)).content != report:
            pass


async def get(service: Running, path: str) -> Any:
    async with httpx.AsyncClient(base_url=service.url, timeout=PATIENCE_SECONDS) as client:
        return (await client.get(path)).json()


def values(body: bytes) -> list[int]:
    return [value["value"] for value in json.loads(body)["values"]]


def rules(report: Any) -> set[str]:
    return {finding["rule"] for finding in report["findings"]}


async def test_in_a_storm_of_edits_no_answer_is_mixed_or_late_and_the_last_one_is_right(
    folder: Path, service: Running
) -> None:
    """On the disk the profile is, at each moment, whole, broken, empty or away; it is never mixed, so no answer may be.

    Whole, all its keys have one value. Otherwise it has no values, and a report says what is wrong with it.
    """
    edits = int(STORM_SECONDS * EDITS_A_SECOND)
    load = Load(url=service.url, routes=ASKED, connections=6, rate=300, keep=frozenset({VALUES, REPORT}))
    async with asyncio.TaskGroup() as group:
        group.create_task(load.run())
        took = await asyncio.to_thread(storm, folder / "settings.toml", edits)
        load.stop()
    await until_told(service, await asyncio.to_thread(checked, folder))
    late = await get(service, VALUES)

    wrong = {(answer.route, answer.status) for answer in load.answers if (answer.status, answer.whole) != (200, True)}
    served = [values(answer.body) for answer in load.answers if answer.route == VALUES]
    reports = [json.loads(answer.body) for answer in load.answers if answer.route == REPORT]
    tell = f"{edits} edits in {took:.1f} s, {len(load.answers)} answers, p99 {quantile(load.answers, 0.99):.3f} s"
    LOG.info(
        "%s",
        f"{tell}, the slowest {worst(load.answers):.3f} s, {len({tuple(one) for one in served})} different readings",
    )
    # A key that is away is unknown to whoever asks why it has its value.
    assert wrong <= {("/config/explain/k07?environment=production", 404)}
    assert [one for one in served if len(one) not in {0, KEYS} or len(set(one)) > 1] == []
    assert len({tuple(one) for one in served}) > 1
    assert [report for report in reports if rules(report) & {"SRC002"} and report["valid"]] == []
    assert {value["value"] for value in late["values"]} == {edits}


async def test_a_storm_that_leaves_a_broken_profile_is_told_until_it_is_mended(folder: Path, service: Running) -> None:
    path = folder / "settings.toml"
    await asyncio.to_thread(storm, path, EDITS_A_SECOND // 2)
    in_halves(path, broken(1))
    await until_told(service, await asyncio.to_thread(checked, folder))
    report, health = await get(service, REPORT), await get(service, "/health")
    by_rename(path, profile(2))
    await until_told(service, await asyncio.to_thread(checked, folder))
    mended, well = await get(service, REPORT), await get(service, "/health")
    assert (rules(report), report["valid"]) == ({"SRC002"}, False)
    assert health["checks"]["profiles"]["status"] == "degraded"
    assert rules(mended) == set()
    assert well["checks"]["profiles"]["status"] == "ok"
