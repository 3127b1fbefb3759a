"""The answers about a database, in the wire format's shape: a staged probe, and the pool's status.

The names and their order are the contract's; the JSON is these structures, encoded as they stand.
"""

from typing import Literal

import msgspec

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


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """One server of several, with its own port."""

    host: str
    port: int


class ProbedTarget(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was asked; the password is no part of it. `tls` is the libpq mode; `hosts` stand where it has several."""

    host: str
    port: int
    name: str | None
    username: str | None
    tls: str
    hosts: tuple[Host, ...] = ()

    @property
    def place(self) -> str:
        """The server as people write it, or the servers, each with its port: `db:5432`, `one:1, other:5432`."""
        named = self.hosts or (Host(host=self.host, port=self.port),)
        return ", ".join(f"{bracketed(one.host)}:{one.port}" for one in named)


def bracketed(host: str) -> str:
    """A host as it stands before a port: an address with colons in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith(("[", "/")) else host


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """How far one stage came, and in how many milliseconds."""

    name: StageName
    status: StageStatus
    ms: float = 0.0
    message: str | None = None
    detail: dict[str, object] = {}


class ProbeFailure(msgspec.Struct, frozen=True, kw_only=True):
    """Why it did not work, and what to do; `fields` are the names that a target's form has."""

    stage: StageName
    code: FailureCode
    sqlstate: str | None
    fields: tuple[str, ...]
    message: str
    advice: str


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """What the server says of itself; `started_at` is ISO 8601, `connections` how many there were."""

    version: str
    read_only: bool
    started_at: str
    encoding: str
    time_zone: str
    max_connections: int
    connections: int
    tls: str | None


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """A connection tested stage by stage; all seven stages, in order."""

    version: Literal[1] = 1
    ok: bool
    elapsed_ms: float
    target: ProbedTarget
    stages: tuple[Stage, ...]
    failure: ProbeFailure | None
    server: Server | None


class PoolStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The connection pool at this moment; `overflow` counts the connections beyond `size`."""

    size: int
    in_use: int
    idle: int
    overflow: int


class Migrations(msgspec.Struct, frozen=True, kw_only=True):
    """The schema's revision, the newest one, and how many lie between; `current` is null before the first."""

    current: str | None
    head: str | None
    pending: int


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What the service's own database is doing, as its pool sees it."""

    version: Literal[1] = 1
    configured: bool
    connected: bool
    environment: str
    target: ProbedTarget | None
    pool: PoolStatus | None
    latency_ms: float | None
    server: Server | None
    migrations: Migrations | None
    failure: ProbeFailure | None
