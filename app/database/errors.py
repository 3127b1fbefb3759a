"""What an error means: told by SQLSTATE, class, errno and verify_code, through the chain of causes.

Never by a message's text: servers speak many languages.
Sources: PostgreSQL 18, "PostgreSQL Error Codes"; the verify codes are OpenSSL's, x509_vfy.h.
"""

import errno
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence

import asyncpg

from app.core import dsn
from app.core.errors import TargetError
from app.core.outcomes import ConnectionFailure, FailureCode, StageName
from app.core.secrecy import without
from app.database import server_errors
from app.database.error_advice import ADVICE, SILENT_SOCKET, Advice
from app.database.target import Target
from app.database.tls import ReadableKeyError

_VERIFY: dict[int, FailureCode] = {
    9: "certificate-not-yet-valid",
    10: "certificate-expired",
    62: "certificate-name-mismatch",
    64: "certificate-name-mismatch",
}
# OpenSSL's symbols of what went wrong in a handshake; `…_ALERT_…` is what the other side found.
_REASONS: dict[str, FailureCode] = {
    "NO_PROTOCOLS_AVAILABLE": "tls-not-offered",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "client-certificate-required",
    "TLSV1_ALERT_PROTOCOL_VERSION": "tls-not-offered",
    "UNEXPECTED_EOF_WHILE_READING": "connection-lost",
    "UNSUPPORTED_PROTOCOL": "tls-not-offered",
    "WRONG_VERSION_NUMBER": "not-postgresql",
}
_ERRNOS: dict[int, FailureCode] = {
    errno.ECONNREFUSED: "connection-refused",
    errno.EACCES: "connection-refused",
    errno.ENETUNREACH: "unreachable",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETDOWN: "unreachable",
    errno.EHOSTDOWN: "unreachable",
    errno.EADDRNOTAVAIL: "unreachable",
    errno.EAFNOSUPPORT: "unreachable",
    errno.ETIMEDOUT: "connect-timeout",
    errno.ECONNRESET: "connection-lost",
    errno.ECONNABORTED: "connection-lost",
    errno.EPIPE: "connection-lost",
}
_SESSION: tuple[StageName, ...] = ("query", "privileges", "migrations")
_TIMEOUTS: dict[StageName, FailureCode] = {"resolve": "name-not-resolved", **dict.fromkeys(_SESSION, "query-timeout")}


class RefusalError(Exception):
    """What a stage found out by itself.

    Args:
        code: the failure's.
        sqlstate: the server's, where it said one.
        message: in place of the code's own, where more is known.
        advice: the same.
        fields: the same.
        detail: what else the stage has learned.
    """

    def __init__(
        self,
        *,
        code: FailureCode,
        sqlstate: str | None = None,
        message: str | None = None,
        advice: str | None = None,
        fields: tuple[str, ...] | None = None,
        detail: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.sqlstate = sqlstate
        self.message = message
        self.advice = advice
        self.fields = fields
        self.detail = dict(detail or {})


def file_code(cause: BaseException | None) -> FailureCode:
    """What it means that a certificate or a key cannot be used."""
    if isinstance(cause, ReadableKeyError):
        return "key-file-readable"
    return "key-mismatch" if getattr(cause, "reason", None) == "KEY_VALUES_MISMATCH" else "ca-file-missing"


def failure(error: BaseException, stage: StageName, target: Target) -> ConnectionFailure:
    """The failure in the wire format's shape, with advice; it never holds the password."""
    causes = list(_causes(error))
    code, state = _verdict(causes, stage, target)
    refusal = next((cause for cause in causes if isinstance(cause, RefusalError)), RefusalError(code=code))
    advice = _advice(code, causes, target)
    words = _words(target)
    return ConnectionFailure(
        stage=stage,
        code=code,
        sqlstate=state,
        fields=advice.fields if refusal.fields is None else refusal.fields,
        message=refusal.message or advice.message.format_map(words),
        advice=refusal.advice or advice.advice.format_map(words),
    )


def _advice(code: FailureCode, causes: Sequence[BaseException], target: Target) -> Advice:
    """The code's advice, or what fits this cause better."""
    for cause in causes:
        if isinstance(cause, TargetError) and code == "target-invalid":
            fields = tuple(dict.fromkeys(key.partition(".")[0] for key in cause.errors))
            return Advice(fields=fields, message=_plain(cause.message), advice=_plain(cause.fix))
    if code == "connection-refused" and target.is_socket:
        return SILENT_SOCKET
    return next((found for cause in causes if (found := server_errors.advice(cause, code))), ADVICE[code])


def _plain(text: str) -> str:
    """Text that stands for itself where a template is expected."""
    return text.replace("{", "{{").replace("}", "}}")


def _verdict(causes: Sequence[BaseException], stage: StageName, target: Target) -> tuple[FailureCode, str | None]:
    """The code, and the server's own; that a connection was lost is believed only where no cause says why."""
    codes = [code for cause in causes if (code := _code(cause, stage, target))]
    telling = [code for code in codes if code != "connection-lost"]
    state = next((state for cause in causes if _is_servers(cause) and (state := sqlstate(cause))), None)
    return next(iter(telling or codes), "unknown"), state


def _is_servers(error: BaseException) -> bool:
    """Whether the server said it: the driver gives codes of the server's kind to errors of its own."""
    return isinstance(error, RefusalError) or getattr(error, "severity", None) is not None


def server_message(error: BaseException, target: Target) -> str | None:
    """The server's own words, in its own language; None where the server said nothing."""
    said = next((str(cause) for cause in _causes(error) if isinstance(cause, asyncpg.PostgresError)), None)
    if said is None:
        return None
    public = [name for name in (target.username, target.name, target.host) if name]
    return dsn.mask(without(said, target.password or "", public))


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
        return server_errors.code(error, state, stage, target)
    if isinstance(error, ssl.SSLError):
        return _of_tls(error, target)
    return _of_network(error, stage)


def _of_network(error: BaseException, stage: StageName) -> FailureCode | None:
    kinds: tuple[tuple[type[BaseException], FailureCode | None], ...] = (
        (socket.gaierror, "name-not-resolved"),
        (TargetError, "target-invalid"),
        (UnicodeError, "name-not-resolved"),
        (TimeoutError, _TIMEOUTS.get(stage, "connect-timeout")),
        (FileNotFoundError, "socket-missing"),
        (OSError, _ERRNOS.get(getattr(error, "errno", None) or 0)),
        (asyncpg.InterfaceError, "connection-lost" if stage in _SESSION else None),
        (asyncpg.InternalClientError, "connection-lost"),  # the driver met the end in the middle of a message
    )
    code = next((code for kind, code in kinds if isinstance(error, kind)), None)
    return code or ("connection-lost" if isinstance(error, ConnectionError) else None)


def _of_tls(error: ssl.SSLError, target: Target) -> FailureCode | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERIFY.get(error.verify_code, "certificate-untrusted")
    reason = error.reason or ""
    if "ALERT" in reason and reason not in _REASONS and target.tls.cert_file:
        return "client-certificate-rejected"
    return _REASONS.get(reason, "connection-lost" if isinstance(error, ssl.SSLEOFError) else None)


def _words(target: Target) -> dict[str, object]:
    hosts = [host for host, _ in target.named]
    several = len(hosts) > 1
    return {
        "host": ", ".join(hosts),
        "where": target.shown().place if several else f"{target.host}, port {target.port}",
        "socket": f"{hosts[0].rstrip('/')}/.s.PGSQL.{target.named[0][1]}",
        "name": target.database,
        "username": target.role,
        "mode": target.tls.mode,
    }
