"""A connection URL as its parts, and back.

Sources: RFC 3986; PostgreSQL 18, "Connection Strings" in the chapter on libpq.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from app.core.dsn import escapes
from app.core.dsn.faults import EXAMPLE, DifferingError, UnescapedError, decoded, refused
from app.core.dsn.hosts import Host, paired, parse_host
from app.core.dsn.masking import mask
from app.core.errors import TargetError

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*(?:_\w*)?://")  # SQLAlchemy has a driver psycopg_async
_PAIR = re.compile(
    r"\s*(?P<key>\w+)\s*=\s*(?:'(?P<quoted>(?:[^'\\]|\\.)*)'|(?P<plain>(?:[^\s'\\]|\\.)*))(?=\s|\Z)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Parts:
    """What a connection URL says, percent-decoded.

    Attributes:
        scheme: as written, driver included: `postgresql+asyncpg`.
        hosts: names, addresses without brackets, or socket folders, each with its port where one is stated.
        name: the database; for other services whatever the path says.
        query: the parameters in their order; for PostgreSQL without those that are parts (`host`, `user`, …).
    """

    scheme: str
    hosts: tuple[Host, ...] = ()
    username: str | None = None
    password: str | None = None
    name: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Parts({mask(unparse(self))})"


def is_postgresql(scheme: str) -> bool:
    """True for `postgres` and `postgresql`, whatever driver is named behind a plus sign."""
    return scheme.lower().partition("+")[0] in {"postgres", "postgresql"}


_DATABASES = frozenset({"postgres", "postgresql", "mysql", "mariadb", "mongodb", "cockroachdb", "redshift"})


def is_database(scheme: str) -> bool:
    """True for the schemes of databases whose URLs are taken apart as PostgreSQL's are."""
    return scheme.lower().partition("+")[0] in _DATABASES


def parse(text: str, *, strict: bool = True) -> Parts:
    """The parts of a URL, or of a libpq key=value string (whose scheme is then `postgresql`).

    Args:
        text: as it stands.
        strict: else what drivers read differently (`DifferingError`) is read as SQLAlchemy reads it.

    Raises:
        TargetError: it is neither, or a part cannot be read; the field is named, a password never shown.
    """
    stripped = text.strip()
    if "\0" in text:
        raise refused(field="url", what="it holds a NUL, which no server takes", fix="Leave it out.")
    if _URL.match(stripped):
        return _parse_url(stripped, strict=strict)
    if _URL.match(stripped.strip("'\"`<>")):
        what = "it stands in quotation marks, which belong to no URL"
        raise refused(field="url", what=what, fix="Write the URL without them.")
    if pairs := _parse_pairs(stripped):
        return _as_libpq(Parts(scheme="postgresql", query=pairs), strict=strict)
    raise refused(field="url", what="it is neither a URL nor a key=value string", fix=EXAMPLE)


def _parse_url(text: str, *, strict: bool) -> Parts:
    scheme, _, rest = text.partition("://")
    userinfo, rest = _login(scheme, rest)
    if "#" in rest:
        raise refused(field="url", what="it holds a `#`, which ends a URL", fix="Write %23 for a `#`.")
    rest, _, query = rest.partition("?")
    hosts, _, path = rest.partition("/")
    username, colon, password = userinfo.partition(":")
    parts = Parts(
        scheme=scheme,
        hosts=tuple(parse_host(entry) for entry in hosts.split(",")) if hosts else (),
        username=decoded(username, "username", strict=strict) or None,
        password=decoded(password, "password", strict=strict) if colon else None,
        name=decoded(path, "name", strict=strict) or None,
        query=dict(_parameter(item, strict=strict) for item in query.split("&") if item and (strict or "=" in item)),
    )
    return _as_libpq(parts, strict=strict) if is_postgresql(scheme) else parts


def remains(text: str) -> Parts | None:
    """What a database's URL that `parse` refuses says all the same; None for what is no such URL.

    Parts that are plain stand there, hosts without their ports; a password is taken as its author meant it.
    """
    scheme, separator, rest = text.strip().strip("'\"`<>").partition("://")
    if not separator or not is_database(scheme):
        return None
    login, behind = escapes.split(rest)
    username, colon, password = login.partition(":")
    authority, path = (*re.split(r"[/?#]", behind, maxsplit=1), "")[:2]
    hosts = (_plain(re.sub(r":\w*\Z", "", entry)) for entry in authority.split(","))
    return Parts(
        scheme=scheme,
        hosts=tuple((host.strip("[]"), None) for host in hosts if host and ("[" in host) == ("]" in host)),
        username=_plain(username) or None,
        password=(_plain(password) or password) if colon else None,
        name=_plain(re.split(r"[?#]", path, maxsplit=1)[0]) if behind[len(authority) :][:1] == "/" else None,
    )


def _plain(text: str) -> str:
    """The text percent-decoded; empty where that fails."""
    try:
        return decoded(text, "url")
    except TargetError:
        return ""


def _login(scheme: str, rest: str) -> tuple[str, str]:
    """The user information, and what stands behind it; a database's path holds no `@`, a web page's may.

    Raises:
        TargetError: characters that end a part of a URL stand in the password as they are.
    """
    userinfo, behind = escapes.split(rest)
    if not is_database(scheme):
        authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
        userinfo, at, _ = authority.rpartition("@")
        return userinfo, rest[len(userinfo) + len(at) :]
    if wrong := escapes.unescaped(userinfo):
        raise UnescapedError(userinfo, wrong)
    return userinfo, behind


def _parameter(item: str, *, strict: bool) -> tuple[str, str]:
    key, equals, value = item.partition("=")
    if not equals:
        what = "a parameter behind the `?` has no `=`"
        raise DifferingError(field="url", what=what, fix="Write key=value; in a password write %3F for `?`.")
    return decoded(key, "url", strict=strict), decoded(value, "url", strict=strict)


def _parse_pairs(text: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    position = 0
    while position < len(text):
        found = _PAIR.match(text, position)
        if found is None:
            return {}
        value = found["plain"] if found["quoted"] is None else found["quoted"]
        pairs[found["key"]] = re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL)
        position = found.end()
    return pairs


def _as_libpq(parts: Parts, *, strict: bool) -> Parts:
    """The same with the parameters that are parts in their places."""
    query = dict(parts.query)
    if strict:
        _require_one_login(parts, query)
    return replace(
        parts,
        hosts=paired(parts.hosts, query.pop("host", ""), query.pop("port", "")),
        username=query.pop("user", "") or parts.username,
        password=query.pop("password", parts.password),
        name=query.pop("dbname", "") or parts.name,
        query=query,
    )


def _require_one_login(parts: Parts, query: Mapping[str, str]) -> None:
    """Of a login before the `@` and another among the parameters libpq takes the second, asyncpg the first."""
    for name, key, stated in (("username", "user", parts.username), ("password", "password", parts.password)):
        if stated is not None and query.get(key, stated) != stated:
            what = f"it stands twice, before the `@` and as the parameter {key}, and drivers differ over which counts"
            raise DifferingError(field=name, what=what, fix="Keep one of them.", everybody=True)


def unparse(parts: Parts) -> str:
    """The URL of these parts, percent-encoded; `parse` gives them back. It holds the password."""
    userinfo = _encoded(parts.username or "")
    if parts.password is not None:
        userinfo += ":" + _encoded(parts.password)
    hosts = ",".join(entry(host, port) for host, port in parts.hosts)
    query = "&".join(f"{_encoded(key)}={_encoded(value)}" for key, value in parts.query.items())
    path = f"/{_encoded(parts.name)}" if parts.name else ""
    return f"{parts.scheme}://{userinfo}{'@' if userinfo else ''}{hosts}{path}{'?' + query if query else ''}"


def entry(host: str, port: int | None) -> str:
    """A host and its port as a URL spells them: `db:5432`, `[::1]:5432`, `%2Frun%2Fpostgresql`."""
    shown = f"[{quote(host, safe=':')}]" if ":" in host else _encoded(host)
    return shown if port is None else f"{shown}:{port}"


def _encoded(text: str) -> str:
    return quote(text, safe="")
