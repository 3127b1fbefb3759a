"""A real service through bad nights: its files fail, block and lie, its database is cut off, frozen and restarted.

ASSAY_FAULT_SEEDS says how many nights; the usual run has two.
"""

import asyncio
import hashlib
import json
import logging
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from faulty.fault_plan import EVERYTHING, HARD, KINDS, LONG, Fault, Night, night
from patience import PATIENCE_SECONDS
from relays import Talk, relayed
from services import ROOT, OwnDatabase, Running, new_home, own_database, running

NIGHTS = int(os.environ.get("ASSAY_FAULT_SEEDS", "2"))
FAULTY = ROOT / "tests" / "faulty"
OPERATOR, GUEST = "canary-operator-90ad21", "canary-guest-51bc07"
NOTICED_SECONDS, BUSY = 2.0, 8
"""So long after an edit, or the end of a fault, the service knows: it takes a second; on a busy machine, so many times
as long as an edit took before the night, or as this process had to wait for its turn in it."""

TURN_SECONDS = 0.05

SETTLED_SECONDS = 2.0
"""An edit that stands so much longer while nothing is wrong is an edit that settled."""

LIES = ("ENOENT", "block", "short")
"""What cannot be told from the truth, or from a moment's rest."""

HIDING = (EVERYTHING, ".secrets.toml", "pyproject.toml")
"""What holds the tokens, or says which files do."""

FIT, UNFIT = "[testing.app]\nname = 'x'\n", "[testing.app]\nname = 'x'\n[development.server]\nport = 0\n"
REHEARSED = (1, 2)
DEFAULT_PORT = 8000  # what counts while the profile is away
WAITS = ("assay_history_waiting", "assay_history_away_since")
LOST = 'assay_history_records_total{result="lost"}'

LOG = logging.getLogger(__name__)


@pytest.fixture(scope="module")
def database() -> Iterator[OwnDatabase]:
    with own_database() as found:
        yield found


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the service said at one moment; seconds since the night began.

    Attributes:
        sent: when the first of three questions was sent.
        answered: when the last was answered.
        well: whether the profiles were well, before and behind the value.
        value: of the key that is edited; None where it could not be told.
        guest: the status that the guest's token got.
    """

    sent: float
    answered: float
    well: bool
    value: int | None
    guest: int


@dataclass(kw_only=True)
class Watch:
    """A night with a service, and what came of it."""

    seed: int
    home: Path
    service: Running
    database: OwnDatabase
    environ: dict[str, str]
    night: Night
    begun: float = 0.0
    noticed: float = NOTICED_SECONDS
    edits: list[tuple[float, int]] = field(default_factory=list)
    tokens: list[tuple[float, bool]] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    is_cut: bool = False

    @property
    def now(self) -> float:
        return time.monotonic() - self.begun

    def client(self, token: str = OPERATOR) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.service.url, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE_SECONDS
        )

    async def rehearse(self) -> None:
        """Finds out how long things take on this machine just now."""
        await self.until(self.well)
        for number in REHEARSED:
            port(self.home, number, in_place=True)
            at = time.monotonic()
            await self.until(lambda client, number=number: self.shows(client, number))
            self.noticed = max(self.noticed, BUSY * (time.monotonic() - at))
        for names, status in (((OPERATOR, GUEST), 200), ((OPERATOR,), 401)):
            write(self.home / ".secrets.toml", secrets(*names))
            await self.until(lambda _, status=status: self.lets_in(status))

    async def lets_in(self, status: int) -> bool:
        """Whether the guest's token gets that status."""
        async with self.client(GUEST) as guest:
            return (await guest.get("/config/environments")).status_code == status

    async def shows(self, client: httpx.AsyncClient, number: int) -> bool:
        return await self.value(client) == number

    async def run(self) -> None:
        """The whole night."""
        watching = [asyncio.create_task(work) for work in (self.look(), self.take_turns())]
        await asyncio.gather(self.edit(), self.invite(), self.trouble())
        for task in watching:
            task.cancel()

    async def take_turns(self) -> None:
        """Notes how long the machine lets a process wait that does nothing else."""
        while True:
            at = time.monotonic()
            await asyncio.sleep(TURN_SECONDS)
            self.noticed = max(self.noticed, NOTICED_SECONDS + BUSY * (time.monotonic() - at - TURN_SECONDS))

    async def edit(self) -> None:
        """Values, and files that are broken for a while, as editors write them."""
        chance, number = random.Random(self.seed), max(REHEARSED)  # noqa: S311 - nobody is to guess it
        testing = self.home / "settings" / "testing.toml"
        while self.now < self.night.ends:
            number += 1
            port(self.home, number, in_place=chance.random() < 0.5)
            self.edits.append((self.now, number))
            await asyncio.sleep(chance.uniform(0.5, 2.0))
            write(testing, "[testing\n" if chance.random() < 0.3 else UNFIT if chance.random() < 0.5 else FIT)
            await asyncio.sleep(chance.uniform(1.0, 4.0))
        write(testing, FIT)
        port(self.home, number + 1, in_place=True)
        self.edits.append((self.now, number + 1))

    async def invite(self) -> None:
        """Gives the guest a token, and takes it back."""
        chance = random.Random(self.seed + 1)  # noqa: S311 - nobody is to guess it
        while self.now < self.night.ends:
            for names in ((OPERATOR, GUEST), (OPERATOR,)):
                write(self.home / ".secrets.toml", secrets(*names), in_place=chance.random() < 0.5)
                self.tokens.append((self.now, GUEST in names))
                await asyncio.sleep(chance.uniform(0.8, 2.5))

    async def trouble(self) -> None:
        """What becomes of the database."""
        for fault in self.night.database:
            await asyncio.sleep(max(0.0, fault.begins - self.now))
            begin, end = {
                "cut": (self.cut, self.mend),
                "freeze": (self.database.freeze, self.database.thaw),
                "restart": (self.database.stop, self.database.start),
            }[fault.kind]
            await asyncio.to_thread(begin)
            await asyncio.sleep(max(0.0, fault.ends - self.now))
            await asyncio.to_thread(end)

    def cut(self) -> None:
        self.is_cut = True

    def mend(self) -> None:
        self.is_cut = False

    def says(self, _: Talk, data: bytes) -> bytes:
        """What the server says, or half of it, and no more."""
        if not self.is_cut:
            return data
        if len(data) < 2:
            raise ConnectionResetError
        return data[: len(data) // 2]

    async def look(self) -> None:
        """Asks again and again how it is, what it says, and who may ask."""
        async with self.client() as client, self.client(GUEST) as guest:
            while True:
                sent = self.now
                before = await self.well(client)
                value = await self.value(client)
                after = await self.well(client)
                status = (await guest.get("/config/environments")).status_code
                self.seen.append(Seen(sent=sent, answered=self.now, well=before and after, value=value, guest=status))

    async def well(self, client: httpx.AsyncClient) -> bool:
        found: str = (await client.get("/health")).json()["checks"]["profiles"]["status"]
        return found == "ok"

    async def value(self, client: httpx.AsyncClient) -> int | None:
        answer = await client.get("/config/values?environment=staging")
        values = answer.json().get("values", [])
        return next((one["value"] - 2000 for one in values if one["key"] == "server.port"), None)

    async def until(self, holds: Callable[[httpx.AsyncClient], Awaitable[bool]]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self.client() as client:
            while not await holds(client):
                pass

    async def recovered(self, client: httpx.AsyncClient) -> bool:
        """Whether the service is well, says what the command line says, and has written everything."""
        if not await self.well(client):
            return False
        told = (await client.get("/config/validate?environment=all")).content
        metrics = (await client.get("/metrics")).text.splitlines()
        waiting = [line for line in metrics if line.startswith(WAITS) and not line.endswith(" 0.0")]
        return not waiting and told == await asyncio.to_thread(checked, self.home, self.environ)

    async def history(self) -> list[int]:
        """The values that were recorded, oldest first; nothing may have been lost."""
        async with self.client() as client:
            found = (await client.get("/config/history/key/server.port?environment=staging&limit=100")).json()
            metrics = (await client.get("/metrics")).text
        assert [line for line in metrics.splitlines() if line.startswith(LOST) and not line.endswith(" 0.0")] == []
        values = [change["right"]["value"] for change in reversed(found["changes"]) if change["right"]]
        return [value - 2000 for value in values if 2000 <= value < DEFAULT_PORT]

    def struck(self, begins: float, ends: float, *kinds: str) -> list[Fault]:
        """The faults of files that something between two moments may have to do with."""
        since = begins - self.noticed
        return [fault for fault in self.night.files if fault.overlaps(since, ends) and fault.kind in (kinds or KINDS)]

    def stale(self) -> list[Seen]:
        """When it said that all was well and had not noticed an edit; a disk that lies takes everybody in."""
        return [
            seen
            for seen in self.seen
            if seen.well and not self.struck(seen.sent, seen.answered, *LIES)
            and (seen.value is None or seen.value < self.due(seen.sent))
        ]  # fmt: skip

    def due(self, at: float) -> int:
        """The last edit that must have been noticed by then."""
        return max((number for when, number in self.edits if when < at - self.noticed), default=max(REHEARSED))

    def silent(self) -> list[Seen]:
        """When it said that all was well while no file could be read for a good while."""
        hard = [fault for fault in self.night.files if fault.ends - fault.begins >= LONG and fault.kind in HARD]
        assert hard
        return [
            seen
            for fault in hard for seen in self.seen
            if seen.well and fault.begins + self.noticed < seen.sent and seen.answered < fault.ends
        ]  # fmt: skip

    def withdrawals(self) -> Iterator[float]:
        """How long a token was good for after it was taken back, and after its file could be read."""
        for (taken, given), following in pairwise([*self.tokens, (self.now, True)]):
            known = [fault.ends for fault in self.night.files
                     if fault.target in HIDING and fault.overlaps(taken, following[0])]  # fmt: skip
            if not given:
                used = [seen.sent for seen in self.seen if taken < seen.sent < following[0] and seen.guest == 200]
                yield from (at - max([taken, *(end for end in known if end < at)]) for at in used
                            if not any(fault.begins <= at < fault.ends + 0.1 for fault in self.hiding()))  # fmt: skip

    def hiding(self) -> Iterator[Fault]:
        """What keeps the service from knowing who may ask."""
        return (fault for fault in self.night.files if fault.target in HIDING)

    def missing(self, recorded: Sequence[int]) -> list[int]:
        """The edits that settled and are not in the history."""
        lives = pairwise([*self.edits, (self.edits[-1][0] + PATIENCE_SECONDS, 0)])
        settled = [
            number
            for (begins, number), (ends, _) in lives
            if any(not self.struck(at + self.noticed, at + self.noticed + SETTLED_SECONDS)
                   for at in moments(begins, ends - self.noticed - SETTLED_SECONDS))
        ]  # fmt: skip
        return [number for number in settled if number not in recorded]


def moments(begins: float, ends: float) -> Iterator[float]:
    """From one moment to another in steps of a tenth of a second."""
    return (begins + step / 10 for step in range(int((ends - begins) * 10) + 1))


def write(path: Path, text: str, *, in_place: bool = True) -> None:
    if in_place:
        path.write_text(text)
        return
    path.with_name("next.swp").write_text(text)
    path.with_name("next.swp").replace(path)


def port(home: Path, number: int, *, in_place: bool) -> None:
    write(home / "settings" / "staging.toml", f"[staging.server]\nport = {2000 + number}\n", in_place=in_place)


def secrets(*names: str) -> str:
    listed = (
        f'{{name = "{name[7:15]}", role = "{"operator" if name == OPERATOR else "viewer"}", '
        f'sha256 = "{hashlib.sha256(name.encode()).hexdigest()}"}}'
        for name in names
    )
    return f"[default.auth]\ntokens = [{', '.join(listed)}]\n"


def checked(folder: Path, environ: dict[str, str]) -> bytes:
    """What the command line says of the files."""
    command = [sys.executable, "-m", "app", "check", "--format", "json", "--project", str(folder)]
    ran = subprocess.run(
        command, cwd=ROOT, env={"PATH": os.environ["PATH"], **environ}, capture_output=True, check=False
    )
    return ran.stdout.removesuffix(b"\n")


@asynccontextmanager
async def watched(database: OwnDatabase, folder: Path, seed: int) -> AsyncIterator[Watch]:
    """A service that is about to have a night; it has its database through a relay in this loop."""
    talks: list[Watch] = []
    target = database.target
    says = lambda talk, data: talks[0].says(talk, data) if talks else data  # noqa: E731
    async with relayed(target, server_says=says) as relay:
        with new_home() as home, ExitStack() as stack:
            own = {**database.environ, "ASSAY_DATABASE__PORT": str(relay.port),
                   "ASSAY_HISTORY__MIGRATE_ON_START": "true", "ASSAY_LOGGING__LEVEL": "warning"}  # fmt: skip
            prepare(home)
            (folder / "home").symlink_to(home)
            environ = {**own, "PYTHONPATH": str(FAULTY), "BAD_NIGHT": str(folder)}
            service = await asyncio.to_thread(stack.enter_context, running(home, environ=environ))
            talks.append(
                Watch(seed=seed, home=home, service=service, database=database, environ=own, night=night(seed))
            )
            try:
                yield talks[0]
            finally:
                await asyncio.to_thread(stack.close)


def prepare(home: Path) -> None:
    write(home / ".secrets.toml", secrets(OPERATOR))
    (home / ".secrets.toml").chmod(0o600)
    port(home, 0, in_place=True)


def begin(watch: Watch, folder: Path) -> None:
    """From now on the service's processes find out that it is night."""
    watch.begun = time.monotonic()
    said = {"seed": watch.seed, "begins": watch.begun, "folder": str(watch.home)}
    write(folder / "night.json", json.dumps(said), in_place=False)


@pytest.mark.parametrize("seed", range(NIGHTS))
async def test_after_a_bad_night_everything_is_as_it_should_be(
    database: OwnDatabase, tmp_path: Path, seed: int
) -> None:
    async with watched(database, tmp_path, seed) as watch:
        await watch.rehearse()
        begin(watch, tmp_path)
        await watch.run()
        await watch.until(watch.recovered)
        history, unknown = await watch.history(), await watch.lets_in(401)
        watch.service.told_to_stop()
        status = await asyncio.to_thread(watch.service.ended, PATIENCE_SECONDS)
        orphans = await asyncio.to_thread(watch.service.orphans)
    struck = Counter(line.split()[1] for line in (tmp_path / "struck").read_text().splitlines())
    slowest = max(watch.withdrawals(), default=0.0)
    LOG.info("%s", f"night {seed}: {dict(struck)}, {len(watch.seen)} looks, a token lived {slowest:.2f} s too long")
    assert struck.keys() & set(HARD)
    assert unknown
    assert watch.stale() == []
    assert watch.silent() == []
    assert slowest < watch.noticed
    assert (watch.missing(history), history == sorted(history)) == ([], True)
    assert (status, orphans) == (0, [])
    assert "Traceback" not in watch.service.err
