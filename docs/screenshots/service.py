"""The service that is photographed: the demonstration project, its database, and a week that it remembers."""

import asyncio
import hashlib
import json
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from app.checking.check import validate
from app.database.embedded import start
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.snapshot_builder import JudgedReading, drafts
from app.history.store.drafts import SnapshotDraft
from app.history.store.recording import record
from app.history.store.schema import upgrade
from app.project.workspace import open_workspace
from benchmarks.servers import TOKEN
from docs.screenshots.demonstration import ENVIRON, STEPS, SUBJECTS, Demonstration
from docs.screenshots.instances import CLIENT_TOKEN, ENVIRONMENT

_OWN = "assay_history"


@contextmanager
def prepared() -> Iterator[tuple[Demonstration, Target, Mapping[str, str]]]:
    """The project with its past, the database that its development names, and the variables of its service."""
    with tempfile.TemporaryDirectory(prefix="assay-pictures-", dir="/var/tmp") as folder:
        home = Path(folder)
        home.chmod(0o755)
        with start(home, durable=False) as server:
            target = asyncio.run(_databases(server.target))
            root = home / "orders"
            root.mkdir()
            project = Demonstration(root, target)
            own = replace(server.target, name=_OWN)
            key = secrets.token_hex(32)
            asyncio.run(_remember(project, own, key))
            yield project, target, _variables(own, key)


async def _databases(admin: Target) -> Target:
    """Makes two databases, and a role for the one that is tested."""
    made = replace(admin, name="orders", username="orders", password=hashlib.sha256(str(admin).encode()).hexdigest())
    session = await asyncpg.connect(**admin.arguments())
    try:
        await session.execute(f"CREATE ROLE orders LOGIN PASSWORD '{made.password}'")
        await session.execute("CREATE DATABASE orders OWNER orders")
        await session.execute(f"CREATE DATABASE {_OWN}")
    finally:
        await session.close()
    return made


async def _remember(project: Demonstration, own: Target, key: str) -> None:
    """Records each step as if it were that long ago; before the last one somebody changes a secret."""
    manager, now = ConnectionManager(own), datetime.now(UTC)
    known: dict[str, SnapshotDraft] = {}
    try:
        await upgrade(manager)
        for number, (ago, step) in enumerate(STEPS):
            if number == len(STEPS) - 1:
                project.rotate("production", "payments.api_key")
            project.write(step)
            project.commit(now - ago, SUBJECTS[number])
            for draft in _read(project.root, now - ago, known, key):
                known[draft.environment] = draft
                async with manager.session() as session:
                    await record(session, draft)
    finally:
        await manager.close()


def _read(root: Path, at: datetime, known: Mapping[str, SnapshotDraft], key: str) -> list[SnapshotDraft]:
    workspace = open_workspace(root, ENVIRON, clock=lambda: at, digest_key=key.encode())
    reading = JudgedReading(workspace=workspace, report=validate(workspace), at=at, seconds=0.01, compare_secrets=False)
    return drafts(reading, known)


def _variables(own: Target, key: str) -> Mapping[str, str]:
    ada = {"name": "ada", "role": "operator", "sha256": hashlib.sha256(TOKEN.encode()).hexdigest()}
    orders = {"name": "orders", "role": "client", "sha256": hashlib.sha256(CLIENT_TOKEN.encode()).hexdigest()}
    tokens = ", ".join(map(_inline, (ada, {**orders, "environments": [ENVIRONMENT]})))
    stated = {"HOST": own.host, "PORT": own.port, "NAME": own.name, "USERNAME": own.username, "PASSWORD": own.password}
    return {
        **ENVIRON,
        **{f"ASSAY_DATABASE__{name}": str(value) for name, value in stated.items()},
        "ASSAY_AUTH__TOKENS": f"[{tokens}]",
        "ASSAY_HISTORY__DIGEST_KEY": key,
        "ASSAY_DIAGNOSTICS__ALLOWED_TARGETS": '["127.0.0.1/32"]',
    }


def _inline(table: Mapping[str, object]) -> str:
    return f"{{{', '.join(f'{name} = {json.dumps(value)}' for name, value in table.items())}}}"
