"""What an error means: by SQLSTATE, errno and verify_code, whatever language the server speaks."""

import errno
import socket
import ssl

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from app.core.errors import TargetError
from app.core.outcomes import FailureCode, StageName
from app.database.error_advice import ADVICE
from app.database.errors import RefusalError, failure, server_message
from app.database.server_errors import is_refusal_of_host
from app.database.target import Target, Tls

TARGET = Target(host="db.example", name="orders", username="app", password="hunter2-Zq")
WITHOUT = Target(host="db.example", name="orders", username="app")
CERTIFIED = Target(host="db.example", username="app", tls=Tls(cert_file="/c.pem", key_file="/k.pem"))
TOLD = Target(host="db.example", username="app", options="-c a=1")


def said(state: str, place: str = "", line: int = 0, message: str = "nein") -> asyncpg.PostgresError:
    """An error as the driver makes it of a server's message."""
    error = asyncpg.PostgresError.new({"S": "FATAL", "V": "FATAL", "C": state, "M": message})
    error.server_source_function, error.server_source_line = place or None, str(line) if line else None
    return error


def of_cause(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("25006", "read-only"),
        ("28P01", "password-rejected"),
        ("3D000", "database-missing"),
        ("53300", "too-many-connections"),
        ("55000", "server-not-accepting"),
        ("57014", "query-timeout"),
        ("57P01", "connection-lost"),
        ("57P02", "connection-lost"),
        ("57P03", "server-not-accepting"),
        ("57P04", "connection-lost"),
        ("57P05", "connection-lost"),
        ("08000", "connection-lost"),
        ("08001", "connection-lost"),
        ("08003", "connection-lost"),
        ("08006", "connection-lost"),
        ("08007", "connection-lost"),
        ("42P01", "unknown"),
    ],
)
def test_a_code_of_the_server_means_one_thing(state: str, code: FailureCode) -> None:
    found = failure(said(state), "login", TARGET)
    assert (found.code, found.sqlstate) == (code, state)


@pytest.mark.parametrize(
    ("error", "stage", "target", "code"),
    [
        (said("28P01"), "login", WITHOUT, "password-missing"),
        (said("42501"), "login", TARGET, "connect-privilege-missing"),
        (said("42501"), "query", TARGET, "unknown"),
        (said("22023"), "login", TOLD, "target-invalid"),
        (said("42601"), "login", TOLD, "target-invalid"),
        (said("42704"), "login", TOLD, "target-invalid"),
        (said("42704"), "login", TARGET, "unknown"),
        (said("42704"), "query", TOLD, "unknown"),
        (said("53300"), "login", TOLD, "too-many-connections"),
        (said("28000", "InitializeSessionUserId"), "login", TARGET, "login-not-permitted"),
        (said("28000", "auth_failed"), "login", TARGET, "password-rejected"),
        (said("28000", "auth_failed"), "login", WITHOUT, "login-not-permitted"),
        (said("28000", "auth_failed"), "login", CERTIFIED, "client-certificate-rejected"),
        (said("28000", "ClientAuthentication", 414), "login", TARGET, "client-certificate-required"),
        (said("28000", "ClientAuthentication", 1), "login", TARGET, "client-certificate-required"),
        (said("28000", "ClientAuthentication", 449), "login", TARGET, "client-certificate-required"),
        (said("28000", "ClientAuthentication", 450), "login", TARGET, "host-not-permitted"),
        (said("28000", "ClientAuthentication", 462), "login", TARGET, "host-not-permitted"),
        (said("28000", "ClientAuthentication"), "login", TARGET, "host-not-permitted"),
        (said("28000", "ClientAuthentication", 414), "login", CERTIFIED, "host-not-permitted"),
        (said("28000"), "login", TARGET, "host-not-permitted"),
    ],
)
def test_where_a_code_has_several_causes_the_place_or_the_target_tells_which(
    error: Exception, stage: StageName, target: Target, code: FailureCode
) -> None:
    assert failure(error, stage, target).code == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ECONNREFUSED, "x"), "connection-refused"),
        (OSError(errno.EACCES, "x"), "connection-refused"),
        (OSError(errno.ENETUNREACH, "x"), "unreachable"),
        (OSError(errno.EHOSTUNREACH, "x"), "unreachable"),
        (OSError(errno.ENETDOWN, "x"), "unreachable"),
        (OSError(errno.EHOSTDOWN, "x"), "unreachable"),
        (OSError(errno.EADDRNOTAVAIL, "x"), "unreachable"),
        (OSError(errno.EAFNOSUPPORT, "x"), "unreachable"),
        (OSError(errno.ETIMEDOUT, "x"), "connect-timeout"),
        (OSError(errno.ECONNRESET, "x"), "connection-lost"),
        (OSError(errno.ECONNABORTED, "x"), "connection-lost"),
        (OSError(errno.EPIPE, "x"), "connection-lost"),
        (OSError(errno.ENOENT, "x"), "socket-missing"),
        (OSError(errno.EMFILE, "x"), "unknown"),
        (OSError("x"), "unknown"),
        (ConnectionError("x"), "connection-lost"),
        (socket.gaierror(socket.EAI_NONAME, "x"), "name-not-resolved"),
        (UnicodeError("x"), "name-not-resolved"),
        (TargetError("x", errors={"host": "x"}), "target-invalid"),
        (asyncpg.InternalClientError("x"), "connection-lost"),
        (asyncpg.InterfaceError("x"), "unknown"),
        (ValueError("x"), "unknown"),
        (RefusalError(code="server-too-old"), "server-too-old"),
    ],
)
def test_what_the_network_says_means_one_thing(error: Exception, code: FailureCode) -> None:
    assert failure(error, "connect", TARGET).code == code


@pytest.mark.parametrize(
    ("stage", "code"),
    [
        ("resolve", "name-not-resolved"),
        ("connect", "connect-timeout"),
        ("tls", "connect-timeout"),
        ("login", "connect-timeout"),
        ("query", "query-timeout"),
        ("privileges", "query-timeout"),
        ("migrations", "query-timeout"),
    ],
)
def test_what_took_too_long_is_the_stages_own(stage: StageName, code: FailureCode) -> None:
    assert failure(TimeoutError(), stage, TARGET).code == code
    of_driver = failure(asyncpg.InterfaceError("x"), stage, TARGET).code
    assert of_driver == ("connection-lost" if code == "query-timeout" else "unknown")


def verification(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "x")
    error.verify_code = code
    return error


def handshake(reason: str, kind: type[ssl.SSLError] = ssl.SSLError) -> ssl.SSLError:
    error = kind(1, "x")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "target", "code"),
    [
        (verification(9), TARGET, "certificate-not-yet-valid"),
        (verification(10), TARGET, "certificate-expired"),
        (verification(62), TARGET, "certificate-name-mismatch"),
        (verification(64), TARGET, "certificate-name-mismatch"),
        (verification(18), TARGET, "certificate-untrusted"),
        (handshake("NO_PROTOCOLS_AVAILABLE"), TARGET, "tls-not-offered"),
        (handshake("TLSV1_ALERT_PROTOCOL_VERSION"), CERTIFIED, "tls-not-offered"),
        (handshake("UNSUPPORTED_PROTOCOL"), TARGET, "tls-not-offered"),
        (handshake("TLSV13_ALERT_CERTIFICATE_REQUIRED"), CERTIFIED, "client-certificate-required"),
        (handshake("UNEXPECTED_EOF_WHILE_READING"), TARGET, "connection-lost"),
        (handshake("WRONG_VERSION_NUMBER"), TARGET, "not-postgresql"),
        (handshake("TLSV1_ALERT_UNKNOWN_CA"), CERTIFIED, "client-certificate-rejected"),
        (handshake("TLSV1_ALERT_UNKNOWN_CA"), TARGET, "unknown"),
        (handshake("INTERNAL_ERROR"), CERTIFIED, "unknown"),
        (handshake("OTHER", ssl.SSLEOFError), TARGET, "connection-lost"),
    ],
)
def test_what_a_handshake_says_means_one_thing(error: ssl.SSLError, target: Target, code: FailureCode) -> None:
    assert failure(error, "tls", target).code == code


def test_that_a_connection_was_lost_is_believed_only_where_no_cause_says_why() -> None:
    lost = ConnectionResetError(errno.ECONNRESET, "x")
    lost.__cause__ = said("57P03")
    assert failure(lost, "login", TARGET).code == "server-not-accepting"
    lost.__cause__ = ValueError("x")
    assert failure(lost, "login", TARGET).code == "connection-lost"
    lost.__cause__ = lost
    assert failure(lost, "login", TARGET).code == "connection-lost"


def test_what_the_driver_said_is_found_inside_sqlalchemys_error() -> None:
    wrapped = DBAPIError("SELECT 1", None, said("53300"))
    assert failure(wrapped, "query", TARGET).code == "too-many-connections"


@pytest.mark.parametrize(
    ("error", "is_hosts"),
    [
        (said("28000", "ClientAuthentication"), True),
        (said("28000", "auth_failed"), True),
        (said("28000"), True),
        (said("08P01"), True),
        (said("28000", "InitializeSessionUserId"), False),
        (said("28P01", "auth_failed"), False),
        (ConnectionError("x"), False),
    ],
)
def test_a_host_is_refused_before_anything_is_proved(error: Exception, *, is_hosts: bool) -> None:
    assert is_refusal_of_host(error) is is_hosts


def test_a_code_that_the_driver_gives_to_its_own_error_is_not_the_servers() -> None:
    own = asyncpg.PostgresError("x")
    own.sqlstate = "57P03"
    assert failure(own, "login", TARGET).sqlstate is None


@pytest.mark.parametrize(
    ("error", "fields", "part"),
    [
        (said("53300", "InitializeSessionUserId"), ("username",), "The role app has as many"),
        (said("53300", "CheckMyDatabase"), ("name",), "The database orders has as many"),
        (said("55000"), ("name",), "takes no connections"),
        (OSError(errno.ECONNREFUSED, "x"), ("host", "port"), "db.example, port 5432"),
        (TargetError("no {host}", errors={"tls.mode": "x", "tls.ca_file": "y"}), ("tls",), "no {host}"),
        (RefusalError(code="unknown", message="so it is", fields=("tls",)), ("tls",), "so it is"),
        (RefusalError(code="host-not-permitted", fields=()), (), "app to orders"),
        (RefusalError(code="target-invalid"), ADVICE["target-invalid"].fields, ADVICE["target-invalid"].message),
        (of_cause(RefusalError(code="unknown"), TargetError("no host", errors={"host": "x"})), (), "know"),
    ],
)
def test_the_words_and_the_fields_are_those_of_the_cause(error: Exception, fields: tuple[str, ...], part: str) -> None:
    found = failure(error, "login", TARGET)
    assert found.fields == fields
    assert part in found.message


def test_of_a_socket_the_file_is_named_and_of_several_servers_all() -> None:
    silent = failure(FileNotFoundError(errno.ENOENT, "x"), "connect", Target(host="/run/pg/", port=5433))
    assert "/run/pg/.s.PGSQL.5433" in silent.message
    several = failure(ConnectionRefusedError(errno.ECONNREFUSED, "x"), "connect", Target(host="a:1,b"))
    assert "a:1, b:5432" in several.message


def test_the_servers_own_words_are_told_without_the_password() -> None:
    error = said("28P01", message='no "hunter2-Zq" for user "app"')
    lost = ConnectionError("x")
    lost.__cause__ = error
    assert server_message(lost, TARGET) == 'no "***" for user "app"'
    assert server_message(error, WITHOUT) == 'no "hunter2-Zq" for user "app"'
    assert server_message(ConnectionError("x"), TARGET) is None
