"""The answers about a database, in the wire format's shape: a staged probe, and the pool's status.

The names and their order are the contract's; the JSON is these structures, encoded as they stand.
What they are made of is in `app.core.outcomes`.
"""

from typing import Literal

import msgspec
from msgspec import structs

from app.core import outcomes
from app.core.outcomes import FailureCode, StageName, StageStatus


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
        """The server as people write it, or the servers."""
        return outcomes.place_of([(one.host, one.port) for one in self.hosts] or [(self.host, self.port)])


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


def target(shown: outcomes.ShownTarget) -> ProbedTarget:
    """A target in the wire format."""
    hosts = tuple(Host(host=host, port=port) for host, port in shown.hosts)
    return ProbedTarget(**{**structs.asdict(shown), "hosts": hosts})


def failure(found: outcomes.ConnectionFailure | None) -> ProbeFailure | None:
    """A failure in the wire format."""
    return ProbeFailure(**structs.asdict(found)) if found else None


def server(facts: outcomes.ServerFacts | None) -> Server | None:
    """What a server says of itself in the wire format."""
    return Server(**structs.asdict(facts)) if facts else None


def pool(use: outcomes.PoolUse | None) -> PoolStatus | None:
    """A pool in the wire format."""
    return PoolStatus(**structs.asdict(use)) if use else None


def migrations(found: outcomes.SchemaRevision | None) -> Migrations | None:
    """Where tables are in the wire format."""
    return Migrations(**structs.asdict(found)) if found else None
