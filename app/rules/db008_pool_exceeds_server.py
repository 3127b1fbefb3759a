"""All workers together may open more connections than the server grants.

Each worker has a pool of its own. Under load, just when it matters, some requests are then refused with "too many
connections", and so are the administrators who would look into it.

Wrong:

    [production]
    workers = 8

    [production.database]
    host = "db.example.com"
    sslmode = "verify-full"
    pool_size = 20
    max_overflow = 10
    connection_limit = 100

Right:

    [production]
    workers = 8

    [production.database]
    host = "db.example.com"
    sslmode = "verify-full"
    pool_size = 8
    max_overflow = 4
    connection_limit = 100
"""

from collections.abc import Iterator

from app.core.findings import Finding, Fix, Severity
from app.core.roles import Role, words
from app.core.tree import Leaf
from app.rules.kit.connections import Connection, connections
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import whole

_SERVERS = frozenset({"api", "app", "granian", "gunicorn", "hypercorn", "server", "service", "uvicorn", "web"})


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Pools that are larger, over all workers, than what the server grants."""
    workers = _workers(subject)
    for connection in connections(subject) if workers else ():
        size, overflow = _number(connection, "pool_size"), _number(connection, "pool_overflow") or 0
        limit, leaf = _number(connection, "connection_limit"), connection.leaf("pool_size")
        if not (workers and size and limit and leaf) or overflow < 0:
            continue
        if (total := workers * (size + overflow)) > limit:
            message = f"{workers} workers x ({size} + {overflow}) connections are {total}; the server grants {limit}."
            if any(said and subject.is_placed(said.path) for said in (leaf, connection.leaf("connection_limit"))):
                message = "all workers together ask for more connections than the server grants."
            fix = _fix(subject, connection, limit // workers, limit)
            yield rule.finding(subject, leaf.path, f"{leaf.key}: {message}", fix, leaf=leaf)


def _fix(subject: EnvironmentContext, connection: Connection, room: int, limit: int) -> Fix | str:
    """The one number that is to be smaller; where no single one mends it, what both have to keep to."""
    size, overflow = _number(connection, "pool_size") or 0, _number(connection, "pool_overflow") or 0
    pool, more = connection.leaf("pool_size"), connection.leaf("pool_overflow")
    text = f"at most {room} in each worker" if room else f"no more than {limit} workers"
    says = f"Leave {text}, size and overflow together"
    if pool and room > overflow:
        return subject.setting(pool.path, value=room - overflow, says=f"{says}: {{}}.")
    if more and room >= size:
        return subject.setting(more.path, value=room - size, says=f"{says}: {{}}.")
    return f"{says}."


def _number(connection: Connection, part: str) -> int | None:
    said = connection.said.get(part)
    return whole(said.value) if said else None


def _workers(subject: EnvironmentContext) -> int | None:
    """How many processes serve; None where nothing says so, or where other workers may be meant."""
    counts = {count for leaf in subject.leaves(Role.WORKERS) if _serves(leaf) and (count := whole(leaf.value))}
    return counts.pop() if len(counts) == 1 and max(counts) > 0 else None


def _serves(leaf: Leaf) -> bool:
    above = words(str(leaf.path[-2])) if len(leaf.path) > 1 else words(str(leaf.path[-1]))
    told = {*above} - {"workers", "worker", "web", "concurrency", "num", "count"}
    return not told or bool(told & _SERVERS)


RULE = Rule(
    id="DB008",
    name="pool-exceeds-server",
    severity=Severity.WARNING,
    applies_to="production",
    summary="All workers together may open more connections than the server grants.",
    source="PostgreSQL, Connections and Authentication, max_connections",
    page=__doc__,
    check=check,
)
