"""Which keys of an application describe its database: those that the option names, else those whose roles tell."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from app.core import dsn
from app.core.errors import TargetError, did_you_mean
from app.core.layers import Path, dotted, fold, parse_key
from app.core.roles import Role
from app.core.tree import Tree
from app.database.fields import FIELDS
from app.database.target import TLS_MODES
from app.project.workspace import Workspace
from app.rules.kit.connections import Connection, connections
from app.rules.kit.services import DATABASE, POSTGRESQL

_CONVENTIONAL: Path = ("database",)
# Other projects keep something else under these names.
_PLAIN = {"options", "application_name", "target_session_attrs"}
_PARTS = ("host", "port", "username", "password", "name")


class DescribedDatabase(Struct, frozen=True, kw_only=True):
    """A database as an application's settings describe it.

    Attributes:
        key: the table or the URL that does.
        fields: what is said, as the fields of a target.
        others: the keys of other databases that are described, too.
    """

    key: str
    fields: Mapping[str, Any]
    others: Sequence[str] = ()

    @property
    def remark(self) -> str:
        """Which settings are meant, for whoever looks at the answer."""
        others = (
            f" Others are described by {', '.join(self.others)}: the option database names one." if self.others else ""
        )
        return f"It is what {self.key} says.{others}"


def described_database(workspace: Workspace, environment: str) -> DescribedDatabase | None:
    """The database that an environment's settings describe; None where nothing names a server.

    Raises:
        TargetError: the option `database` names a key that is not set, or that describes none.
    """
    named = workspace.project.options.database
    if named is not None:
        return _named(workspace, environment, named)
    if fields := _at(workspace, environment, _CONVENTIONAL):
        return DescribedDatabase(key=dotted(_CONVENTIONAL), fields=fields)
    return _first(list(_by_role(workspace, environment)))


def _named(workspace: Workspace, environment: str, named: str) -> DescribedDatabase:
    """What stands at the key that the option names."""
    tree, path = workspace.tree(environment), parse_key(named)
    leaves = list(tree.below(path)) if path else []
    if path is None or not leaves:
        fix = did_you_mean(named, [dotted(leaf.path[:-1] or leaf.path) for leaf in tree.leaves])
        message = f"{named}, which the option database names, is not set in {environment}."
        raise TargetError(message, fix=fix, errors={"environment": "names no database that runs"})
    if fields := _at(workspace, environment, path):
        return DescribedDatabase(key=dotted(leaves[0].path[: len(path)]), fields=fields)
    message = f"{named}, which the option database names, is no URL and names no host in {environment}."
    fix = "Name the table with the host, or the key with the URL."
    raise TargetError(message, fix=fix, errors={"environment": "names no database that runs"})


def _at(workspace: Workspace, environment: str, path: Path) -> dict[str, Any]:
    """What stands at a path, as the fields of a target: a URL, or a table by its keys' roles; none without a server."""
    tree = workspace.tree(environment)
    leaf = tree.get(*path)
    if leaf is not None:
        return {"url": leaf.value} if isinstance(leaf.value, str) and leaf.value else {}
    fields = _folded(_table(tree, path))
    if not workspace.model.is_service:
        found = connections(workspace.subject(environment))
        at = next((one for one in found if fold(one.table) == fold(path) and "url" not in fields), None)
        fields = (_fields(at) if at else {}) | fields
    return fields if fields.keys() & {"url", "host"} else {}


def _table(tree: Tree, path: Path) -> Mapping[str, Any]:
    """The effective table at a path, whatever the case of its name; empty where there is none."""
    leaves = list(tree.below(path))
    found: Any = tree.nested()
    for part in leaves[0].path[: len(path)] if leaves else path:
        found = found.get(part, {}) if isinstance(found, Mapping) else {}
    return found if isinstance(found, Mapping) else {}


def _by_role(workspace: Workspace, environment: str) -> Iterator[DescribedDatabase]:
    """Every PostgreSQL that the settings describe, whatever the keys are called; URLs first."""
    role = workspace.mask().role
    for leaf in workspace.tree(environment).leaves:
        if isinstance(leaf.value, str) and role(leaf.path, leaf.value) is Role.DSN and _is_postgresql(leaf.value):
            yield DescribedDatabase(key=dotted(leaf.path), fields={"url": leaf.value})
    for connection in connections(workspace.subject(environment)):
        subject = connection.leaf("host")
        if connection.url is None and subject and connection.service in {POSTGRESQL, DATABASE}:
            key = dotted(connection.table) if connection.table else dotted(subject.path)
            yield DescribedDatabase(key=key, fields=_fields(connection))


def _first(found: Sequence[DescribedDatabase]) -> DescribedDatabase | None:
    if not found:
        return None
    others = dict.fromkeys(one.key for one in found[1:] if one.key != found[0].key)
    return DescribedDatabase(key=found[0].key, fields=found[0].fields, others=tuple(others))


def _is_postgresql(url: str) -> bool:
    return dsn.is_postgresql(url.strip(" \t\r\n'\"`").partition("://")[0])


def _fields(connection: Connection) -> dict[str, Any]:
    """A connection's parts, as the fields of a target."""
    if connection.url is not None:
        return {"url": connection.url.value}
    found = {part: connection.text(part) for part in _PARTS}
    fields: dict[str, Any] = {part: text for part, text in found.items() if text}
    if str(fields.get("port", "")).isdecimal():
        fields["port"] = int(fields["port"])
    mode = (connection.text("tls") or "").lower().replace("_", "-")
    return {**fields, **({"tls": {"mode": mode}} if mode in TLS_MODES else {})}


def _folded(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table whose keys are called as the fields of a target are."""
    folded = {key.lower(): value for key, value in table.items() if isinstance(value, str) or key.lower() not in _PLAIN}
    return {key: value for key, value in folded.items() if key in FIELDS and value not in (None, "")}
