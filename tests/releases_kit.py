"""Drafts of releases, and what is asked of those that were made, in few words."""

from datetime import datetime
from typing import Any

from drafts import NOON, PROJECT

from app.database.engine import ConnectionManager
from app.releases.body import ReleaseBody, canonical, digest_of
from app.releases.store import queries
from app.releases.store.publishing import ReleaseDraft, approve, publish
from app.reports.releases import Release

ENVIRONMENT = "production"


def body(**values: Any) -> ReleaseBody:
    supplied = ("database.password",)
    document = {"version": 1, "project": PROJECT, "environment": ENVIRONMENT, "values": values, "supplied": supplied}
    content = canonical(document)
    return ReleaseBody(content=content, digest=digest_of(content), supplied=supplied)


def release_draft(base: int | None = None, **fields: Any) -> ReleaseDraft:
    """A draft that was compared with this head."""
    stated = {
        "project": PROJECT,
        "environment": ENVIRONMENT,
        "body": body(port=1),
        "fingerprint": "sha256:f",
        "counts": {"error": 0, "warning": 1, "info": 0},
        "author": "ada",
        "message": "",
        "commit": None,
        "at": NOON,
    }
    return ReleaseDraft(base=base, **(stated | fields))


async def released(manager: ConnectionManager, base: int | None = None, **fields: Any) -> Release:
    async with manager.session() as session:
        return await publish(session, release_draft(base, **fields))


async def approved(manager: ConnectionManager, number: int, name: str, at: datetime = NOON) -> Release:
    async with manager.session() as session:
        return await approve(session, PROJECT, number, name, at)


async def head(manager: ConnectionManager, environment: str = ENVIRONMENT) -> Release | None:
    async with manager.session() as session:
        return await queries.head(session, PROJECT, environment)
