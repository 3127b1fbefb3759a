"""Stage 5: questions that every server answers to every role; they tell about the server."""

import statistics
import time
from typing import Any, Protocol

import asyncpg

from app.core.outcomes import ServerFacts
from app.database.errors import RefusalError
from app.database.target import Target

QUESTION = """
SELECT current_setting('server_version') AS version,
       pg_is_in_recovery() AS standby,
       current_setting('transaction_read_only')::boolean AS read_only,
       to_char(pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS started_at,
       extract(epoch FROM now() - pg_postmaster_start_time())::bigint AS uptime_seconds,
       current_setting('server_encoding') AS encoding,
       current_setting('TimeZone') AS time_zone,
       current_setting('max_connections')::integer AS max_connections,
       current_setting('superuser_reserved_connections')::integer AS reserved_connections,
       (SELECT coalesce(sum(numbackends), 0) FROM pg_stat_database)::integer AS connections,
       (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS tls
"""

_ROUND_TRIPS = 5


class ServerRow(Protocol):
    """A row with its columns by name."""

    def __getitem__(self, column: str) -> Any: ...


def server(row: ServerRow) -> ServerFacts:
    """What the server says of itself; on a standby nothing can be written either."""
    return ServerFacts(
        version=row["version"],
        read_only=row["standby"] or row["read_only"],
        started_at=row["started_at"],
        encoding=row["encoding"],
        time_zone=row["time_zone"],
        max_connections=row["max_connections"],
        connections=row["connections"],
        tls=row["tls"],
    )


async def round_trip(session: asyncpg.Connection) -> float:
    """The median milliseconds to the server and back, of five."""
    measured = []
    for _ in range(_ROUND_TRIPS):
        began = time.perf_counter()
        await session.execute("SELECT 1")
        measured.append(time.perf_counter() - began)
    return round(statistics.median(measured) * 1000, 3)


def require_suitable(row: ServerRow, wanted: str, target: Target) -> None:
    """Lets a server pass that is of the wanted kind; the words are libpq's.

    Raises:
        RefusalError: it is of another.
    """
    reads_only = row["standby"] or row["read_only"]
    suits = {
        "primary": not row["standby"],
        "standby": row["standby"],
        "read-write": not reads_only,
        "read-only": reads_only,
    }
    if suits.get(wanted, True):
        return
    if wanted in {"primary", "read-write"}:
        raise RefusalError(code="read-only")
    kind = "primary" if wanted == "standby" else "server that can be written to"
    raise RefusalError(
        code="target-invalid",
        message=f"target_session_attrs = {target.target_session_attrs}, but what answers is a {kind}.",
        advice="Name a standby among the hosts, or ask for prefer-standby or any.",
        fields=("host", "target_session_attrs"),
    )


def detail(row: ServerRow, milliseconds: float, demand: int | None) -> dict[str, object]:
    """What is worth knowing beyond the report's own record of the server."""
    told: dict[str, object] = {
        "round_trip_ms": milliseconds,
        "uptime_seconds": row["uptime_seconds"],
        "standby": row["standby"],
        "max_connections": row["max_connections"],
        "connections": row["connections"],
    }
    return told if demand is None else {**told, "wanted_connections": demand}


def message(row: ServerRow, milliseconds: float, demand: int | None) -> tuple[str, bool]:
    """What there is to say, and whether all is well."""
    told, well = f"PostgreSQL {row['version']} answers in {milliseconds} ms.", True
    if row["standby"]:
        told, well = f"{told} It is a standby, and only reads.", False
    free = row["max_connections"] - row["reserved_connections"]
    if demand is not None and demand > free:
        told += f" It grants {free} connections, and the pools of all workers may ask for {demand}."
        well = False
    return told, well
