"""What the server's own errors mean: by SQLSTATE, and by the place in its source where one SQLSTATE has many causes.

Source: PostgreSQL's src/backend/libpq/auth.c, utils/init/miscinit.c and postinit.c, majors 14 to 18.
"""

from app.core.outcomes import FailureCode, StageName
from app.database.error_advice import Advice
from app.database.target import Target

_SQLSTATES: dict[str, FailureCode] = {
    "25006": "read-only",
    "28P01": "password-rejected",
    "3D000": "database-missing",
    "53300": "too-many-connections",
    "55000": "server-not-accepting",
    "57014": "query-timeout",
    "57P01": "connection-lost",
    "57P02": "connection-lost",
    "57P03": "server-not-accepting",
    "57P04": "connection-lost",
    "57P05": "connection-lost",
}
# A session's start is refused for what the target's `options` say: unknown, unfit, not for this role, not readable.
_OF_OPTIONS = {"22023", "42601", "42704"}
_LOST = {"08000", "08001", "08003", "08006", "08007"}

_REFUSED = "28000"
_ROLE_CHECK, _HOST_CHECK, _PROOF_CHECK = "InitializeSessionUserId", "ClientAuthentication", "auth_failed"
# In ClientAuthentication the question for a certificate stands before those about hosts: at line 414 (PostgreSQL 18)
# to 437 (14), the first of the others at 462 (18). Both say 28000, and differ in nothing else but their words.
_LAST_LINE_ABOUT_CERTIFICATES = 450

_LIMITS: dict[str, Advice] = {
    "InitializeSessionUserId": Advice(
        fields=("username",),
        message="The role {username} has as many connections as it may have.",
        advice="Look who holds them (pg_stat_activity); make pools smaller, or: ALTER ROLE … CONNECTION LIMIT …",
    ),
    "CheckMyDatabase": Advice(
        fields=("name",),
        message="The database {name} has as many connections as it may have.",
        advice="Look who holds them (pg_stat_activity); make pools smaller, or: ALTER DATABASE … CONNECTION LIMIT …",
    ),
}
_CLOSED = Advice(
    fields=("name",),
    message="The database {name} takes no connections.",
    advice="Use another (a template is not for working in), or: ALTER DATABASE … ALLOW_CONNECTIONS true",
)
_OPTIONS = Advice(
    fields=("options",),
    message="The server does not take what options tells it at the start of a session.",
    advice="Check each -c name=value: the name, the value, and that this role may set it.",
)


def code(error: BaseException, state: str, stage: StageName, target: Target) -> FailureCode | None:
    """The code of an error that bears this SQLSTATE."""
    if state == _REFUSED:
        return _refusal(error, target)
    if state == "28P01" and not target.password:
        return "password-missing"
    if stage == "login" and state in _OF_OPTIONS and target.options:
        return "target-invalid"
    if stage == "login" and state == "42501":
        return "connect-privilege-missing"
    return "connection-lost" if state in _LOST else _SQLSTATES.get(state)


def _refusal(error: BaseException, target: Target) -> FailureCode:
    place, line = place_of(error)
    if place == _ROLE_CHECK:
        return "login-not-permitted"
    if place == _PROOF_CHECK:
        return _unproved(target)
    if place == _HOST_CHECK and 0 < line < _LAST_LINE_ABOUT_CERTIFICATES and target.tls.cert_file is None:
        return "client-certificate-required"
    return "host-not-permitted"


def _unproved(target: Target) -> FailureCode:
    """A proof other than PostgreSQL's own passwords: by certificate, by the system's user, by another service."""
    if target.tls.cert_file:
        return "client-certificate-rejected"
    return "password-rejected" if target.password else "login-not-permitted"


def place_of(error: BaseException) -> tuple[str, int]:
    """The function and line of the server's source that raised the error; empty and 0 where it does not say."""
    line = str(getattr(error, "server_source_line", None))
    return str(getattr(error, "server_source_function", None) or ""), int(line) if line.isdecimal() else 0


def is_refusal_of_host(error: BaseException) -> bool:
    """Whether pg_hba.conf, or a pooler of its kind, refused before anything was proved."""
    state = getattr(error, "sqlstate", None)
    return state == "08P01" or (state == _REFUSED and place_of(error)[0] != _ROLE_CHECK)


def advice(error: BaseException, found: FailureCode) -> Advice | None:
    """What fits this error better than its code's own advice."""
    state = getattr(error, "sqlstate", None)
    better = {
        "too-many-connections": _LIMITS.get(place_of(error)[0]) if state == "53300" else None,
        "target-invalid": _OPTIONS if state in _OF_OPTIONS else None,
        "server-not-accepting": _CLOSED if state == "55000" else None,
    }
    return better.get(found)
