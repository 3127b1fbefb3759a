"""A connection URL as its parts, and back.

Sources: RFC 3986; PostgreSQL 18, "Connection Strings" in the chapter on libpq.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from app.dsn.masking import mask
from app.errors import TargetError

type Host = tuple[str, int | None]

_LAST_PORT = 65535
_EXAMPLE = "Write postgresql://user:password@host:5432/name."
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")
_PAIR = re.compile(
    r"\s*(?P<key>\w+)\s*=\s*(?:'(?P<quoted>(?:[^'\\]|\\.)*)'|(?P<plain>(?:[^\s'\\]|\\.)*))(?=\s|\Z)",
    re.DOTALL,
)
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})|%00")


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


def refused(*, field: str, what: str, fix: str) -> TargetError:
    """The error of a connection URL that cannot be used; it never quotes a value."""
    subject = "The connection URL" if field == "url" else f"The connection URL's {field}"
    return TargetError(f"{subject} cannot be used: {what}.", fix=fix, errors={field: what})


def is_postgresql(scheme: str) -> bool:
    """True for `postgres` and `postgresql`, whatever driver is named behind a plus sign."""
    return scheme.lower().partition("+")[0] in {"postgres", "postgresql"}


def parse(text: str) -> Parts:
    """The parts of a URL, or of a libpq key=value string (whose scheme is then `postgresql`).

    Raises:
        TargetError: it is neither, or a part cannot be read; the field is named, a password never shown.
    """
    stripped = text.strip()
    if _URL.match(stripped):
        return _parse_url(stripped)
    if pairs := _parse_pairs(stripped):
        return _as_libpq(Parts(scheme="postgresql", query=pairs))
    raise refused(field="url", what="it is neither a URL nor a key=value string", fix=_EXAMPLE)


def _parse_url(text: str) -> Parts:
    scheme, _, rest = text.partition("://")
    if "#" in rest:
        raise refused(field="url", what="it holds a `#`, which ends a URL", fix="Write %23 for a `#`.")
    rest, _, query = rest.partition("?")
    authority, _, path = rest.partition("/")
    userinfo, _, hosts = authority.rpartition("@")
    username, colon, password = userinfo.partition(":")
    parts = Parts(
        scheme=scheme,
        hosts=tuple(parse_host(entry) for entry in hosts.split(",")) if hosts else (),
        username=_decoded(username, "username") or None,
        password=_decoded(password, "password") if colon else None,
        name=_decoded(path, "name") or None,
        query=dict(_parameter(item) for item in query.split("&") if item),
    )
    return _as_libpq(parts) if is_postgresql(scheme) else parts


def parse_host(entry: str) -> Host:
    """A host and its port as a URL spells them: `db`, `db:5432`, `[::1]:5432`.

    Raises:
        TargetError: it is no host.
    """
    if set(entry) & set("/?#@"):
        raise refused(field="host", what="it holds more than a host and its port", fix="Write db.example:5432.")
    bracketed = re.fullmatch(r"\[([^\[\]]+)\](?::(.*))?", entry)
    host, port = bracketed.groups("") if bracketed else entry.partition(":")[::2]
    if not bracketed and (":" in port or "[" in entry or "]" in entry):
        raise refused(field="host", what="an IPv6 address needs brackets", fix="Write [::1]:5432.")
    return _decoded(host, "host"), _port(port) if port else None


def _port(text: str) -> int:
    if text.isascii() and text.isdecimal() and 1 <= int(text[:6]) <= _LAST_PORT:
        return int(text)
    fix = f"Write a number from 1 to {_LAST_PORT}; in a password write %3A for `:`, %2F for `/`, %40 for `@`."
    raise refused(field="port", what="what stands where the port belongs is no port", fix=fix)


def _parameter(item: str) -> tuple[str, str]:
    key, equals, value = item.partition("=")
    if not equals:
        what = "a parameter behind the `?` has no `=`"
        raise refused(field="url", what=what, fix="Write key=value; in a password write %3F for `?`.")
    return _decoded(key, "url"), _decoded(value, "url")


def _decoded(text: str, name: str) -> str:
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        decoded = "%"
    if _BAD_PERCENT.search(text) or (decoded == "%" and text != "%25"):
        raise refused(field=name, what="its percent-encoding cannot be read", fix="Write %25 for a plain `%`.")
    return decoded


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


def _as_libpq(parts: Parts) -> Parts:
    """The same with the parameters that are parts in their places."""
    query = dict(parts.query)
    return replace(
        parts,
        hosts=_hosts(parts.hosts, query.pop("host", ""), query.pop("port", "")),
        username=query.pop("user", "") or parts.username,
        password=query.pop("password", parts.password),
        name=query.pop("dbname", "") or parts.name,
        query=query,
    )


def _hosts(stated: tuple[Host, ...], hosts: str, ports: str) -> tuple[Host, ...]:
    names = hosts.split(",") if hosts else [host for host, _ in stated]
    known = [port for _, port in stated]
    if ports:
        names = names or [""]
        known = [_port(port) if port else None for port in ports.split(",")]
    if len(known) == 1 or not known:
        known = (known or [None]) * len(names)
    if len(known) != len(names):
        what = "there are not as many ports as hosts"
        raise refused(field="port", what=what, fix="Write one port, or one for each host.")
    return tuple(zip(names, known, strict=True))


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
