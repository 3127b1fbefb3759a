"""What a PostgreSQL URL says in the words of the settings' section `[database]`."""

from typing import Any

from app.dsn.parts import Host, entry, is_postgresql, parse, refused
from app.errors import did_you_mean, nearest

_MILLISECONDS = 1000

# The parameters of libpq, asyncpg's `ssl` and the server's statement_timeout: where the settings hold them.
_PATHS: dict[str, tuple[str, ...]] = {
    "application_name": ("application_name",),
    "connect_timeout": ("timeouts", "connect"),
    "ssl": ("tls", "mode"),
    "sslcert": ("tls", "cert_file"),
    "sslkey": ("tls", "key_file"),
    "sslmode": ("tls", "mode"),
    "sslrootcert": ("tls", "ca_file"),
    "statement_timeout": ("timeouts", "statement"),
}


def database_parts(text: str) -> dict[str, object]:
    """What a PostgreSQL URL states, nested as the section `[database]` is; what it does not state is absent.

    Timeouts are seconds, as in the settings; a URL's `statement_timeout` is milliseconds, as on the server.

    Raises:
        TargetError: it is no PostgreSQL URL, or holds a parameter that Assay does not know.
    """
    parts = parse(text)
    if not is_postgresql(parts.scheme):
        raise refused(field="url", what=f"{parts.scheme}:// is no PostgreSQL URL", fix=_scheme_fix(parts.scheme))
    stated = {
        **_address(parts.hosts),
        "username": parts.username,
        "password": parts.password,
        "name": parts.name,
    }
    nested: dict[str, Any] = {key: value for key, value in stated.items() if value is not None}
    for key, value in parts.query.items():
        *tables, last = _path(key)
        table = nested.setdefault(tables[0], {}) if tables else nested
        table[last] = _seconds(key, value) if tables == ["timeouts"] else value
    return nested


def _scheme_fix(scheme: str) -> str:
    match = nearest(scheme.partition("+")[0], ["postgres", "postgresql"])
    return f"Did you mean {match}://?" if match else "Write postgresql://user:password@host:5432/name."


def _address(hosts: tuple[Host, ...]) -> dict[str, object]:
    ports = {port for _, port in hosts}
    if len(ports) > 1:
        return {"host": ",".join(entry(host, port) if port else host for host, port in hosts)}
    return {"host": ",".join(host for host, _ in hosts) or None, "port": next(iter(ports), None)}


def _path(key: str) -> tuple[str, ...]:
    if key not in _PATHS:
        what = f"it holds the parameter {key!r}, which Assay does not take"
        raise refused(field="url", what=what, fix=did_you_mean(key, _PATHS))
    return _PATHS[key]


def _seconds(key: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise refused(field="url", what=f"its {key} is no number", fix=f"Write {key}=5.") from None
    return number / _MILLISECONDS if key == "statement_timeout" else number
