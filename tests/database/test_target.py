import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest
import trustme
from pydantic import SecretStr

from app.core.errors import TargetError
from app.database.fields import target_from_fields
from app.database.target import TLS_MODES, Target, Tls
from app.settings.database import DatabaseSettings, TimeoutSettings, TlsMode, TlsSettings

CANARY = "canary-s3cret"


def test_settings_become_a_target() -> None:
    settings = DatabaseSettings(
        host="db",
        port=5433,
        username="app",
        password=SecretStr(CANARY),
        name="orders",
        tls=TlsSettings(mode="verify-full", ca_file="/ca.pem"),
        timeouts=TimeoutSettings(connect=2.0, statement=9.0),
    )
    target = Target.from_settings(settings)
    assert target == Target(
        host="db",
        port=5433,
        username="app",
        password=CANARY,
        name="orders",
        tls=Tls(mode="verify-full", ca_file="/ca.pem"),
        connect_timeout=2.0,
        statement_timeout=9.0,
    )
    assert CANARY not in repr(target)


def test_the_modes_are_those_of_the_settings() -> None:
    assert get_args(TlsMode.__value__) == TLS_MODES


def test_settings_without_a_host_name_no_target() -> None:
    assert Target.from_settings(DatabaseSettings()) is None


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("db", (("db", 5432),)),
        ("a:1,b", (("a", 1), ("b", 5432))),
        ("::1", (("::1", 5432),)),
        ("[::1]:7, fe80::1", (("::1", 7), ("fe80::1", 5432))),
        ("/var/run/postgresql", (("/var/run/postgresql", 5432),)),
    ],
)
def test_each_host_has_its_port(host: str, addresses: tuple[tuple[str, int], ...]) -> None:
    assert Target(host=host).addresses == addresses


def test_fields_beside_a_url_win() -> None:
    url = f"postgresql://app:{CANARY}@db:1/orders?sslmode=require&connect_timeout=9"
    target = target_from_fields(
        {"url": url, "port": 2, "tls": {"ca_file": "/ca.pem"}, "timeout_ms": 1500, "name": None}
    )
    assert (target.host, target.port, target.name) == ("db", 2, "orders")
    assert target.tls == Tls(mode="require", ca_file="/ca.pem")
    assert target.connect_timeout == 1.5
    assert target.password == CANARY


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({}, {"host"}),
        ({"hots": "db"}, {"hots", "host"}),
        ({"host": 1}, {"host"}),
        ({"host": "db", "port": "5432"}, {"port"}),
        ({"host": "db", "port": 0}, {"port"}),
        ({"host": "db", "port": True}, {"port"}),
        ({"host": "db", "timeout_ms": 700_000}, {"timeout_ms"}),
        ({"host": "db", "tls": "on"}, {"tls"}),
        ({"host": "db", "tls": {"mode": "verify"}}, {"tls.mode"}),
        ({"host": "db", "tls": {"mode": ["x"]}}, {"tls.mode"}),
        ({"host": "db", "tls": {"ca": "/ca.pem"}}, {"tls.ca"}),
        ({"host": "", "password": CANARY}, {"host"}),
        ({"host": "db:port", "password": CANARY}, {"port"}),
        ({"host": f"u:{CANARY}@db"}, {"host"}),
        ({"host": "db/orders"}, {"host"}),
        ({"host": "db,,"}, {"host"}),
        ({"url": "postgresql://h?sslmode=verify"}, {"tls.mode"}),
        ({"url": f"postgresql://u:{CANARY}@"}, {"host"}),
        ({"url": f"mysql://u:{CANARY}@h"}, {"url"}),
        ({"host": "db", "username": "a\0b"}, {"username"}),
    ],
)
def test_what_is_no_target_is_told_field_by_field(fields: dict[str, object], errors: set[str]) -> None:
    with pytest.raises(TargetError) as caught:
        target_from_fields(fields)
    assert set(caught.value.errors) == errors
    assert CANARY not in f"{caught.value} {caught.value.errors}"


def test_an_unknown_field_suggests_the_nearest() -> None:
    with pytest.raises(TargetError) as caught:
        target_from_fields({"host": "db", "pasword": CANARY, "tls": {"mode": "verify-ful"}})
    assert "'password'" in caught.value.errors["pasword"]
    assert "'verify-full'" in caught.value.errors["tls.mode"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    made = trustme.CA()
    file = tmp_path_factory.mktemp("tls") / "ca.pem"
    made.cert_pem.write_to_path(str(file))
    return made, file


def shakes_hands(authority: trustme.CA, tls: Tls, host: str) -> bool:
    """Whether a server with a certificate for `db.example` is accepted; in memory, without a socket."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("db.example").configure_cert(serving)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = tls.context().wrap_bio(down, up, server_hostname=host)
    server = serving.wrap_bio(up, down, server_side=True)
    try:
        for side in (client, server, client, server):
            _shake(side)
        client.do_handshake()
    except ssl.SSLCertVerificationError:
        return False
    return True


def _shake(side: ssl.SSLObject) -> None:
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return


@pytest.mark.parametrize(
    ("mode", "known", "right_name", "accepted"),
    [
        ("require", False, False, True),
        ("require", True, False, True),
        ("verify-ca", True, False, True),
        ("verify-ca", False, True, False),
        ("verify-full", True, True, True),
        ("verify-full", True, False, False),
        ("verify-full", False, True, False),
    ],
)
def test_each_mode_accepts_what_libpq_accepts(
    authority: tuple[trustme.CA, Path], mode: str, *, known: bool, right_name: bool, accepted: bool
) -> None:
    made, file = authority
    host = "db.example" if right_name else "other.example"
    tls = Tls(mode=mode, ca_file=str(file) if known else None)  # type: ignore[arg-type]
    assert shakes_hands(made, tls, host) is accepted


def test_require_with_an_authority_checks_it(authority: tuple[trustme.CA, Path]) -> None:
    _, file = authority
    assert not shakes_hands(trustme.CA(), Tls(mode="require", ca_file=str(file)), "db.example")


@pytest.mark.parametrize("ca_file", [None, "system"])
def test_without_a_file_the_systems_authorities_are_trusted(ca_file: str | None) -> None:
    context = Tls(mode="verify-full", ca_file=ca_file).context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert len(context.get_ca_certs()) == len(ssl.create_default_context().get_ca_certs())


def test_targets_and_the_embedded_server_cost_no_driver() -> None:
    script = "import sys, app.database.fields, app.database.embedded; print(*sys.modules)"
    asked = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"asyncpg", "sqlalchemy", "alembic", "pydantic"} & set(asked.stdout.split())


def test_a_probe_costs_no_sqlalchemy() -> None:
    script = "import sys, app.probing.stages; print(*sys.modules)"
    asked = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"sqlalchemy", "alembic"} & set(asked.stdout.split())


def test_of_what_a_target_does_not_say_the_defaults_are_those_of_the_settings() -> None:
    stated = {"port": None, "tls": {"mode": None, "ca_file": None}, "timeout_ms": None, "options": None}
    assert target_from_fields({"host": "db", **stated}) == Target(host="db")


def test_everything_that_a_target_says_is_taken() -> None:
    said: dict[str, Any] = {"host": "db", "port": 5433, "username": "app", "password": CANARY, "name": "orders",
            "options": "-c a=1",
            "application_name": "x", "target_session_attrs": "primary", "timeout_ms": 1500,
            "tls": {"mode": "require", "min_version": "TLSv1.2", "max_version": "TLSv1.3", "ca_file": "/ca",
                    "cert_file": "/c", "key_file": "/k", "crl_file": "/l"}}  # fmt: skip
    found = target_from_fields(said)
    assert (found.host, found.port, found.username, found.password) == ("db", 5433, "app", CANARY)
    assert (found.name, found.options, found.application_name) == ("orders", "-c a=1", "x")
    assert (found.target_session_attrs, found.connect_timeout, found.statement_timeout) == ("primary", 1.5, 30.0)
    assert found.tls == Tls(**said["tls"])
    assert target_from_fields({"url": "postgresql://db?statement_timeout=0"}).statement_timeout is None


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"target_session_attrs": "primry"}, ["target_session_attrs"]),
        ({"tls": {"mode": "requir", "min_version": "1", "max_version": "1"}},
         ["tls.mode", "tls.min_version", "tls.max_version"]),
        ({"tls": {"cert": "x", "cert_file": "\0", "key_file": 7, "crl_file": "\0"}},
         ["tls.cert", "tls.cert_file", "tls.key_file", "tls.crl_file"]),
        ({"tls": "require"}, ["tls"]),
        ({"port": 0, "target_session_attrs": "primry"}, ["port", "target_session_attrs"]),
        ({"tls": {"ca_file": "system", "mode": "require"}}, ["tls.mode"]),
        ({"port": 0}, ["port"]), ({"port": 65536}, ["port"]), ({"port": True}, ["port"]), ({"port": "1"}, ["port"]),
        ({"timeout_ms": 0}, ["timeout_ms"]), ({"timeout_ms": 600_001}, ["timeout_ms"]),
        ({"username": 7, "password": "\0", "name": "\0", "options": "\0", "application_name": 1},
         ["username", "password", "name", "options", "application_name"]),
    ],
)  # fmt: skip
def test_each_field_that_is_wrong_is_named_and_no_other(fields: dict[str, object], wrong: list[str]) -> None:
    with pytest.raises(TargetError) as caught:
        target_from_fields({"host": "db", **fields})
    assert list(caught.value.errors) == wrong


def test_a_refusal_is_one_sentence_whatever_was_unknown() -> None:
    with pytest.raises(TargetError) as caught:
        target_from_fields({"host": "db", "tls": {"mode": "x"}})
    assert caught.value.message.endswith("verify-full.")
    assert ".." not in caught.value.message
    with pytest.raises(TargetError) as caught:
        target_from_fields({"host": "db", "tls": {"mod": "disable"}})
    assert caught.value.errors == {"tls.mod": "is no field of a target. Did you mean 'mode'?"}
    assert str(caught.value) == "This is no database target: tls.mod is no field of a target. Did you mean 'mode'?"
