"""Drafts of snapshots, and what is asked of a history, in few words."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from app.database.engine import ConnectionManager
from app.history.store import queries
from app.history.store.drafts import LeafDraft, Outcome, SnapshotDraft
from app.history.store.recording import record
from app.reports import history, wire

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
PROJECT = "orders"


def at(seconds: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(seconds=seconds)


def place(line: int = 1, file: str = "settings.toml") -> wire.FileOrigin:
    return wire.FileOrigin(file=file, line=line, column=1, end_line=line, end_column=9, section="default")


def leaf(key: str, value: Any = None, **fields: Any) -> LeafDraft:
    return LeafDraft(key=key, value=value, **({"origin": place()} | fields))


def leaves(values: Mapping[str, Any]) -> tuple[LeafDraft, ...]:
    return tuple(leaf(key, value) for key, value in values.items())


def finding(message: str = "It is not right.", line: int = 1) -> wire.ReportedFinding:
    return wire.ReportedFinding(
        rule="DB002",
        name="default-password",
        severity="error",
        environment="production",
        key="database.password",
        message=message,
        fix="Set it.",
        origin=place(line),
        related=[],
    )


def fingerprint_of(leaves: Iterable[LeafDraft]) -> str:
    said = [[one.key, one.value, one.secret, str(one.digest), one.state] for one in leaves]
    return "sha256:" + sha256(json.dumps(said).encode()).hexdigest()


def draft(values: Mapping[str, Any] | Iterable[LeafDraft], seconds: float = 0, **fields: Any) -> SnapshotDraft:
    """A draft of these leaves, read so long after noon; equal leaves have equal fingerprints."""
    drawn = leaves(values) if isinstance(values, Mapping) else tuple(values)
    findings = fields.get("findings", ())
    fingerprint = fields.get("fingerprint") or fingerprint_of(drawn)
    made = SnapshotDraft(
        project=PROJECT,
        environment="production",
        active=False,
        fingerprint=fingerprint,
        at=at(seconds),
        host="web-1",
        assay="0.1.0",
        leaves=drawn,
        valid=not findings,
        counts=wire.FindingCounts(error=len(findings)),
        findings=(),
        elapsed_ms=2.5,
    )
    return msgspec.structs.replace(made, **fields)


async def write(manager: ConnectionManager, *drafts: SnapshotDraft) -> list[Outcome]:
    """Records drafts, each in a transaction of its own."""
    outcomes = []
    for one in drafts:
        async with manager.session() as session:
            outcomes.append(await record(session, one))
    return outcomes


async def listed(manager: ConnectionManager, limit: int = 500, **fields: Any) -> history.Snapshots:
    async with manager.session() as session:
        return await queries.snapshots(session, fields.pop("project", PROJECT), limit=limit, **fields)


async def shown(manager: ConnectionManager, snapshot: str, project: str = PROJECT) -> history.Recorded:
    async with manager.session() as session:
        return await queries.snapshot(session, project, snapshot)


async def newest(manager: ConnectionManager) -> history.Recorded:
    return await shown(manager, (await listed(manager)).snapshots[0].id)


async def changes(manager: ConnectionManager, key: str, limit: int = 500, **fields: Any) -> history.KeyHistory:
    environment = fields.pop("environment", "production")
    async with manager.session() as session:
        return await queries.key_changes(session, PROJECT, environment, key, limit=limit, **fields)
