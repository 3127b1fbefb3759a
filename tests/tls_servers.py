"""PostgreSQL servers with TLS, and the certificates that they and their clients show.

The programs are those of the wheel that the matrix uses (it needs the system's libxml2), else the system's own.
Where there are none, the tests are skipped; under ASSAY_REQUIRE_TLS they fail.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from postgres import run, unpacked

from app.database.embedded import EmbeddedServer, start
from app.database.embedded.account import server_account
from app.database.target import Target, Tls

MAJOR = 14
PASSWORD = "canary-proof-of-nothing"
NOW = datetime.now(UTC)

HBA = """
hostssl   all cert_only    all cert
hostssl   all cert_named   all scram-sha-256 clientcert=verify-full
hostssl   all cert_any     all scram-sha-256 clientcert=verify-ca
hostssl   all tls_only     all scram-sha-256
hostnossl all plain_only   all scram-sha-256
host      all rejected     all reject
hostssl   all rejected_tls all reject
host      all trusted      all trust
host      all hashed       all md5
local     all trusted          trust
host      all assay,member all scram-sha-256
"""
ROLES = ("cert_only", "cert_named", "cert_any", "tls_only", "plain_only", "rejected", "trusted", "hashed", "member")


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """PEM files of one authority: for a server named localhost, and for clients by their role."""

    folder: Path
    authority: trustme.CA

    @property
    def ca(self) -> str:
        return str(self.folder / "ca.pem")

    def client(self, name: str, *, authority: trustme.CA | None = None) -> tuple[str, str]:
        """The files of a client's certificate and key."""
        file = self.folder / f"client-{name}-{'ours' if authority is None else 'theirs'}.pem"
        made = (authority or self.authority).issue_cert(f"{name}@clients.example", common_name=name)
        made.private_key_and_cert_chain_pem.write_to_path(str(file))
        file.chmod(0o600)
        return str(file), str(file)

    def server(self, name: str, *identities: str, **validity: datetime) -> dict[str, str]:
        """Server settings that show a new certificate."""
        made = self.authority.issue_cert(*identities, **validity)
        chain = b"".join(pem.bytes() for pem in made.cert_chain_pems)
        return self.write(name, chain, made.private_key_pem.bytes())

    def self_signed(self, name: str, identity: str) -> dict[str, str]:
        """Server settings that show a certificate which nobody but itself has signed."""
        key = ec.generate_private_key(ec.SECP256R1())
        who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, identity)])
        made = x509.CertificateBuilder(issuer_name=who, subject_name=who, public_key=key.public_key())
        made = made.serial_number(7).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=90))
        encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        secret = key.private_bytes(encoding, form, serialization.NoEncryption())
        return self.write(name, made.sign(key, hashes.SHA256()).public_bytes(encoding), secret)

    def revoked(self, file: Path, serial: int) -> Path:
        """The authority's list of what it has revoked: the certificate of this number."""
        authority = x509.load_pem_x509_certificate(self.authority.cert_pem.bytes())
        key = serialization.load_pem_private_key(self.authority.private_key_pem.bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        one = x509.RevokedCertificateBuilder(serial_number=serial, revocation_date=NOW).build()
        made = x509.CertificateRevocationListBuilder(issuer_name=authority.subject, revoked_certificates=[one])
        made = made.last_update(NOW - timedelta(1)).next_update(NOW + timedelta(30))
        file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        return file

    def write(self, name: str, certificate: bytes, key: bytes) -> dict[str, str]:
        """Server settings that name these, in files that the server's user may read."""
        files = {"ssl_cert_file": self.folder / f"{name}.pem", "ssl_key_file": self.folder / f"{name}.key"}
        for file, content in zip(files.values(), (certificate, key), strict=True):
            file.write_bytes(content)
            file.chmod(0o600)
            server_account(self.folder).own(file)
        return {setting: str(file) for setting, file in files.items()}


@pytest.fixture(scope="session")
def tls_place() -> Iterator[Path]:
    """A folder that the servers' user can get to."""
    place = Path(tempfile.mkdtemp(prefix="assay-tls-", dir="/var/tmp"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="session")
def tls_programs(tls_place: Path) -> Path:
    """Programs of a PostgreSQL that knows TLS."""
    candidates = [unpacked(tls_place, MAJOR), *Path("/usr/lib/postgresql").glob("*/bin")]
    for folder in candidates:
        if folder is not None and _knows_tls(folder):
            return folder
    missing = (
        "no PostgreSQL with TLS runs: install what it needs (Debian: apt install libxml2 liblz4-1 libgssapi-krb5-2)"
    )
    if os.environ.get("ASSAY_REQUIRE_TLS"):
        pytest.fail(missing)
    pytest.skip(missing)


def _knows_tls(folder: Path) -> bool:
    try:
        asked = subprocess.run([folder / "postgres", "--version"], capture_output=True, check=True)
        linked = subprocess.run(["/usr/bin/ldd", folder / "postgres"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return b"PostgreSQL" in asked.stdout and b"libssl" in linked.stdout


@pytest.fixture(scope="session")
def certificates(tls_place: Path) -> Certificates:
    """An authority that the tests' servers trust, and its certificates."""
    made = Certificates(folder=tls_place, authority=trustme.CA())
    made.authority.cert_pem.write_to_path(made.ca)
    Path(made.ca).chmod(0o644)
    return made


@dataclass(frozen=True, kw_only=True)
class TlsServer:
    """A running server with TLS."""

    server: EmbeddedServer
    certificates: Certificates
    sockets: Path

    @property
    def administrator(self) -> Target:
        return self.server.target

    def member(self, username: str = "member", **tls: str) -> Target:
        """A role's target, with full verification unless told otherwise."""
        wanted = Tls(**{"mode": "verify-full", "ca_file": self.certificates.ca, **tls})  # type: ignore[arg-type]
        return replace(self.server.target, host="localhost", username=username, password=PASSWORD, tls=wanted)


def _options(folder: Path, certificates: Certificates, shown: Mapping[str, str]) -> dict[str, str]:
    hba = folder / "pg_hba.conf"
    hba.write_text(HBA)
    hba.chmod(0o644)
    return {
        "ssl": "on",
        "ssl_ca_file": certificates.ca,
        "hba_file": str(hba),
        "unix_socket_directories": "",
        **shown,
    }


@pytest.fixture(scope="session")
def tls_server(tls_place: Path, tls_programs: Path, certificates: Certificates) -> Iterator[TlsServer]:
    """A server whose certificate is made out to localhost, and to no address."""
    home = _home(tls_place, "main")
    options = _options(home, certificates, certificates.server("main", "localhost"))
    options |= {"unix_socket_directories": str(home), "listen_addresses": "127.0.0.1,::1"}
    with start(home, durable=False, binaries=tls_programs, options=options) as server:
        made = [f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'" for role in ROLES]
        made += ["SET password_encryption = md5", f"ALTER ROLE hashed PASSWORD '{PASSWORD}'"]
        _run(server.target, *made)
        yield TlsServer(server=server, certificates=certificates, sockets=home)


def _home(place: Path, name: str) -> Path:
    home = place / name
    home.mkdir()
    home.chmod(0o755)
    server_account(home).own(home)
    return home


def _run(target: Target, *statements: str) -> None:
    import asyncio  # noqa: PLC0415 - the fixture is no coroutine, and must not share a test's loop

    asyncio.run(run(target, *statements))


type StartVariant = Callable[..., AbstractContextManager[EmbeddedServer]]


@pytest.fixture(scope="session")
def variant_home(tls_place: Path) -> Path:
    """The data of servers that run for one test each."""
    return _home(tls_place, "variants")


@pytest.fixture
def variant(variant_home: Path, tls_programs: Path, certificates: Certificates) -> StartVariant:
    """Starts a server of its own for a test, with these settings and without the HBA of the other."""

    def begin(shown: Mapping[str, str] | None = None, **options: str) -> EmbeddedServer:
        shown = certificates.server("variant", "localhost") if shown is None else shown
        settings = {"ssl": "on", **shown, **options}
        return start(variant_home, durable=False, binaries=tls_programs, options=settings)

    return begin
