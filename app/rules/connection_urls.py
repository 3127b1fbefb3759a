"""What a connection URL says, whatever service it is of: URLs, `jdbc:` URLs, and `key=value` strings of all makes."""

import re
from collections.abc import Mapping

from msgspec import Struct

from app import dsn
from app.errors import TargetError
from app.rules.services import DATABASE, SQLITE, Service, Tls, service_of_scheme, tls_of_query, tls_of_scheme

_PAIRS: Mapping[str, str] = {
    "server": "host", "data source": "host", "host": "host", "addr": "host", "address": "host", "port": "port",
    "database": "name", "initial catalog": "name", "dbname": "name", "user id": "username", "uid": "username",
    "user": "username", "username": "username", "password": "password", "pwd": "password",
}  # fmt: skip
_PARAMETERS: Mapping[str, str] = {
    "connect_timeout": "connect_timeout", "connecttimeout": "connect_timeout", "timeout": "connect_timeout",
    "statement_timeout": "statement_timeout", "command_timeout": "statement_timeout",
    "application_name": "application_name", "applicationname": "application_name",
    "user": "username", "username": "username", "password": "password",
}  # fmt: skip
_SQLITE = re.compile(r"sqlite3?(?:\+\w+)?:", re.IGNORECASE)
_SETTING = re.compile(r"""\s*([\w ]+?)\s*=\s*("[^"]*"|'[^']*'|[^;]*)(?:;|\Z)""")


class ReadUrl(Struct, frozen=True, kw_only=True):
    """A URL's parts by the names that connections have, and what it says about TLS."""

    service: Service
    parts: Mapping[str, str]
    tls: Tls | None


def read_url(text: str) -> ReadUrl | None:
    """What a connection URL says; None for what is none, or cannot be read."""
    stripped = text.strip().removeprefix("jdbc:")
    if _SQLITE.match(stripped):
        return ReadUrl(service=SQLITE, parts={}, tls=None)
    if "://" not in stripped and ";" in stripped:
        return _read_settings(stripped)
    try:
        parts = dsn.parse(stripped)
    except TargetError:
        return None
    service = service_of_scheme(parts.scheme)
    if service is None:
        return None
    hosts = ",".join(host for host, _ in parts.hosts)
    ports = {str(port) for _, port in parts.hosts if port is not None}
    stated = {"host": hosts or None, "port": min(ports, default=None), "username": parts.username,
              "password": parts.password, "name": parts.name}  # fmt: skip
    beyond = {_PARAMETERS[key.lower()]: value for key, value in parts.query.items() if key.lower() in _PARAMETERS}
    known = {part: value for part, value in stated.items() if value is not None}
    tls = tls_of_query(parts.query) or tls_of_scheme(parts.scheme)
    return ReadUrl(service=service, parts={**beyond, **known}, tls=tls)


def _read_settings(text: str) -> ReadUrl | None:
    """A string such as `Server=db;Database=orders;User Id=app;Password=…;Encrypt=yes`."""
    said = {key.lower(): value.strip("\"'") for key, value in _SETTING.findall(text)}
    parts = {_PAIRS[key]: value for key, value in said.items() if key in _PAIRS}
    if "host" not in parts:
        return None
    parts["host"] = parts["host"].removeprefix("tcp:").partition(",")[0].partition("\\")[0]
    query = {key.replace(" ", ""): value for key, value in said.items()}
    return ReadUrl(service=DATABASE, parts=parts, tls=tls_of_query(query))
