"""Writes the examples of the API's description (`python -m docs.examples`): the answers about a sample project."""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec

from app.checking.check import validate
from app.checking.usage import usage
from app.database.embedded import start
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.editing.proposed_edit import Assignment
from app.editing.together import edit_together
from app.history.snapshot_builder import JudgedReading, drafts
from app.history.store.drafts import SnapshotDraft
from app.history.store.recording import record
from app.history.store.schema import upgrade
from app.project.workspace import open_workspace
from app.service.own_database import migrate, open_manager
from app.service.plan import Plan, plan
from app.web.asgi import application
from app.web.security.sessions import SECONDS
from docs.steady import steady

FOLDER = Path(__file__).parent.parent / "app" / "web" / "examples"

PROJECT = {
    "assay.toml": """\
schema = "app.schema:Settings"
envvar_prefix = "ASSAY"
merge_enabled = true
lists = "replace"
known_environments = ["development", "staging", "production"]
production = ["production"]
""",
    "settings.toml": """\
[default.database]
name = "orders"
username = "orders"
""",
    "settings/development.toml": """\
[development.database]
embedded = true

[development.history]
migrate_on_start = true
""",
    "settings/staging.toml": """\
[staging.server]
workers = 2

[staging.database]
host = "db.staging.example.com"
password = "postgres"
""",
    "settings/production.toml": """\
[production.app]
debug = true

[production.server]
workers = 4

[production.database]
host = "db.example.com"
tls = { mode = "verify-full" }
""",
}
"""The sample project: a service called orders."""

USED = {
    "orders/config.py": """\
from dynaconf import Dynaconf

settings = Dynaconf(environments=True, settings_files=["settings.toml"])
""",
    "orders/cache.py": """\
from orders.config import settings


def connect(client):
    return client(settings.redis.host, settings.redis.get("port", 6379))
""",
    "settings.toml": """\
[default.redis]
hots = "localhost"
database = 0
""",
}
"""A project with code, which reads what nothing sets."""

EARLIER = {**PROJECT, "settings/production.toml": PROJECT["settings/production.toml"].replace("true", "false", 1)}
"""What it was like before somebody turned debugging on in production."""

CONFIGURATION = {
    "projects": "/projects",
    "validation": "/config/validate?environment=production",
    "environments": "/config/environments",
    "values": "/config/values?environment=production",
    "difference": "/config/diff?left=staging&right=production",
    "explanation": "/config/explain/database.host?environment=production",
    "rule_page": "/config/rules/APP001",
    "change_plan": "/config/plan?base=main~1&head=main",
}
"""What is the same in every run. Of the matrix, the rules and the schema a part is enough for an example."""

_SHORT = {"matrix": ("/config/matrix", "rows"), "rules": ("/config/rules", "rules")}
_STATE = {
    "live": "/health/live",
    "health": "/health",
    "ready": "/health/ready",
    "database_status": "/config/database/status",
}
_SHOWN = 3
_PORT = re.compile(r'(?<="port":)\d+')


@asynccontextmanager
async def asked(
    root: Path, target: Target | None, environ: Mapping[str, str] | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service that diagnoses the sample project, in a folder to write it to."""
    commit(root)
    planned = plan(root, root, environ or {})
    if target:
        await _migrate(planned, target)
    app = application(planned, target)
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 5000))
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


def commit(root: Path) -> None:
    """Has git hold what the project was like, and what it is like; it is then there."""
    moment = "2026-06-01T12:00:00+00:00"
    said = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.com"), ("DATE", moment))}  # fmt: skip
    quiet = {"PATH": os.environ["PATH"], "HOME": str(root), "GIT_CONFIG_NOSYSTEM": "1", **said}
    steps = () if (root / ".git").exists() else ((EARLIER, "Orders"), (PROJECT, "Look into the slow orders"))
    for number, (files, subject) in enumerate(steps):
        if not number:
            _git(root, quiet, "init", "--quiet", "--initial-branch", "main")
        _put(root, files)
        _git(root, quiet, "add", "--", *files)
        _git(root, quiet, "commit", "--quiet", "--message", subject)
    _put(root, PROJECT)


def _git(root: Path, environ: Mapping[str, str], *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, env=environ, check=True, capture_output=True)  # noqa: S603, S607


def _put(root: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(content)


async def _migrate(planned: Plan, target: Target) -> None:
    manager = open_manager(planned, target)
    try:
        await migrate(planned, manager)
    finally:
        await manager.close()


async def _remember(root: Path, target: Target) -> None:
    """Records what the project was like a while ago, and what it is like."""
    manager = ConnectionManager(target)
    try:
        await upgrade(manager)
        for files, minutes in ((EARLIER, 90), (PROJECT, 5)):
            _put(root, files)
            for draft in _read(root, datetime.now(UTC) - timedelta(minutes=minutes)):
                async with manager.session() as session:
                    await record(session, draft)
    finally:
        await manager.close()


def _read(root: Path, at: datetime) -> list[SnapshotDraft]:
    workspace = open_workspace(root, {})
    report = validate(workspace)
    return drafts(JudgedReading(workspace=workspace, report=report, at=at, seconds=0.0, compare_secrets=False))


async def history(client: httpx.AsyncClient) -> dict[str, Any]:
    """The examples of what was recorded; of a snapshot, a part is enough."""
    listed = (await client.get("/config/history?limit=2")).raise_for_status().json()
    of_production = (await client.get("/config/history?environment=production")).raise_for_status().json()
    newest, oldest = (one["id"] for one in of_production["snapshots"])
    found = {"history": listed}
    for name, path in {
        "snapshot": newest,
        "snapshot_difference": f"{oldest}/diff/{newest}",
        "key_history": "key/app.debug?environment=production",
    }.items():
        found[name] = (await client.get(f"/config/history/{path}")).raise_for_status().json()
    for part in ("values", "findings"):
        found["snapshot"][part] = found["snapshot"][part][:_SHOWN]
    return found


async def releases(client: httpx.AsyncClient) -> dict[str, Any]:
    """The examples of releases; of what is compared, a part is enough."""
    asked = {"environment": "production", "message": "As it is.", "force": "An example has to begin somewhere."}
    found = {
        "make_release": (await client.post("/releases", json={**asked, "dry_run": True})).raise_for_status().json()
    }
    for _ in range(2):
        found["make_release-201"] = (await client.post("/releases", json=asked)).raise_for_status().json()
    first = found["make_release-201"]["id"] - 1
    back = await client.post(f"/releases/{first}/rollback", json={"message": "It was slow."})
    found["rollback-201"] = back.raise_for_status().json()
    found["releases"] = (await client.get("/releases?limit=2")).raise_for_status().json()
    found["release"] = found["approve"] = (await client.get(f"/releases/{first}")).raise_for_status().json()
    compared = await client.get(f"/releases/{first}/diff/{first + 1}")
    found["release_difference"] = compared.raise_for_status().json()
    told = {"name": "web-1:17", "host": "web-1", "environment": "production", "started_at": "2026-07-01T12:00:00Z"}
    (await client.post("/instances", json={**told, "release": found["rollback-201"]["id"]})).raise_for_status()
    found["instances"] = (await client.get("/instances")).raise_for_status().json()
    for part in ("changes", "findings"):
        found["make_release"][part] = found["make_release"][part][:_SHOWN]
    return found


async def delivery(client: httpx.AsyncClient) -> dict[str, Any]:
    """The examples of what instances are given."""
    newest = (await client.get("/releases?limit=1")).raise_for_status().json()["releases"][0]["id"]
    asked = {"after": newest - 1, "wait": 60}
    head = (await client.get("/releases/production/head", params=asked)).raise_for_status().json()
    body = (await client.get(f"/releases/production/body/{head['digest']}")).raise_for_status().json()
    told = {"id": head["id"], "digest": head["digest"], "jitter_ms": 100}
    head["digest_key"] = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    return {
        "release_head": head,
        "release_body": body,
        "release_events": {"event": "release", "id": str(head["id"]), "data": json.dumps(told)},
    }


async def configuration(client: httpx.AsyncClient) -> dict[str, Any]:
    """The examples that are the same in every run, by the operation's id."""
    found = {name: (await client.get(path)).raise_for_status().json() for name, path in CONFIGURATION.items()}
    for name, (path, listed) in _SHORT.items():
        document = (await client.get(path)).raise_for_status().json()
        found[name] = {**document, listed: document[listed][:_SHOWN]}
    found["usage"] = _used()
    found["edit_values"] = _edited()
    schema = (await client.get("/config/schema?kind=layer")).raise_for_status().json()
    found["settings_schema"] = {key: value for key, value in schema.items() if not isinstance(value, dict)}
    return found


def _edited() -> Any:
    """What an edit would do; nothing is written."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _put(root, PROJECT)
        workers = Assignment.of("server.workers", 4, environment="staging", file=None, folder=root)
        return msgspec.to_builtins(edit_together(open_workspace(root, {}), [workers], dry_run=True))


def _used() -> Any:
    """What is said of a project with code."""
    with tempfile.TemporaryDirectory() as folder:
        _put(Path(folder), USED)
        return msgspec.to_builtins(usage(open_workspace(Path(folder), {})))


async def state(client: httpx.AsyncClient) -> dict[str, Any]:
    """The examples with times and counts in them."""
    found = {name: _plain((await client.get(path)).text) for name, path in _STATE.items()}
    probe = await client.post("/config/database/test", json={})
    found["database_test"] = _plain(probe.raise_for_status().text)
    found["sign_in"] = {"name": "ci", "role": "viewer", "csrf": "9f2c51f0e4b7", "seconds": SECONDS}
    listed = (await client.get("/config/environments")).json()["environments"]
    told = {"reading": 1, "fingerprints": {one["name"]: one["fingerprint"] for one in listed}}
    found["events"] = {"event": "report", "id": "1", "data": json.dumps(told)}
    return found


def _plain(text: str) -> Any:
    """A document without the port of this run."""
    return json.loads(_PORT.sub("5432", text))


def written(name: str) -> Any:
    """The example that was written for an operation."""
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


async def _unready(root: Path) -> Any:
    """What a service says whose database is away."""
    async with asked(
        root,
        None,
        {"ASSAY_DATABASE__HOST": "127.0.0.1", "ASSAY_DATABASE__PORT": "1", "ASSAY_DATABASE__PASSWORD": "unused"},
    ) as client:
        return (await client.get("/health/ready")).json()


async def _write(root: Path, target: Target) -> None:
    FOLDER.mkdir(exist_ok=True)
    await _remember(root, target)
    async with asked(root, target) as client:
        found = steady(
            {
                **await history(client),
                **await releases(client),
                **await delivery(client),
                **await state(client),
                "ready-503": await _unready(root),
            }
        )
        found |= await configuration(client)
        for name, document in found.items():
            text = json.dumps(document, indent=2, ensure_ascii=False)
            (FOLDER / f"{name}.json").write_text(f"{text}\n", "utf-8")
        lines = (await client.get("/metrics")).text.splitlines(keepends=True)
        told = [line for line in lines if line.startswith(("# HELP assay_build", "# TYPE assay_build", "assay_build"))]
        told += [line for line in lines if "assay_findings" in line]
        (FOLDER / "metrics.txt").write_text("".join(told), "utf-8")


def main() -> int:
    """Writes them all."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as home:
        Path(home).chmod(0o755)
        with start(Path(home), durable=False) as server:
            root = Path(home) / "orders"
            root.mkdir()
            asyncio.run(_write(root, server.target))
    return 0


if __name__ == "__main__":
    sys.exit(main())
