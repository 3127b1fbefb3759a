"""What an error means: told by SQLSTATE, class, errno and verify_code, through the chain of causes.

Never by a message's text: servers speak many languages.
Sources: PostgreSQL 18, "PostgreSQL Error Codes"; the verify codes are OpenSSL's, x509_vfy.h.
"""

import errno
import socket
import ssl
from collections.abc import Iterator

import asyncpg

from app import dsn
from app.database.probe.advice import ADVICE
from app.database.target import Target
from app.errors import TargetError
from app.reports.probe import Failure, FailureCode, StageName

_SQLSTATES: dict[str, FailureCode] = {
    "25006": "read-only",
    "28P01": "password-rejected",
    "3D000": "database-missing",
    "42501": "connect-privilege-missing",
    "53300": "too-many-connections",
    "57014": "query-timeout",
    "57P01": "connection-lost",
    "57P02": "connection-lost",
    "57P03": "server-not-accepting",
}
_CONNECTION_CLASS = "08"
_REFUSED_LOGIN = "28000"
# The server's function that refuses a role, as opposed to pg_hba.conf; both say 28000.
_ROLE_CHECK = "InitializeSessionUserId"

_VERIFY: dict[int, FailureCode] = {
    9: "certificate-not-yet-valid",
    10: "certificate-expired",
    62: "certificate-name-mismatch",
    64: "certificate-name-mismatch",
}
_ERRNOS: dict[int, FailureCode] = {
    errno.ECONNREFUSED: "connection-refused",
    errno.ENOENT: "connection-refused",
    errno.EACCES: "connection-refused",
    errno.ENETUNREACH: "unreachable",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETDOWN: "unreachable",
    errno.EHOSTDOWN: "unreachable",
    errno.EADDRNOTAVAIL: "unreachable",
    errno.EAFNOSUPPORT: "unreachable",
    errno.ECONNRESET: "connection-lost",
    errno.ECONNABORTED: "connection-lost",
    errno.EPIPE: "connection-lost",
}
_TIMEOUTS: dict[StageName, FailureCode] = {"resolve": "name-not-resolved", "query": "query-timeout"}


class RefusalError(Exception):
    """What a stage found out by itself."""

    def __init__(self, *, code: FailureCode) -> None:
        super().__init__(code)
        self.code = code


def failure(error: BaseException, stage: StageName, target: Target) -> Failure:
    """The failure in the wire format's shape, with advice; it never holds the password."""
    code, state = _verdict(error, stage, target)
    advice = ADVICE[code]
    return Failure(
        stage=stage,
        code=code,
        sqlstate=state,
        fields=advice.fields,
        message=advice.message.format_map(_words(target)),
        advice=advice.advice.format_map(_words(target)),
    )


def _verdict(error: BaseException, stage: StageName, target: Target) -> tuple[FailureCode, str | None]:
    """The code, and the server's own; that a connection was lost is believed only where no cause says why."""
    causes = list(_causes(error))
    codes = [(code, sqlstate(cause)) for cause in causes if (code := _code(cause, stage, target))]
    telling = [verdict for verdict in codes if verdict[0] != "connection-lost"]
    state = next((state for cause in causes if (state := sqlstate(cause))), None)
    return next(iter(telling or codes[-1:]), ("unknown", state))


def server_message(error: BaseException, target: Target) -> str | None:
    """The server's own words, in its own language; None where the server said nothing."""
    said = next((str(cause) for cause in _causes(error) if isinstance(cause, asyncpg.PostgresError)), None)
    if said is None:
        return None
    return dsn.mask(said.replace(target.password, "***") if target.password else said)


def sqlstate(error: BaseException) -> str | None:
    """The server's five-character code; None where there is none."""
    state = getattr(error, "sqlstate", None)
    return state if isinstance(state, str) else None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what the driver said of it, and what caused that."""
    seen: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in seen:
        seen.append(following)
        yield following
        following = getattr(following, "orig", None) or following.__cause__


def _code(error: BaseException, stage: StageName, target: Target) -> FailureCode | None:
    if isinstance(error, RefusalError):
        return error.code
    if state := sqlstate(error):
        return _of_server(error, state, target)
    if isinstance(error, ssl.SSLError):
        return _of_tls(error, target)
    return _of_network(error, stage)


def _of_network(error: BaseException, stage: StageName) -> FailureCode | None:
    kinds: tuple[tuple[type[BaseException], FailureCode | None], ...] = (
        (socket.gaierror, "name-not-resolved"),
        (TargetError, "target-invalid"),
        (UnicodeError, "name-not-resolved"),
        (TimeoutError, _TIMEOUTS.get(stage, "connect-timeout")),
        (OSError, _ERRNOS.get(getattr(error, "errno", None) or 0)),
        (asyncpg.InterfaceError, "connection-lost" if stage == "query" else None),
    )
    code = next((code for kind, code in kinds if isinstance(error, kind)), None)
    return code or ("connection-lost" if isinstance(error, ConnectionError) else None)


def _of_server(error: BaseException, state: str, target: Target) -> FailureCode | None:
    if state == _REFUSED_LOGIN:
        by_role = getattr(error, "server_source_function", None) == _ROLE_CHECK
        return "login-not-permitted" if by_role else "host-not-permitted"
    if state == "28P01" and not target.password:
        return "password-missing"
    if state.startswith(_CONNECTION_CLASS):
        return "connection-lost"
    return _SQLSTATES.get(state)


def _of_tls(error: ssl.SSLError, target: Target) -> FailureCode | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERIFY.get(error.verify_code, "certificate-untrusted")
    return "client-certificate-rejected" if target.tls.cert_file else None


def _words(target: Target) -> dict[str, object]:
    return {
        "host": target.host,
        "port": target.port,
        "name": target.name or target.username or "",
        "username": target.username or "",
        "mode": target.tls.mode,
    }
