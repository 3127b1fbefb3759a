"""`/config/history`: what was recorded, what it was like, how it differs, and when a key changed."""

from typing import Any

import anyio.to_thread
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from app.reports.history import KeyHistory, Recorded, SnapshotDifference, Snapshots
from app.service.history_queries import LISTED, history_of
from app.service.runtime import Service
from app.watching.project_snapshot import document
from app.web.http.documents import REFUSED, Diagnosed, answer, described
from app.web.http.raw_request_path import rest_of_path

_KEY = "/config/history/key/"


@get("/config/history", responses=described(Snapshots, "What was recorded, newest first.", *REFUSED))
async def history(
    request: Request[Any, Any, State],
    service: NamedDependency[Service],
    diagnosed: Diagnosed,
    environment: FromQuery[str | None] = None,
    limit: FromQuery[int] = LISTED,
    before: FromQuery[str | None] = None,
) -> Response[bytes]:
    """The snapshots of an environment, or of all of them, and the times in which nothing could be recorded."""
    return await _told(request, await history_of(service, diagnosed).listed(environment, limit=limit, before=before))


@get("/config/history/{snapshot:str}", responses=described(Recorded, "The snapshot.", *REFUSED))
async def snapshot(
    request: Request[Any, Any, State],
    service: NamedDependency[Service],
    diagnosed: Diagnosed,
    snapshot: FromPath[str],
) -> Response[bytes]:
    """One snapshot: its values, since when each of them holds, and the verdict on it."""
    return await _told(request, await history_of(service, diagnosed).shown(snapshot))


@get(
    "/config/history/{left:str}/diff/{right:str}",
    responses=described(SnapshotDifference, "The leaves that differ.", *REFUSED),
)
async def snapshot_difference(
    request: Request[Any, Any, State],
    service: NamedDependency[Service],
    diagnosed: Diagnosed,
    left: FromPath[str],
    right: FromPath[str],
) -> Response[bytes]:
    """The leaves that differ between two snapshots, or between a snapshot and `now`, with the origins on both sides."""
    return await _told(request, await history_of(service, diagnosed).difference(left, right))


@get(_KEY + "{key:path}", responses=described(KeyHistory, "When the key changed, newest first.", *REFUSED))
async def key_history(
    request: Request[Any, Any, State],
    service: NamedDependency[Service],
    diagnosed: Diagnosed,
    key: FromPath[str],
    environment: FromQuery[str | None] = None,
    limit: FromQuery[int] = LISTED,
    before: FromQuery[str | None] = None,
) -> Response[bytes]:
    """When a key of an environment (by default the active one) changed: from what to what, and where it was set."""
    asked = rest_of_path(request, _KEY) or key.removeprefix("/")
    return await _told(
        request, await history_of(service, diagnosed).key(asked, environment, limit=limit, before=before)
    )


async def _told(request: Request[Any, Any, State], found: Struct) -> Response[bytes]:
    """The document, or that the caller has it already; a large one is encoded in a thread."""
    return answer(request, await anyio.to_thread.run_sync(document, found))


HANDLERS = (history, snapshot, snapshot_difference, key_history)
