"""What a connection URL says, whatever service it is of: URLs, `jdbc:` URLs, and `key=value` strings of all makes."""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher

from msgspec import Struct

from app.core import dsn
from app.core.errors import TargetError
from app.core.roles import words
from app.rules.kit.connection_names import part_named
from app.rules.kit.services import (
    DATABASE,
    SQLITE,
    Protection,
    ServerKind,
    service_named,
    service_of_scheme,
    tls_of_scheme,
)

_SQLITE = re.compile(r"sqlite3?(?:\+\w+)?:", re.IGNORECASE)
_SETTING = re.compile(r"""(?<![\w ])([\w ]++)\s*+=\s*+("[^"]*"|'[^']*'|\{[^}]{0,4096}\}|[^;]*)(?:;|\Z)""")
_PLACEHOLDER = re.compile(r"[${}<>]|%\(")
_SCHEME = re.compile(r"\s*(?P<scheme>(?P<dialect>[a-z]{3,16})(?P<driver>\+\w{1,30})?)://", re.IGNORECASE)
_CLOSE = 0.85
_OPTION = re.compile(r"-c\s*(\w+)\s*=\s*(\S+)")


class ReadUrl(Struct, frozen=True, kw_only=True):
    """A URL's parts by the names that connections have, and what its scheme says about TLS."""

    service: ServerKind
    parts: Mapping[str, str]
    tls: Protection | None = None


def read_url(text: str) -> ReadUrl | None:
    """What a connection URL says; None for what is none, or cannot be read."""
    stripped = text.strip()
    plain = stripped[len("jdbc:") :] if stripped[:5].lower() == "jdbc:" else stripped
    if _SQLITE.match(plain):
        return ReadUrl(service=SQLITE, parts={})
    if ";" in plain and (read := _read_settings(plain)):
        return read
    try:
        parts = dsn.parse(plain, strict=False)
    except TargetError:
        return None
    service = service_of_scheme(parts.scheme)
    read = _read_parts(service, parts) if service else None
    return read if read and (read.parts or "://" in plain) else None


def read_remains(text: str) -> ReadUrl | None:
    """What the URL of a database that cannot be read says all the same: who logs in, where, and with what password."""
    parts = dsn.remains(text) if is_database_url(text) and read_url(text) is None else None
    service = service_of_scheme(parts.scheme) if parts else None
    return _read_parts(service, parts) if service and parts else None


def is_database_url(text: str) -> bool:
    """Whether a text is meant as the URL of a database that is taken apart as PostgreSQL's is.

    One in quotation marks is meant so too; one with a placeholder in it is not finished.
    """
    scheme, separator, rest = text.strip().strip("'\"`").partition("://")
    return bool(separator) and dsn.is_database(scheme) and not _PLACEHOLDER.search(rest)


def misspelt_scheme(text: str) -> tuple[str, str] | None:
    """The scheme of a database's URL that is none, and the one that was meant; None where it is one, or far from all.

    Only SQLAlchemy puts a driver behind a plus sign; without one `mysql2://` is another library's.
    """
    found = _SCHEME.match(text)
    if found is None or service_of_scheme(found["scheme"]) is not None:
        return None
    driver, dialect = found["driver"] or "", found["dialect"].lower()
    known = ("postgresql", "postgres", "mysql", "mariadb") if driver else ("postgresql", "postgres")
    ratios = {one: SequenceMatcher(None, dialect, one).ratio() for one in known}
    meant = max(known, key=lambda one: ratios[one])
    return (found["scheme"], meant + driver) if ratios[meant] >= _CLOSE else None


def _read_parts(service: ServerKind, parts: dsn.Parts) -> ReadUrl:
    hosts = parts.query.get("unix_socket") or ",".join(host for host, _ in parts.hosts)  # MySQL's drivers prefer it
    ports = {str(port) for _, port in parts.hosts if port is not None}
    stated = {"host": hosts or None, "port": min(ports, default=None), "username": parts.username,
              "password": parts.password, "name": parts.name}  # fmt: skip
    known = {part: value for part, value in stated.items() if value is not None}
    options = dict(_OPTION.findall(parts.query.get("options", "")))
    beyond = _named({**options, **parts.query})
    return ReadUrl(service=service, parts={**beyond, **known}, tls=tls_of_scheme(parts.scheme))


def _named(parameters: Mapping[str, str]) -> dict[str, str]:
    """The parameters that say a part, by the part."""
    return {part: value for name, value in parameters.items() if (part := part_named(words(name)))}


def _read_settings(text: str) -> ReadUrl | None:
    """A string such as `Server=db;Database=orders;User Id=app;Password=…;Encrypt=yes`, also behind a `jdbc:` URL."""
    address, pairs = "", text
    if "://" in text.partition("=")[0]:
        address, _, pairs = text.partition(";")
    said = {key.strip(" "): value.strip("\"'{}") for key, value in _SETTING.findall(pairs) if key.strip(" ")}
    parts = _named(said)
    scheme, _, server = address.partition("://")
    host = server.partition("/")[0].partition(":")[0] or parts.get("host")
    if not host:
        return None
    bare = host.removeprefix("tcp:").partition(",")[0].partition("\\")[0]
    service = service_of_scheme(scheme) or service_named(tuple(parts.get("engine", "").lower().split())) or DATABASE
    return ReadUrl(service=service, parts={**parts, "host": "localhost" if bare in {".", "(local)"} else bare})
