"""The fault matrix, certificates and TLS: one row a test, each against a real server."""

import os
import shutil
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from tls_servers import NOW, PASSWORD, Certificates, StartVariant, TlsServer
from verdicts import CANARY, failed, passed, probed

from app.database.engine import ConnectionManager
from app.database.target import Target, Tls
from app.probing.stages.resolve import Answer
from app.probing.status import status
from app.reports.probe import Probe, Stage


def stage(answer: Probe, name: str) -> Stage:
    return next(one for one in answer.stages if one.name == name)


def serial_number(certificate: Path) -> int:
    return x509.load_pem_x509_certificate(certificate.read_bytes()).serial_number


def with_passphrase(key: Path, locked: Path) -> Path:
    """The key again, in a file that asks for a passphrase."""
    found = serialization.load_pem_private_key(key.read_bytes(), None)
    lock = serialization.BestAvailableEncryption(b"a passphrase")
    form = serialization.PrivateFormat.PKCS8
    locked.write_bytes(found.private_bytes(serialization.Encoding.PEM, form, lock))
    locked.chmod(0o600)
    return locked


async def here(_: str, port: int) -> Answer:
    """Every name leads to this machine."""
    return [(socket.AF_INET, ("127.0.0.1", port))]


def strangers_ca(certificates: Certificates) -> str:
    file = certificates.folder / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    return str(file)


def of_variant(target: Target, certificates: Certificates, **tls: str) -> Target:
    wanted = Tls(**{"mode": "verify-full", "ca_file": certificates.ca, **tls})  # type: ignore[arg-type]
    return replace(target, host="localhost", tls=wanted)


async def test_a_verified_server_tells_its_version_cipher_and_certificate(tls_server: TlsServer) -> None:
    answer = await probed(tls_server.member())
    assert passed(answer)["tls"] == "ok"
    detail = stage(answer, "tls").detail
    assert detail["version"] == "TLSv1.3"
    assert str(detail["cipher"]).startswith("TLS_")
    assert detail["names"] == ["localhost"]
    assert "trustme" in str(detail["issuer"])
    assert detail["verified"] is True
    assert int(str(detail["days_left"])) > 21
    assert answer.server
    assert answer.server.tls == "TLSv1.3"
    assert stage(answer, "login").detail["method"] == "scram-sha-256"


@pytest.mark.parametrize("mode", ["require", "prefer"])
async def test_an_unverified_certificate_is_read_too(tls_server: TlsServer, mode: str) -> None:
    target = replace(tls_server.member(), tls=Tls(mode=mode))  # type: ignore[arg-type]
    answer = await probed(target)
    detail = stage(answer, "tls").detail
    assert passed(answer)["tls"] == "ok"
    assert detail["verified"] is False
    assert detail["names"] == ["localhost"]


async def test_a_certificate_of_an_unknown_authority(tls_server: TlsServer) -> None:
    answer = await probed(tls_server.member(ca_file=strangers_ca(tls_server.certificates)))
    failed(answer, "tls", "certificate-untrusted", ("tls",), None)
    assert "trustme" in answer.stages[2].message  # type: ignore[operator]


async def test_a_certificate_that_the_systems_authorities_do_not_know(tls_server: TlsServer) -> None:
    failed(await probed(tls_server.member(ca_file="system")), "tls", "certificate-untrusted", ("tls",), None)


async def test_a_certificate_of_another_name(tls_server: TlsServer) -> None:
    answer = await probed(replace(tls_server.member(), host="db.example"), look_up=here)
    failed(answer, "tls", "certificate-name-mismatch", ("host", "tls"), None)
    assert answer.failure
    assert answer.failure.message == "The server's certificate is made out to localhost, not to db.example."


async def test_a_certificate_that_holds_no_address(tls_server: TlsServer) -> None:
    answer = await probed(replace(tls_server.member(), host="127.0.0.1"))
    failed(answer, "tls", "certificate-name-mismatch", ("host", "tls"), None)


async def test_verify_ca_does_not_ask_for_the_name(tls_server: TlsServer) -> None:
    passed(await probed(replace(tls_server.member(mode="verify-ca"), host="127.0.0.1")))


async def test_a_ca_file_that_is_not_there(tls_server: TlsServer) -> None:
    answer = await probed(tls_server.member(ca_file="/nowhere/ca.pem"))
    failed(answer, "tls", "ca-file-missing", ("tls",), None)
    assert answer.stages[2].detail == {"file": "ca_file"}
    assert "/nowhere" not in f"{answer}"


async def test_a_ca_file_that_cannot_be_read(tls_server: TlsServer, tmp_path: Path) -> None:
    closed = tmp_path / "ca.pem"
    closed.touch(mode=0)
    unreadable = tmp_path if os.geteuid() == 0 else closed  # root reads every file, and no folder
    failed(await probed(tls_server.member(ca_file=str(unreadable))), "tls", "ca-file-missing", ("tls",), None)


async def test_a_ca_file_without_a_certificate(tls_server: TlsServer, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate\n")
    answer = await probed(tls_server.member(ca_file=str(tmp_path / "ca.pem")))
    failed(answer, "tls", "ca-file-missing", ("tls",), None)


async def test_a_client_key_that_is_not_there(tls_server: TlsServer) -> None:
    cert, _ = tls_server.certificates.client("cert_only")
    answer = await probed(tls_server.member("cert_only", cert_file=cert, key_file="/nowhere/key.pem"))
    failed(answer, "tls", "ca-file-missing", ("tls",), None)
    assert answer.stages[2].detail == {"file": "cert_file"}


async def test_a_self_signed_certificate(variant: StartVariant, certificates: Certificates) -> None:
    with variant(certificates.self_signed("self", "localhost")) as server:
        answer = await probed(of_variant(server.target, certificates))
    failed(answer, "tls", "certificate-untrusted", ("tls",), None)
    assert answer.stages[2].detail["issuer"] == "CN=localhost"


async def test_an_expired_certificate(variant: StartVariant, certificates: Certificates) -> None:
    shown = certificates.server("expired", "localhost", not_before=NOW - timedelta(90), not_after=NOW - timedelta(2))
    with variant(shown) as server:
        answer = await probed(of_variant(server.target, certificates))
    failed(answer, "tls", "certificate-expired", ("tls",), None)
    assert answer.failure
    assert f"{NOW - timedelta(2):%Y-%m-%d}" in answer.failure.message
    assert answer.stages[2].detail["days_left"] == -3


async def test_a_certificate_that_is_not_valid_yet(variant: StartVariant, certificates: Certificates) -> None:
    shown = certificates.server("early", "localhost", not_before=NOW + timedelta(2), not_after=NOW + timedelta(90))
    with variant(shown) as server:
        answer = await probed(of_variant(server.target, certificates))
    failed(answer, "tls", "certificate-not-yet-valid", ("tls",), None)


async def test_a_certificate_that_expires_soon_is_a_warning(variant: StartVariant, certificates: Certificates) -> None:
    with variant(certificates.server("soon", "localhost", not_after=NOW + timedelta(20, 60))) as server:
        answer = await probed(of_variant(server.target, certificates))
    assert passed(answer)["tls"] == "warning"
    assert stage(answer, "tls").detail["days_left"] in {19, 20}


async def test_a_server_that_speaks_no_tls_so_new(variant: StartVariant, certificates: Certificates) -> None:
    with variant(ssl_max_protocol_version="TLSv1.2") as server:
        new = await probed(of_variant(server.target, certificates, min_version="TLSv1.3"))
        old = await probed(of_variant(server.target, certificates))
    failed(new, "tls", "tls-not-offered", ("tls",), None)
    passed(old)
    assert stage(old, "tls").detail["version"] == "TLSv1.2"


async def test_a_server_that_lets_only_tls_in(tls_server: TlsServer) -> None:
    plain = replace(tls_server.member("tls_only"), tls=Tls(mode="disable"))
    answer = await probed(plain)
    failed(answer, "login", "tls-required", ("tls",), "28000")


async def test_where_no_way_is_let_in_tls_is_not_blamed(tls_server: TlsServer) -> None:
    plain = replace(tls_server.member("rejected"), tls=Tls(mode="disable"))
    failed(await probed(plain), "login", "host-not-permitted", ("host", "username", "name", "tls"), "28000")


async def test_a_rejected_host_over_tls(tls_server: TlsServer) -> None:
    answer = await probed(tls_server.member("rejected"))
    failed(answer, "login", "host-not-permitted", ("host", "username", "name", "tls"), "28000")


async def test_a_user_whom_no_line_admits(tls_server: TlsServer) -> None:
    answer = await probed(tls_server.member("unlisted"))
    failed(answer, "login", "host-not-permitted", ("host", "username", "name", "tls"), "28000")


@pytest.mark.parametrize(("mode", "username"), [("allow", "tls_only"), ("prefer", "plain_only")])
async def test_a_mode_that_allows_both_ways_finds_the_one_that_is_let_in(
    tls_server: TlsServer, mode: str, username: str
) -> None:
    target = replace(tls_server.member(username), tls=Tls(mode=mode))  # type: ignore[arg-type]
    answer = await probed(target)
    passed(answer)
    assert answer.server
    assert bool(answer.server.tls) is (username == "tls_only")
    assert stage(answer, "tls").status == ("ok" if username == "tls_only" else "skipped")


@pytest.mark.parametrize("mode", ["allow", "prefer"])
async def test_a_mode_that_allows_both_ways_fails_where_neither_is_let_in(tls_server: TlsServer, mode: str) -> None:
    target = replace(tls_server.member("rejected"), tls=Tls(mode=mode))  # type: ignore[arg-type]
    failed(await probed(target), "login", "host-not-permitted", ("host", "username", "name", "tls"), "28000")


@pytest.mark.parametrize("username", ["cert_only", "cert_any", "cert_named"])
async def test_a_client_certificate_that_is_missing(tls_server: TlsServer, username: str) -> None:
    answer = await probed(tls_server.member(username))
    failed(answer, "login", "client-certificate-required", ("tls",), "28000")


async def test_a_client_certificate_of_an_unknown_authority(tls_server: TlsServer) -> None:
    cert, key = tls_server.certificates.client("cert_only", authority=trustme.CA())
    answer = await probed(tls_server.member("cert_only", cert_file=cert, key_file=key))
    failed(answer, "login", "client-certificate-rejected", ("tls",), None)


async def test_the_same_in_tls_1_2(tls_server: TlsServer) -> None:
    cert, key = tls_server.certificates.client("cert_only", authority=trustme.CA())
    target = tls_server.member("cert_only", cert_file=cert, key_file=key, max_version="TLSv1.2")
    failed(await probed(target), "tls", "client-certificate-rejected", ("tls",), None)


@pytest.mark.parametrize(
    ("username", "state"),
    [("cert_only", "28000"), ("cert_named", "28P01")],
)
async def test_a_client_certificate_of_another_name(tls_server: TlsServer, username: str, state: str) -> None:
    cert, key = tls_server.certificates.client("somebody")
    answer = await probed(tls_server.member(username, cert_file=cert, key_file=key))
    failed(answer, "login", "client-certificate-rejected", ("tls",), state)


async def test_a_wrong_password_beside_a_good_certificate_is_still_the_passwords_fault(tls_server: TlsServer) -> None:
    cert, key = tls_server.certificates.client("cert_any")
    target = replace(tls_server.member("cert_any", cert_file=cert, key_file=key), password=CANARY)
    failed(await probed(target), "login", "password-rejected", ("username", "password"), "28P01")


@pytest.mark.parametrize(
    ("username", "method"), [("cert_only", "none"), ("cert_named", "scram-sha-256"), ("cert_any", "scram-sha-256")]
)
async def test_a_good_client_certificate_is_let_in(tls_server: TlsServer, username: str, method: str) -> None:
    cert, key = tls_server.certificates.client(username)
    answer = await probed(tls_server.member(username, cert_file=cert, key_file=key))
    passed(answer)
    assert stage(answer, "login").detail["method"] == method


@pytest.mark.parametrize(("username", "method"), [("hashed", "md5"), ("trusted", "none")])
async def test_the_proof_that_the_server_asks_for_is_told(tls_server: TlsServer, username: str, method: str) -> None:
    answer = await probed(tls_server.member(username))
    passed(answer)
    assert stage(answer, "login").detail["method"] == method


async def test_a_unix_socket_answers_and_needs_no_tls(tls_server: TlsServer) -> None:
    answer = await probed(replace(tls_server.member("trusted"), host=str(tls_server.sockets)))
    assert passed(answer)["tls"] == "skipped"
    assert answer.stages[2].message == "A unix socket needs no TLS."


async def test_the_systems_authorities_are_trusted(tls_server: TlsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", tls_server.certificates.ca)
    answer = await probed(tls_server.member(ca_file="system"))
    passed(answer)
    assert stage(answer, "tls").detail["verified"] is True


async def test_a_certificate_that_its_authority_has_revoked(
    variant: StartVariant, certificates: Certificates, tmp_path: Path
) -> None:
    shown = certificates.server("revoked", "localhost")
    serial = serial_number(Path(shown["ssl_cert_file"]))
    lists = [certificates.revoked(tmp_path / f"{number}.pem", number) for number in (serial, serial + 1)]
    with variant(shown) as server:
        revoked, other = [await probed(of_variant(server.target, certificates, crl_file=str(file))) for file in lists]
    failed(revoked, "tls", "certificate-untrusted", ("tls",), None)
    passed(other)


async def test_a_key_with_a_passphrase_is_asked_of_nobody(tls_server: TlsServer, tmp_path: Path) -> None:
    cert, _ = tls_server.certificates.client("cert_only")
    key = with_passphrase(Path(cert), tmp_path / "key.pem")
    answer = await probed(tls_server.member("cert_only", cert_file=cert, key_file=str(key)))
    failed(answer, "tls", "ca-file-missing", ("tls",), None)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
@pytest.mark.parametrize("alone", ["key beside", "key inside"])
async def test_a_key_that_others_can_read_is_refused_as_libpq_refuses_it(
    tls_server: TlsServer, tmp_path: Path, mode: int, alone: str
) -> None:
    cert, _ = tls_server.certificates.client("cert_only")
    key = shutil.copy(cert, tmp_path / "key.pem")
    key.chmod(mode)
    named = {"cert_file": str(key)} if alone == "key inside" else {"cert_file": cert, "key_file": str(key)}
    answer = await probed(tls_server.member("cert_only", **named))
    failed(answer, "tls", "key-file-readable", ("tls",), None)
    assert str(tmp_path) not in f"{answer.failure}"


async def test_a_key_of_another_certificate(tls_server: TlsServer) -> None:
    cert, _ = tls_server.certificates.client("cert_only")
    _, key = tls_server.certificates.client("cert_any")
    answer = await probed(tls_server.member("cert_only", cert_file=cert, key_file=key))
    failed(answer, "tls", "key-mismatch", ("tls",), None)


async def test_the_pool_says_the_same_of_keys(tls_server: TlsServer) -> None:
    cert, _ = tls_server.certificates.client("cert_only")
    _, other = tls_server.certificates.client("cert_any")
    manager = ConnectionManager(tls_server.member("cert_only", cert_file=cert, key_file=other))
    answer = await status(manager, "production")
    await manager.close()
    assert answer.failure
    assert (answer.failure.stage, answer.failure.code) == ("tls", "key-mismatch")


async def test_a_revoked_certificate_list_that_is_not_there(tls_server: TlsServer) -> None:
    answer = await probed(tls_server.member(crl_file="/nowhere/crl.pem"))
    failed(answer, "tls", "ca-file-missing", ("tls",), None)
    assert answer.stages[2].detail == {"file": "crl_file"}


async def test_a_password_reaches_no_answer(tls_server: TlsServer) -> None:
    answer = await probed(tls_server.member())
    assert PASSWORD not in f"{answer} {tls_server.member()!r}"
