"""Replicas, databases, clients and operators at work, with faults among them, and all that was seen."""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from patience import PATIENCE_SECONDS
from postgres import run
from release_histories import client_process
from release_histories.database_pair import Pair
from release_histories.fault_plan import OF_CLIENTS, OF_DATABASE, OF_REPLICAS, Fault, faults
from release_histories.gated_relay import GatedRelay, relay_to
from release_histories.history import Acknowledgement, Answer, History, Kept, Sighting
from release_histories.replica import CLIENT, ENVIRONMENTS, OPERATOR, Replica, variables

from app.project.workspace import open_workspace
from app.releases.body import digest_of
from app.releases.candidate import candidate

REPLICAS, PROCESSES, CLIENTS, OPERATORS = 3, 3, 4, 2
_OPTIONS = 'name = "orders"\nknown_environments = ["production", "staging"]\n'
_ANSWER_SECONDS = 8.0
_KEPT = (
    "SELECT r.id, r.epoch, r.environment, r.digest, r.rolled_back_to, b.body "
    "FROM release r JOIN release_body b USING (digest) ORDER BY r.id"
)


class Trial:
    """Everything that takes part.

    Args:
        seed: of the plan.
        home: a folder that the databases' user can get to.
        pair: the databases, which run.

    Attributes:
        history: what was seen so far.
        struck: how often each fault came.
        diary: what happened when, in seconds since the beginning.
    """

    def __init__(self, seed: int, home: Path, pair: Pair) -> None:
        self.history = History()
        self.struck = Counter[str]()
        self.diary: list[str] = []
        self._begun = time.monotonic()
        self._is_over = False
        self._seed, self._home, self._pair = seed, home, pair
        self._root = home / "orders"
        self._number = 0
        self._changed = asyncio.Event()
        self._stack = AsyncExitStack()
        self._replicas: list[Replica] = []
        self._below: list[list[GatedRelay]] = []
        self._above: list[GatedRelay] = []
        self._processes: dict[int, asyncio.subprocess.Process] = {}
        self._lives = Counter[int]()
        self._listening: set[asyncio.Task[None]] = set()
        self._askers: dict[tuple[int, str], httpx.AsyncClient] = {}

    async def begin(self) -> None:
        """Starts the replicas, makes a first release of each environment, and starts clients, which come to have it."""
        self._root.mkdir()
        (self._root / "assay.toml").write_text(_OPTIONS)
        self._write()
        for number in range(REPLICAS):
            await self._add(number)
        await asyncio.gather(*(asyncio.to_thread(replica.start) for replica in self._replicas))
        await self._release_everywhere()
        for number in range(PROCESSES):
            await self._start_clients(number)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._until_all_have(self._newest())

    async def run(self, seconds: float) -> None:
        """Faults for so long, and each kind at least once, while operators release and others ask."""
        until = time.monotonic() + seconds
        async with asyncio.TaskGroup() as working:
            for number in range(OPERATORS):
                working.create_task(self._operate(number))
            for number in range(REPLICAS):
                working.create_task(self._ask(number))
            await asyncio.gather(*(self._trouble(kinds, until) for kinds in (OF_REPLICAS, OF_DATABASE, OF_CLIENTS)))
            self._is_over = True  # what they have asked for they still hear of

    async def settle(self) -> None:
        """With nothing wrong any more: a last release of each environment, which everybody comes to have."""
        await self._release_everywhere()
        await self._read_kept()
        with suppress(TimeoutError):  # the laws tell who has it not
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._until_all_have_what_stays()
        self.history.living = self._living()
        for process in self._processes.values():
            assert process.stdin
            process.stdin.close()
        await asyncio.gather(*self._listening)
        ended = {number: await process.wait() for number, process in self._processes.items()}
        assert not any(ended.values()), f"processes of clients ended by themselves: {ended}"

    async def end(self) -> None:
        """Ends all that was started."""
        for process in self._processes.values():
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        await asyncio.gather(*self._listening, return_exceptions=True)
        await asyncio.gather(*(asyncio.to_thread(replica.kill) for replica in self._replicas))
        await self._stack.aclose()

    def logs(self) -> str:
        """What the replicas printed."""
        return "\n".join(path.read_text()[-2000:] for path in sorted(self._home.glob("replica-*.log")))

    def _note(self, what: str) -> None:
        self.diary.append(f"{self._now():.1f} {what}")

    def _now(self) -> float:
        """Seconds since the beginning."""
        return self._since(time.monotonic())

    def _since(self, moment: float) -> float:
        """The same of a moment of the machine's monotonic clock."""
        return round(moment - self._begun, 3)

    # What takes part

    async def _add(self, number: int) -> None:
        below = [await self._stack.enter_async_context(relay_to(node.port)) for node in self._pair.nodes]
        environ = {
            **variables(self._pair.primary.target, [relay.port for relay in below]),
            "ASSAY_DATABASE__TIMEOUTS__CONNECT": "3",
            "ASSAY_SERVER__POSTS_PER_MINUTE": "100000",
            "ASSAY_RELEASES__SYNCHRONOUS": str(self._waits(number)).lower(),
        }
        replica = Replica(self._root, self._home / f"replica-{number}.log", environ)
        self._replicas.append(replica)
        self._below.append(below)
        self._above.append(await self._stack.enter_async_context(relay_to(replica.port)))

    @staticmethod
    def _waits(number: int) -> bool:
        """Whether what a replica releases waits for the standby; one of them does not."""
        return number > 0

    def _url(self, number: int) -> str:
        return f"http://127.0.0.1:{self._above[number].port}"

    async def _start_clients(self, number: int) -> None:
        self._lives[number] += 1
        environments = ",".join(islice(cycle(ENVIRONMENTS), CLIENTS))
        urls = ",".join(self._url(one) for one in range(REPLICAS))
        arguments = (urls, CLIENT, environments, str(self._home), str(number), str(self._lives[number]))
        process = await asyncio.create_subprocess_exec(
            sys.executable, client_process.__file__, *arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": ":".join(sys.path), "PATH": ""},
        )  # fmt: skip
        self._processes[number] = process
        self._listening.add(asyncio.create_task(self._listen(process)))

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Takes down what clients say, until their process is gone."""
        assert process.stdout
        async for line in process.stdout:
            told: dict[str, Any] = json.loads(line)
            self.history.sightings.append(Sighting(**{**told, "at": self._since(told["at"])}))
            self._changed.set()

    def _living(self) -> dict[str, str]:
        """The clients that nobody has killed, and the environment of each."""
        return {
            f"{number}.{place} {life}": environment
            for number, life in self._lives.items()
            for place, environment in enumerate(islice(cycle(ENVIRONMENTS), CLIENTS), start=1)
        }

    def _newest(self) -> dict[str, int]:
        """The newest release of each environment that was acknowledged."""
        return {one.environment: one.id for one in sorted(self.history.acknowledged, key=lambda one: one.id)}

    async def _until_all_have(self, heads: Mapping[str, int]) -> None:
        """Waits until each client that lives has the release of its environment, or a newer one."""
        living = self._living()
        while True:
            newest = {one.client: one.id for one in self.history.sightings}
            if all(newest.get(client, 0) >= heads[environment] for client, environment in living.items()):
                return
            self._changed.clear()
            await self._changed.wait()

    async def _until_all_have_what_stays(self) -> None:
        """The same of the heads; a release whose answer nobody waited for any more may have come after the last."""
        had: Mapping[str, int] = {}
        while had != self.history.heads:
            had = self.history.heads
            await self._until_all_have(had)
            await self._read_kept()

    # What they do

    def _write(self) -> None:
        """Other values for all environments, and what their bodies will be called."""
        self._number += 1
        sections = "".join(f'[{name}]\nnumber = {self._number}\nfor = "{name}"\n' for name in ENVIRONMENTS)
        part = self._root / "settings.toml.part"
        part.write_text(f"[default]\nport = 1\n{sections}")
        part.replace(self._root / "settings.toml")
        workspace = open_workspace(self._root, {})
        self.history.written |= {candidate(workspace, name).body.digest for name in ENVIRONMENTS}

    async def _operate(self, seed: int) -> None:
        """Releases, and takes releases back, again and again, at whichever replica."""
        chance = random.Random(f"{self._seed} operator {seed}")  # noqa: S311 - nobody is to guess it
        while not self._is_over:
            self._write()
            number, environment = chance.randrange(REPLICAS), chance.choice(ENVIRONMENTS)
            older = [one.id for one in self.history.acknowledged if one.environment == environment]
            back = chance.choice(older) if older and chance.random() < 0.25 else None
            await self._release(number, environment, back)
            await asyncio.sleep(chance.uniform(0.0, 0.3))

    async def _release(self, number: int, environment: str, back: int | None = None) -> bool:
        """Asks a replica for a release; whether it said that it is made."""
        asked, life = self._now(), self._replicas[number].life
        path, body = (
            ("/releases", {"environment": environment, "message": "trial"}) if back is None
            else (f"/releases/{back}/rollback", {"message": "trial"})
        )  # fmt: skip
        try:
            answer = await self._asking(number, OPERATOR).post(path, json=body)
        except httpx.HTTPError:  # whether it was made nobody knows
            return False
        self._note(f"{path} {environment} at {number} since {asked:.1f}: {answer.status_code}")
        if answer.status_code != 201:
            self._answered(number, life, environment, 0, answer)
            return False
        made = answer.json()
        self.history.acknowledged.append(
            Acknowledgement(
                asked=asked, at=self._now(), environment=environment, id=made["id"], digest=made["digest"],
                synchronous=self._waits(number), rolled_back_to=back,
            )
        )  # fmt: skip
        return True

    async def _release_everywhere(self) -> None:
        """A release of each environment that waits for the standby, as soon as one can be made."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            for environment in ENVIRONMENTS:
                self._write()
                while not await self._release(REPLICAS - 1, environment):
                    pass

    async def _ask(self, number: int) -> None:
        """Asks one replica for what it has, and for what somebody else has already."""
        tags: dict[str, tuple[int, str]] = {}
        environments = cycle(ENVIRONMENTS)
        while not self._is_over:
            environment = next(environments)
            known = max((one.id for one in self.history.sightings if one.environment == environment), default=0)
            older, tag = tags.get(environment, (0, ""))
            for after in (0, known):
                headers = {"If-None-Match": tag} if after > older else {}
                answer = await self._head(number, environment, after, headers)
                if answer is not None and answer.status_code == 200:
                    tags[environment] = answer.json()["id"], answer.headers["ETag"]
            await asyncio.sleep(0.05)

    async def _head(self, number: int, environment: str, after: int, headers: dict[str, str]) -> httpx.Response | None:
        life = self._replicas[number].life
        try:
            asked = f"/releases/{environment}/head?after={after}"
            answer = await self._asking(number, CLIENT).get(asked, headers=headers)
        except httpx.HTTPError:
            return None
        self._answered(number, life, environment, after, answer)
        return answer

    def _answered(self, number: int, life: int, environment: str, known: int, answer: httpx.Response) -> None:
        """Takes down what a replica said, unless it was started again meanwhile: either life may have said it."""
        if self._replicas[number].life == life:
            told = answer.json()["id"] if answer.status_code == 200 else None
            self.history.answers.append(
                Answer(replica=f"{number} {life}", at=self._now(), environment=environment, known=known,
                       status=answer.status_code, id=told)
            )  # fmt: skip

    def _asking(self, number: int, token: str) -> httpx.AsyncClient:
        """Whoever asks a replica with a token; connections are used again."""
        if (number, token) not in self._askers:
            headers = {"Authorization": f"Bearer {token}"}
            made = httpx.AsyncClient(base_url=self._url(number), headers=headers, timeout=_ANSWER_SECONDS)
            self._askers[number, token] = made
            self._stack.push_async_callback(made.aclose)
        return self._askers[number, token]

    # What goes wrong

    async def _trouble(self, kinds: tuple[str, ...], until: float) -> None:
        """Faults of these kinds, one after the other: each once, and then until the time has passed."""
        for fault in faults(self._seed, kinds, PROCESSES if kinds is OF_CLIENTS else REPLICAS):
            if time.monotonic() > until and all(self.struck[kind] for kind in kinds):
                return
            await asyncio.sleep(fault.rest)
            self.struck[fault.kind] += 1
            self._note(f"{fault.kind} {fault.number}")
            begin, finish = self._strike(fault)
            await begin()
            await asyncio.sleep(fault.seconds)
            await finish()
            self._note(f"{fault.kind} {fault.number} is over")

    def _strike(self, fault: Fault) -> tuple[Callable[[], Awaitable[None]], Callable[[], Awaitable[None]]]:
        """How a fault begins, and how it ends."""
        replica, pair = self._replicas[fault.number], self._pair
        above, below = [self._above[fault.number]], self._below[fault.number]
        return {
            "kill": (threaded(replica.kill), threaded(replica.start)),
            "freeze": (threaded(replica.freeze), threaded(replica.thaw)),
            "cut clients": (each(above, GatedRelay.cut), each(above, GatedRelay.mend)),
            "hold clients": (each(above, GatedRelay.hold), each(above, GatedRelay.mend)),
            "cut database": (each(below, GatedRelay.cut), each(below, GatedRelay.mend)),
            "hold database": (each(below, GatedRelay.hold), each(below, GatedRelay.mend)),
            "freeze primary": (threaded(pair.primary.freeze), threaded(pair.primary.thaw)),
            "kill primary": (threaded(pair.primary.kill), pair.restart_primary),
            "fail over": (self._fail_over, pair.renew_standby),
            "lag": (self._lag, self._catch_up),
            "kill standby": (threaded(pair.standby.kill), pair.start_standby),
            "kill clients": (lambda: self._kill_clients(fault.number), lambda: self._start_clients(fault.number)),
        }[fault.kind]

    async def _fail_over(self) -> None:
        self.history.failovers.append(self._now())
        await self._pair.fail_over()
        self.history.failovers.append(self._now())

    async def _lag(self) -> None:
        await run(self._pair.standby.target, "SELECT pg_wal_replay_pause()")

    async def _catch_up(self) -> None:
        await run(self._pair.standby.target, "SELECT pg_wal_replay_resume()")

    async def _kill_clients(self, number: int) -> None:
        self._processes[number].kill()
        await self._processes[number].wait()

    # What is there in the end

    async def _read_kept(self) -> None:
        session = await asyncpg.connect(**self._pair.primary.target.arguments())
        try:
            rows = await session.fetch(_KEPT)
            heads = await session.fetch("SELECT environment, release_id FROM release_head")
        finally:
            await session.close()
        self.history.kept = [Kept(**{**row, "body": digest_of(row["body"])}) for row in map(dict, rows)]
        self.history.heads = {row["environment"]: row["release_id"] for row in heads}


def threaded(work: Callable[[], None]) -> Callable[[], Awaitable[None]]:
    """Work that keeps nobody else waiting."""
    return lambda: asyncio.to_thread(work)


def each(relays: list[GatedRelay], do: Callable[[GatedRelay], None]) -> Callable[[], Awaitable[None]]:
    """The same with every relay."""

    async def work() -> None:
        for relay in relays:
            do(relay)

    return work
