"""One session with a server: on the first of a target's hosts that answers and fits, and given up in time."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import asyncpg

from app.database.errors import RefusalError, file_code
from app.database.target import Target

_WRITABLE = {"primary", "read-write"}
_SHORTEST_SECONDS = 0.01
_GOODBYE_SECONDS = 0.5

DRIVER_ERRORS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What the driver may raise; the last where a server went away in the middle of a message, for one."""


class Session(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """A session that lets nobody wait for a server that has ceased to answer."""

    _config: Any

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - asyncpg's own signature
        """Says good-bye to the server, and goes in any case: that it does not answer any more is no fault of ours."""
        with suppress(TimeoutError):
            await super().close(timeout=min(timeout or _GOODBYE_SECONDS, _GOODBYE_SECONDS))

    @contextmanager
    def unhurried(self) -> Iterator[None]:
        """For as long: a statement may take as long as it takes. The driver has no other way to say so."""
        config = self._config
        self._config = config._replace(command_timeout=None)
        try:
            yield
        finally:
            self._config = config


async def open_session(target: Target, **options: Any) -> Session:
    """A session on the first host that answers and is what the target asks for.

    The hosts share the time to connect: one that is silent leaves their part to those behind it. As in libpq, a host
    that is starting or stopping is passed over, and one that rejects us is not.

    Args:
        target: the database.
        options: what else the driver is to be told.

    Raises:
        RefusalError: a certificate file cannot be used; no host offers TLS, and the target asks for it; every host
            that answered is a standby, and the target asks for a primary.
        Exception: what the driver raises.
    """
    arguments = _arguments(target) | options
    fitting = str(arguments.pop("target_session_attrs", None) or "any")
    hosts = list(zip(_listed(arguments.pop("host")), _listed(arguments.pop("port")), strict=True))
    attempts = [(kind, host, port) for kind in _kinds(fitting) for host, port in hosts]
    ends = asyncio.get_running_loop().time() + target.connect_timeout
    failed: Exception | None = None
    for left, (kind, host, port) in zip(range(len(attempts), 0, -1), attempts, strict=True):
        arguments["timeout"] = max(_SHORTEST_SECONDS, (ends - asyncio.get_running_loop().time()) / left)
        try:
            session: Session = await asyncpg.connect(
                **arguments, host=host, port=port, target_session_attrs=kind, connection_class=Session
            )
        except asyncpg.TargetServerAttributeNotMatched as error:
            failed = failed or error
        except (OSError, asyncpg.CannotConnectNowError) as error:
            failed = error
        else:
            return session
    raise _reason(failed, fitting) from failed


def _arguments(target: Target) -> dict[str, Any]:
    try:
        return target.arguments()
    except OSError as error:  # TLS errors are too
        raise RefusalError(code=file_code(error)) from error


def _kinds(fitting: str) -> tuple[str, ...]:
    """What is asked of the hosts, round by round. Source: PostgreSQL 18, `target_session_attrs`."""
    return ("standby", "any") if fitting == "prefer-standby" else (fitting,)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _reason(failed: Exception | None, fitting: str) -> Exception:
    if isinstance(failed, asyncpg.TargetServerAttributeNotMatched) and fitting in _WRITABLE:
        return RefusalError(code="read-only")
    if type(failed) is ConnectionError:  # the driver's own; the system's all are of a narrower class
        return RefusalError(code="tls-not-offered")
    return failed or RefusalError(code="target-invalid")
