"""Stage 5: one question that every server answers to every role; it tells about the server."""

from typing import Any, Protocol

from app.reports.probe import Server

QUESTION = """
SELECT current_setting('server_version') AS version,
       pg_is_in_recovery() AS standby,
       current_setting('transaction_read_only')::boolean AS read_only,
       to_char(pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS started_at,
       current_setting('server_encoding') AS encoding,
       current_setting('TimeZone') AS time_zone,
       current_setting('max_connections')::integer AS max_connections,
       (SELECT coalesce(sum(numbackends), 0) FROM pg_stat_database)::integer AS connections,
       (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS tls
"""


class Row(Protocol):
    """A row with its columns by name."""

    def __getitem__(self, column: str) -> Any: ...


def server(row: Row) -> Server:
    """What the server says of itself; on a standby nothing can be written either."""
    return Server(
        version=row["version"],
        read_only=row["standby"] or row["read_only"],
        started_at=row["started_at"],
        encoding=row["encoding"],
        time_zone=row["time_zone"],
        max_connections=row["max_connections"],
        connections=row["connections"],
        tls=row["tls"],
    )
