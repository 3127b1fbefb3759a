"""The database connections of an environment, found by role: a table with its parts, or a URL."""

from collections.abc import Iterator
from ipaddress import ip_address

from msgspec import Struct

from app import dsn
from app.errors import TargetError
from app.layers import Path
from app.roles import Role
from app.rules.subject import Subject
from app.tree import Leaf

_TLS_PARAMETERS = ("sslmode", "ssl", "tls", "ssl-mode", "sslMode")


class Connection(Struct, frozen=True, kw_only=True):
    """One connection as the settings describe it.

    Attributes:
        host: None where nothing says one.
        tls: the mode as it is written; None where nothing says one.
        password: None where nothing says one.
        host_leaf: where to point for the host.
        tls_leaf: where to point for the mode; None where nothing says one.
        password_leaf: where to point for the password.
        tls_path: where a mode would be written.
    """

    host: str | None
    username: str | None
    password: str | None
    name: str | None
    tls: str | None
    host_leaf: Leaf | None
    password_leaf: Leaf | None
    tls_leaf: Leaf | None
    tls_path: Path

    @property
    def is_remote(self) -> bool:
        """Whether the server is on another machine."""
        return bool(self.host) and any(not is_local(host) for host in str(self.host).split(","))


def is_local(host: str) -> bool:
    """Whether a host is this machine: loopback, or a socket's folder."""
    host = host.strip().strip("[]").lower()
    if host.startswith(("/", "@")) or host in {"localhost", "localhost.localdomain", ""}:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.endswith(".localhost")


def connections(subject: Subject) -> Iterator[Connection]:
    """Every connection that the environment describes."""
    for leaf in subject.leaves(Role.HOST):
        yield _from_parts(subject, leaf)
    for leaf in subject.leaves(Role.DSN):
        if isinstance(leaf.value, str) and (connection := _from_url(leaf)):
            yield connection


def _from_parts(subject: Subject, host: Leaf) -> Connection:
    beside = {
        subject.role(leaf.path, leaf.value): leaf
        for leaf in subject.tree.below(host.path[:-1])
        if leaf.state == "plain"
    }

    def text(role: Role) -> str | None:
        leaf = beside.get(role)
        return str(leaf.value) if leaf and leaf.value is not None else None

    tls = beside.get(Role.TLS_MODE)
    return Connection(
        host=str(host.value),
        username=text(Role.USERNAME),
        password=text(Role.PASSWORD),
        name=text(Role.DATABASE_NAME),
        tls=text(Role.TLS_MODE),
        host_leaf=host,
        password_leaf=beside.get(Role.PASSWORD),
        tls_leaf=tls,
        tls_path=tls.path if tls else (*host.path[:-1], "tls", "mode"),
    )


def _from_url(leaf: Leaf) -> Connection | None:
    try:
        parts = dsn.parse(leaf.value)
    except TargetError:
        return None
    tls = next((parts.query[name] for name in _TLS_PARAMETERS if name in parts.query), None)
    return Connection(
        host=",".join(host for host, _ in parts.hosts) or None,
        username=parts.username,
        password=parts.password,
        name=parts.name,
        tls=tls,
        host_leaf=leaf,
        password_leaf=leaf if parts.password is not None else None,
        tls_leaf=leaf if tls else None,
        tls_path=leaf.path,
    )
