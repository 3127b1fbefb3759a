"""What comes of asking a database: how far one came, why not further, and what there is to know of it.

`app.reports.probe` has the same in the wire format.
"""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

type StageName = Literal["resolve", "connect", "tls", "login", "query", "privileges", "migrations"]
type StageStatus = Literal["ok", "warning", "failed", "skipped"]
type FailureCode = Literal[
    "name-not-resolved",
    "connection-refused",
    "socket-missing",
    "unreachable",
    "connect-timeout",
    "not-postgresql",
    "tls-not-offered",
    "tls-required",
    "certificate-untrusted",
    "certificate-name-mismatch",
    "certificate-expired",
    "certificate-not-yet-valid",
    "ca-file-missing",
    "key-file-readable",
    "key-mismatch",
    "client-certificate-required",
    "client-certificate-rejected",
    "password-rejected",
    "password-missing",
    "login-not-permitted",
    "host-not-permitted",
    "database-missing",
    "connect-privilege-missing",
    "too-many-connections",
    "server-not-accepting",
    "read-only",
    "query-timeout",
    "connection-lost",
    "target-not-allowed",
    "target-invalid",
    "server-too-old",
    "unknown",
]

STAGES: tuple[StageName, ...] = ("resolve", "connect", "tls", "login", "query", "privileges", "migrations")


class ShownTarget(Struct, frozen=True, kw_only=True):
    """A target without its password.

    Attributes:
        tls: the libpq mode.
        hosts: the servers with their ports, where it has several.
    """

    host: str
    port: int
    name: str | None
    username: str | None
    tls: str
    hosts: tuple[tuple[str, int], ...] = ()

    @property
    def place(self) -> str:
        """The server as people write it, or the servers."""
        return place_of(self.hosts or ((self.host, self.port),))


def place_of(hosts: Iterable[tuple[str, int]]) -> str:
    """Servers as people write them, each with its port: `db:5432`, `one:1, other:5432`."""
    return ", ".join(f"{bracketed(host)}:{port}" for host, port in hosts)


def bracketed(host: str) -> str:
    """A host as it stands before a port: an address with colons in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith(("[", "/")) else host


class ConnectionFailure(Struct, frozen=True, kw_only=True):
    """Why it did not work, and what to do; `fields` are the names that a target's form has."""

    stage: StageName
    code: FailureCode
    sqlstate: str | None
    fields: tuple[str, ...]
    message: str
    advice: str


class ServerFacts(Struct, frozen=True, kw_only=True):
    """What a server says of itself; `started_at` is ISO 8601, `connections` how many there were."""

    version: str
    read_only: bool
    started_at: str
    encoding: str
    time_zone: str
    max_connections: int
    connections: int
    tls: str | None


class PoolUse(Struct, frozen=True, kw_only=True):
    """A pool at this moment; `overflow` counts the connections beyond `size`."""

    size: int
    in_use: int
    idle: int
    overflow: int


class SchemaRevision(Struct, frozen=True, kw_only=True):
    """The revision of tables, the newest one, and how many lie between; `current` is None before the first."""

    current: str | None
    head: str | None
    pending: int
