"""A real PgBouncer in transaction mode, where there is one: statements of many clients share few server sessions."""

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from patience import eventually
from ports import unused_port
from sqlalchemy import text

from app.database.embedded import EmbeddedServer, process
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.store import schema
from app.history.store.revisions import VERSION_TABLE, revision_ids
from app.probing.stages import Schema, probe
from app.probing.status import status
from app.settings.database import PoolSettings

PROGRAM = os.environ.get("ASSAY_TEST_PGBOUNCER") or shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"

pytestmark = pytest.mark.skipif(
    not Path(PROGRAM).is_file(), reason="there is no PgBouncer: install it (Debian: apt install pgbouncer)"
)


@pytest.fixture
def bouncer(migrated: Target) -> Iterator[Target]:
    """A PgBouncer with two server sessions for everybody."""
    with tempfile.TemporaryDirectory(prefix="assay-test-", dir="/var/tmp") as folder:
        port = unused_port()
        configuration = Path(folder) / "pgbouncer.ini"
        users = Path(folder) / "users.txt"
        users.write_text(f'"{migrated.username}" "{migrated.password}"\n')
        configuration.write_text(
            f"[databases]\n{migrated.name} = host={migrated.host} port={migrated.port} user={migrated.username}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = scram-sha-256\nauth_file = {users}\npool_mode = transaction\ndefault_pool_size = 2\n"
        )
        account = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            for path in (Path(folder), configuration, users):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
        with subprocess.Popen([PROGRAM, "-q", configuration], **account) as running:  # type: ignore[call-overload]
            assert eventually(lambda: process.is_taken(port) or running.poll() is not None)
            assert running.poll() is None
            yield replace(migrated, port=port)
            running.terminate()


async def test_many_clients_share_few_sessions_and_each_gets_its_own_rows(bouncer: Target) -> None:
    manager = ConnectionManager(bouncer, pool=PoolSettings(size=8, max_overflow=0), pgbouncer=True)

    async def ask(number: int) -> None:
        for turn in range(20):
            async with manager.connect() as connection:
                # Two statements by turns, each told apart by its text: neither may get the other's plan.
                kind = (number + turn) % 3
                rows = await connection.execute(text(f"SELECT {kind} AS kind, CAST(:n AS int) AS n"), {"n": number})
                assert rows.one() == (kind, number)

    await asyncio.gather(*(ask(number) for number in range(20)))
    await manager.close()


async def test_the_status_and_migrations_work_through_it(bouncer: Target) -> None:
    manager = ConnectionManager(bouncer, pgbouncer=True)
    await schema.downgrade(manager, "base")
    await schema.upgrade(manager)
    answer = await status(manager, "production", migrations=schema.state)
    assert (answer.connected, answer.failure) == (True, None)
    assert answer.migrations
    assert answer.migrations.pending == 0
    await manager.close()


async def test_a_probe_passes_through_it(bouncer: Target) -> None:
    answer = await probe(bouncer, schema=Schema(table=VERSION_TABLE, revisions=revision_ids()))
    assert answer.failure is None
    assert answer.stages[-1].status == "ok"
    lost = await probe(replace(bouncer, name="nowhere"))
    assert lost.failure
    assert (lost.failure.stage, lost.failure.code) == ("login", "unknown")  # it says 08P01 of whatever is wrong


async def test_a_statement_is_ended_at_its_limit(bouncer: Target, postgres_server: EmbeddedServer) -> None:
    assert postgres_server.alive
    manager = ConnectionManager(replace(bouncer, statement_timeout=0.2), pgbouncer=True)

    async def sleep() -> None:
        async with manager.connect() as connection:
            await connection.execute(text("SELECT pg_sleep(600)"))

    with pytest.raises(TimeoutError):
        await sleep()
    await manager.close()
