"""What a PostgreSQL URL says in the words of the settings' section `[database]`.

Source: PostgreSQL 18, "Parameter Key Words" in the chapter on libpq.
"""

from dataclasses import replace
from typing import Any

from app.core.dsn import libpq
from app.core.dsn.faults import EXAMPLE, refused
from app.core.dsn.hosts import Host
from app.core.dsn.parts import entry, is_postgresql, parse, unparse
from app.core.errors import nearest

_MILLISECONDS = 1000


def database_parts(text: str) -> dict[str, object]:
    """What a PostgreSQL URL states, nested as the section `[database]` is; what it does not state is absent.

    Timeouts are seconds, as in the settings; a URL's `statement_timeout` is milliseconds, as on the server.

    Raises:
        TargetError: it is no PostgreSQL URL, or holds a parameter that Assay does not know or cannot honour.
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
    for key, value in libpq.stated(parts.query).items():
        *tables, last = libpq.PATHS[key]
        table = nested.setdefault(tables[0], {}) if tables else nested
        table[last] = _typed(key, value)
    if not nested:
        raise refused(field="url", what="it names nothing, no host and no database", fix=EXAMPLE)
    return nested


def heeded(text: str) -> tuple[str, tuple[str, ...]]:
    """Another program's URL without the parameters that say nothing of the target, and those parameters.

    Raises:
        TargetError: it cannot be read.
    """
    parts = parse(text)
    names = libpq.unheeded(parts.query) if is_postgresql(parts.scheme) else ()
    if not names:
        return text, ()
    return unparse(replace(parts, query={key: said for key, said in parts.query.items() if key not in names})), names


def _scheme_fix(scheme: str) -> str:
    match = nearest(scheme.partition("+")[0], ["postgres", "postgresql"])
    return f"Did you mean {match}://?" if match else EXAMPLE


def _address(hosts: tuple[Host, ...]) -> dict[str, object]:
    ports = {port for _, port in hosts}
    if len(ports) > 1:
        return {"host": ",".join(entry(host, port) if port else host for host, port in hosts)}
    return {"host": ",".join(host for host, _ in hosts) or None, "port": next(iter(ports), None)}


def _typed(key: str, value: str) -> object:
    if key == "pgbouncer":
        return _switch(key, value)
    return _seconds(key, value) if libpq.PATHS[key][0] == "timeouts" else value


def _switch(key: str, text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise refused(field="url", what=f"its {key} is neither true nor false", fix=f"Write {key}=true.")
    return text.lower() == "true"


def _seconds(key: str, text: str) -> float:
    """Seconds; only the server knows a limit of 0, which is none at all."""
    lowest = "0" if key == "statement_timeout" else "more than 0"
    try:
        number = float(text)
    except ValueError:
        raise refused(field="url", what=f"its {key} is no number", fix=f"Write {key}=5.") from None
    if not 0 <= number < float("inf") or (number == 0 and lowest != "0"):
        raise refused(field="url", what=f"its {key} is no number from {lowest}", fix=f"Write {key}=5.")
    return number / _MILLISECONDS if key == "statement_timeout" else number
