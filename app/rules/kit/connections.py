"""The connections of an environment: a table with its parts, flat names with one stem, or a URL."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from ipaddress import ip_address
from typing import Any

from msgspec import Struct

from app.core.layers import Path, fold
from app.core.roles import Role, words
from app.core.tree import Leaf
from app.modelling.classifier import RoleClassifier
from app.rules.kit.connection_names import TABLES, split
from app.rules.kit.connection_urls import read_remains, read_url
from app.rules.kit.known_defaults import is_reference
from app.rules.kit.services import DATABASE, MODES, POSTGRESQL, SQLITE, Protection, ServerKind, service_named, tls_of
from app.rules.kit.subject import EnvironmentContext, remembered
from app.rules.kit.switches import is_off, is_on

type Home = tuple[Path, tuple[str, ...]]
"""A folded table's path, and the words with which the connection's keys begin in it."""

_PARTS: Mapping[Role, str] = {
    Role.HOST: "host", Role.PORT: "port", Role.USERNAME: "username", Role.PASSWORD: "password",
    Role.DATABASE_NAME: "name", Role.TLS_MODE: "tls", Role.CONNECT_TIMEOUT: "connect_timeout",
    Role.STATEMENT_TIMEOUT: "statement_timeout", Role.POOL_SIZE: "pool_size", Role.POOL_OVERFLOW: "pool_overflow",
    Role.POOL_RECYCLE: "pool_recycle", Role.POOLER: "pooler", Role.APPLICATION_NAME: "application_name",
    Role.CONNECTION_LIMIT: "connection_limit",
}  # fmt: skip
"""What a declared role says about a connection."""


class ConnectionPart(Struct, frozen=True, kw_only=True):
    """One part of a connection: its value, and the leaf that says it."""

    value: Any
    leaf: Leaf


class Connection(Struct, frozen=True, kw_only=True, dict=True):
    """One connection as the settings describe it.

    Attributes:
        service: what is connected to.
        said: what is known of it, by the parts of `connection_names`: `host`, `password`, `tls`, …; a URL's are
            percent-decoded texts.
        table: the path of the table that describes it.
        url: the leaf with the URL, where there is one.
        scheme_tls: what the URL says about TLS; None where it says nothing, or there is none.
    """

    service: ServerKind
    said: Mapping[str, ConnectionPart]
    table: Path
    url: Leaf | None = None
    scheme_tls: Protection | None = None

    def text(self, part: str) -> str | None:
        """A part as text; None where nothing says it, or where it only refers to what does."""
        found = self.said.get(part)
        return None if found is None or found.value is None or is_reference(str(found.value)) else str(found.value)

    def leaf(self, part: str) -> Leaf | None:
        """The leaf that says a part."""
        found = self.said.get(part)
        return found.leaf if found else None

    @cached_property
    def tls(self) -> Protection | None:
        """How it is protected; None where nothing says so, or nothing that is understood."""
        if self.has_unknown_mode:
            return None
        return tls_of({part: said.value for part, said in self.said.items()}, self.scheme_tls)

    @property
    def has_unknown_mode(self) -> bool:
        """Whether it names a TLS mode that PostgreSQL's drivers do not have: nothing connects with it."""
        said = self.said.get("tls")
        if said is None or not isinstance(said.value, str) or is_on(said.value) or is_off(said.value):
            return False
        named = said.leaf is not self.url and str(said.leaf.path[-1]).lower().endswith("sslmode")
        return (self.service is POSTGRESQL or named) and said.value.replace("_", "-") not in MODES

    @property
    def tls_leaf(self) -> Leaf | None:
        """The leaf that says how it is protected."""
        parts = ("tls_disabled", "tls_insecure", "tls_verify", "tls_name", "tls")
        found = [self.said[part] for part in parts if part in self.said]
        telling = [said for said in found if said.leaf is not self.url]
        return (telling or found)[0].leaf if found else None

    @property
    def hosts(self) -> list[str]:
        """The servers that it names, without ports; empty where nothing names one."""
        return [_bare(host) for host in (self.text("host") or "").split(",") if host.strip()]

    @property
    def is_local(self) -> bool:
        """Whether it names this machine, and no other."""
        return bool(self.hosts) and all(is_local(host) for host in self.hosts)

    @property
    def is_on_loopback(self) -> bool:
        """Whether it names this machine by its network; a socket may lead anywhere."""
        return self.is_local and not any(host.startswith(("/", "@")) for host in self.hosts)

    @property
    def is_remote(self) -> bool:
        """Whether it names a server on another machine."""
        return any(is_name(host) and not is_local(host) for host in self.hosts)

    @property
    def subject(self) -> Leaf | None:
        """The leaf to point at where the connection as a whole is meant."""
        return self.url or self.leaf("host") or next((said.leaf for said in self.said.values()), None)


def _bare(host: str) -> str:
    """A host without the port that may stand behind it."""
    host = host.strip()
    return host.rpartition(":")[0] if host.count(":") == 1 else host


def is_name(host: str) -> bool:
    """Whether a text may be a host's: `..`, which stands for what somebody has yet to write, is none."""
    return any(map(str.isalnum, host))


@lru_cache(maxsize=1 << 12)
def is_local(host: str) -> bool:
    """Whether a host is this machine: loopback, any address of it, or a socket's folder."""
    host = host.strip().strip("[]").removesuffix(".").lower()
    if host.startswith(("/", "@")) or host in {"localhost", "localhost.localdomain", ""}:
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


@remembered
def connections(subject: EnvironmentContext) -> tuple[Connection, ...]:
    """Every connection that the environment describes, found once a subject."""
    return tuple(_connections(subject))


@remembered
def logins(subject: EnvironmentContext) -> tuple[Connection, ...]:
    """The same, and what URLs that cannot be read say all the same; what such a one leaves out is not absent."""
    return (*connections(subject), *filter(None, map(_from_remains, subject.leaves(Role.DSN))))


def _from_remains(leaf: Leaf) -> Connection | None:
    read = read_remains(leaf.value) if isinstance(leaf.value, str) and not is_reference(leaf.value) else None
    if read is None:
        return None
    said = {part: ConnectionPart(value=value, leaf=leaf) for part, value in read.parts.items()}
    return Connection(service=read.service, said=said, table=leaf.path[:-1], url=leaf)


def _connections(subject: EnvironmentContext) -> Iterator[Connection]:
    groups = _groups(subject)
    taken: set[Home] = set()
    for leaf in subject.leaves(Role.DSN):
        if connection := _from_url(leaf, groups, taken):
            yield connection
    for home, said in groups.items():
        if home not in taken and (service := _service(subject, home, said)):
            table = next(iter(said.values())).leaf.path[: len(home[0])]
            yield Connection(service=service, said=said, table=table)


def _groups(subject: EnvironmentContext) -> Mapping[Home, dict[str, ConnectionPart]]:
    """What is said about connections part by part, in tables and under stems."""
    groups: dict[Home, dict[str, ConnectionPart]] = {}
    for leaf, (home, part) in subject.found(_Parts(classifier=subject.classifier)):
        group, said = groups.setdefault(home, {}), ConnectionPart(value=leaf.value, leaf=leaf)
        if part not in group or _is_other_switch(part, group[part], said):
            group[part] = said
    return groups


def _is_other_switch(part: str, first: ConnectionPart, second: ConnectionPart) -> bool:
    """Of two ways to encrypt, one is on and the other need not be: `use_ssl` and `use_tls`."""
    return part == "tls" and is_off(first.value) and not is_off(second.value)


class _Parts(Struct, frozen=True, kw_only=True):
    """Tells the part of a connection that a leaf says, and whose."""

    classifier: RoleClassifier

    def __call__(self, leaf: Leaf) -> tuple[Home, str] | None:
        """The part; None for what is none, or is not known."""
        if leaf.state != "plain" or isinstance(leaf.path[-1], int) or isinstance(leaf.value, dict | list):
            return None
        return _part(leaf, self.classifier.declared(leaf.path))


def _part(leaf: Leaf, role: Role | None) -> tuple[Home, str] | None:
    """The part of a connection that a leaf says, and whose; a declared role comes before the name."""
    declared = _PARTS.get(role or Role.DSN)
    named = split(leaf.path)
    if declared is None:
        return ((fold(named.table), named.stem), named.part) if named else None
    if named and named.part == declared:
        return (fold(named.table), named.stem), declared
    depth = -2 if len(leaf.path) > 1 and words(str(leaf.path[-2])) in TABLES else -1
    return (fold(leaf.path[:depth]), ()), declared


def _service(subject: EnvironmentContext, home: Home, said: Mapping[str, ConnectionPart]) -> ServerKind | None:
    """What a group of parts connects to; None where it is no connection that anybody can tell."""
    table, stem = home
    parts = (stem, *(words(str(name)) for name in reversed(table[-2:])))
    named = next((service for part in parts if (service := service_named(part))), None)
    if named:
        return _closer(named, said)
    if any(subject.declared(one.leaf.path) is Role.HOST for one in said.values()):
        return DATABASE
    return DATABASE if {"host", "name", "password"} <= said.keys() and _names_database(said["name"].leaf) else None


def _closer(named: ServerKind, said: Mapping[str, ConnectionPart]) -> ServerKind:
    """The database that the engine or the file's name tells: `django.db.backends.sqlite3`, `app.sqlite`."""
    if not named.database:
        return named
    if "name" in said and str(said["name"].value).lower().endswith((":memory:", ".sqlite", ".sqlite3")):
        return SQLITE
    engine = re.split(r"[\W_]+|(?<=sqlite)3", str(said["engine"].value).lower()) if "engine" in said else []
    told = service_named(tuple(engine))
    return told if named is DATABASE and told and told.database else named


def _names_database(leaf: Leaf) -> bool:
    return bool({"db", "dbname", "database"} & {*words(str(leaf.path[-1]))})


def _from_url(leaf: Leaf, groups: Mapping[Home, Mapping[str, ConnectionPart]], taken: set[Home]) -> Connection | None:
    """The connection of a URL; what it leaves out may stand beside it, and is taken."""
    read = read_url(leaf.value) if isinstance(leaf.value, str) and not is_reference(leaf.value) else None
    if read is None:
        return None
    beside: dict[str, ConnectionPart] = {}
    for home in _homes(leaf.path):
        if home in groups:
            beside |= groups[home]
            taken.add(home)
    stated = {part: ConnectionPart(value=value, leaf=leaf) for part, value in read.parts.items()}
    return Connection(service=read.service, said=beside | stated, table=leaf.path[:-1], url=leaf, scheme_tls=read.tls)


def _homes(path: Path) -> Iterator[Home]:
    """Where the parts of a URL's connection may stand: `SQLALCHEMY_POOL_SIZE` belongs to `SQLALCHEMY_DATABASE_URI`."""
    name = words(path[-1]) if isinstance(path[-1], str) else ()
    stem = tuple(word for word in name if word not in {"url", "uri", "dsn"})
    table = fold(path[:-1])
    yield table, stem
    if len(stem) > 1 and stem[-1] in {"db", "database"}:
        yield table, stem[:-1]
