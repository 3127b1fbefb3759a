"""A primary and the standby that streams from it, which may be killed, frozen, and change places."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
from patience import PATIENCE_SECONDS
from ports import unused_port
from postgres import run
from release_histories import process_trees

from app.database.embedded import EmbeddedServer, binaries, process, start
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.store import schema

_OPTIONS = {
    "wal_level": "replica",
    "max_wal_senders": "6",
    "wal_keep_size": "256MB",
    "hot_standby": "on",
    "wal_receiver_status_interval": "1s",
    "wal_retrieve_retry_interval": "100ms",
    "synchronous_commit": "local",  # what waits for the standby asks for it itself
    "synchronous_standby_names": "*",
    "max_connections": "100",
}


@contextmanager
def servers_home() -> Iterator[Path]:
    """A folder that the servers' user can get to."""
    with tempfile.TemporaryDirectory(prefix="assay-test-", dir="/var/tmp") as found:
        Path(found).chmod(0o755)
        yield Path(found)


class Node:
    """One server, always on the same port."""

    def __init__(self, home: Path, programs: Path | None) -> None:
        home.mkdir(exist_ok=True)
        self.port = unused_port()
        self._home, self._programs = home, programs
        self._server: EmbeddedServer | None = None
        self._frozen: list[int] = []

    @property
    def place(self) -> Path:
        """Where its data folder is."""
        return self._home / ".assay" / "postgres"

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def target(self) -> Target:
        """The way to it."""
        assert self._server
        return self._server.target

    def start(self, **options: str) -> None:
        """Starts it with the data that it has."""
        self._server = start(
            self._home, durable=False, binaries=self._programs, port=self.port, options=_OPTIONS | options
        )

    def stop(self) -> None:
        """Stops it as it wants to be stopped."""
        self.thaw()
        if self._server:
            self._server.stop()

    def kill(self) -> None:
        """Every process of it is gone at once, as with its machine."""
        process_trees.kill(self._pid)
        self._frozen = []
        self.stop()

    def freeze(self) -> None:
        """Every process of it stands still."""
        self._frozen = process_trees.frozen(self._pid)

    def thaw(self) -> None:
        """Lets it go on."""
        tree, self._frozen = self._frozen, []
        process_trees.thaw(tree)

    def copy(self, primary: "Node") -> None:
        """Takes over all that a primary has, to follow it."""
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir(parents=True)
        program = binaries.find(self._programs, None).folder / "pg_basebackup"
        asked = ["-D", self.data, "-h", "127.0.0.1", "-p", str(primary.port), "-U", primary.target.role]
        environ = {"PATH": os.environ["PATH"], "PGPASSWORD": primary.target.password or ""}
        subprocess.run(
            [program, *asked, "--checkpoint=fast", "--no-sync", "--no-manifest", "--wal-method=fetch"],
            check=True,
            env=environ,
        )
        shutil.copy(primary.place / "password", self.place)
        (self.data / "standby.signal").touch()
        subprocess.run(["/bin/chown", "-R", f"--reference={primary.data}", self.data], check=True)
        for mine, its in ((self.place, primary.place), (self.place.parent, primary.place.parent)):
            shutil.copystat(its, mine)

    @property
    def _pid(self) -> int:
        found = process.running(self.data)
        assert found
        return found.pid


class Pair:
    """Two nodes, one of which is the primary.

    Attributes:
        primary: the one that takes what is written.
        standby: the one that follows it.
        nodes: both, in the order in which they are named to whoever asks.
    """

    def __init__(self, home: Path, programs: Path | None) -> None:
        self.primary, self.standby = (Node(home / name, programs) for name in ("one", "two"))
        self.nodes = (self.primary, self.standby)

    async def start(self) -> None:
        """Both, with the service's tables."""
        await asyncio.to_thread(self.primary.start)
        manager = ConnectionManager(self.primary.target)
        await schema.upgrade(manager)
        await manager.close()
        await self.renew_standby()

    async def renew_standby(self) -> None:
        """The standby begins anew, as a copy of the primary; it streams when this ends."""
        await asyncio.to_thread(self.standby.copy, self.primary)
        await self.start_standby()

    async def start_standby(self) -> None:
        """The standby goes on where it was; it streams when this ends."""
        told = conninfo(self.primary.target)
        await asyncio.to_thread(lambda: self.standby.start(primary_conninfo=told))
        await self._until_it_streams()

    async def fail_over(self) -> None:
        """The primary is gone, and the standby takes its place; `renew_standby` makes a standby of the other."""
        await asyncio.to_thread(self.primary.kill)
        await run(self.standby.target, "SELECT pg_promote(wait => true)")
        self.primary, self.standby = self.standby, self.primary

    async def restart_primary(self) -> None:
        """What was killed is started with the data that it has."""
        await asyncio.to_thread(self.primary.start)
        await self._until_it_streams()

    def stop(self) -> None:
        """Stops both."""
        for node in reversed(self.nodes):
            node.stop()

    async def _until_it_streams(self) -> None:
        asked = "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'sync'"
        session = await asyncpg.connect(**self.primary.target.arguments())
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not await session.fetchval(asked):
                    pass
        finally:
            await session.close()


def conninfo(target: Target) -> str:
    """How a standby is told of its primary."""
    stated = {"host": target.host, "port": target.port, "user": target.role, "password": target.password}
    return " ".join(f"{name}={value}" for name, value in {**stated, "application_name": "standby"}.items())
