"""A URL says what the driver that reads it refuses, or a TLS mode that does not exist.

SQLAlchemy hands a URL's parameters to the driver as they are. asyncpg's is called `ssl`, that of psycopg and libpq
`sslmode`; each ends with an error at the other's word. SQLAlchemy has no dialect `postgres`. A URL has texts alone,
and asyncpg takes none for `timeout` and `statement_cache_size`, which belong into `connect_args`. psycopg hands what
it does not know to libpq, which refuses a name or a word of its own that it lacks: `timeout`, `schema`, `pool_size`,
`connect_timeout=ten`. And no driver has a mode `required`: the connection is not encrypted, there is none.

Wrong:

    [production]
    database_url = "postgresql+asyncpg://orders@db.example.com/orders?sslmode=verify-full"

Right:

    [production]
    database_url = "postgresql+asyncpg://orders@db.example.com/orders?ssl=verify-full"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Fix, Severity
from app.core.layers import Path
from app.core.roles import Role
from app.core.tree import Leaf
from app.rules.db015_url_unusable import fault, is_taken
from app.rules.kit.connections import connections
from app.rules.kit.driver_advice import rewritten
from app.rules.kit.drivers import Url, url_of
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """URLs that their driver refuses; a URL that nobody can read is told elsewhere."""
    for leaf in subject.leaves(Role.DSN):
        url = url_of(subject, _taken(subject, leaf)) if not subject.splits(leaf.path) else None
        error = fault(subject, leaf)
        faults = list(url.faults) if url and (error is None or is_taken(subject, leaf, error)) else []
        if url and faults:
            said = "; ".join(what for what, _ in faults)
            yield rule.finding(subject, leaf.path, f"{leaf.key}: {said}.", _fix(subject, leaf, url, faults), leaf=leaf)
    yield from _modes(rule, subject)
    for path in sorted(subject.url_paths):
        yield from _unbound(rule, subject, (*path[:-1], "channel_binding"))


def _taken(subject: EnvironmentContext, leaf: Leaf) -> str:
    """The text that reaches the driver: a model that takes a URL apart (`PostgresDsn`) drops the blanks around it."""
    text = leaf.value if isinstance(leaf.value, str) else ""
    shape = subject.shape.at(leaf.path) if subject.shape else None
    return text.strip() if shape is not None and shape.url else text


def _unbound(rule: Rule, subject: EnvironmentContext, path: Path) -> Iterator[Finding]:
    """What the service's own driver does not honour: it goes on without, and that is worth a word."""
    leaf = subject.tree.get(*path)
    if leaf is not None and leaf.value == "require":
        message = f"{leaf.key}: asyncpg binds no channel, and connects without."
        fix = "Prove who answers with tls.mode = verify-full, and take channel_binding out."
        yield rule.finding(subject, path, message, fix, leaf=leaf, severity=Severity.WARNING)


def _fix(subject: EnvironmentContext, leaf: Leaf, url: Url, faults: list[tuple[str, str]]) -> Fix:
    text, mended = " ".join(dict.fromkeys(cure for _, cure in faults)), url.mended()
    remade = url_of(subject, mended)
    works = remade is not None and not list(remade.faults)
    return rewritten(subject, leaf, mended, text) if works else Fix(text=text)


def _modes(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """A mode beside the parts of a connection, under libpq's own word for it."""
    for connection in connections(subject):
        leaf = connection.leaf("tls")
        if leaf is not None and leaf is not connection.url and connection.has_unknown_mode:
            message = f"{leaf.key}: there is no sslmode {leaf.value!r}, and nothing connects."
            yield rule.finding(subject, leaf.path, message, subject.setting(leaf.path, value="verify-full"), leaf=leaf)


RULE = Rule(
    id="DB013",
    name="driver-refuses",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A URL says what its driver refuses.",
    source="SQLAlchemy, PostgreSQL dialects; asyncpg, connect(); PostgreSQL, SSL Support, table of sslmode",
    page=__doc__,
    check=check,
)
