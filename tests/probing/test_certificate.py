"""The reader of certificates against certificates of every kind that servers show."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from app.probing.stages.certificate import UnreadableError, read

KEY = ec.generate_private_key(ec.SECP256R1())
MOMENTS = st.datetimes(datetime(1960, 1, 1), datetime(2150, 1, 1), allow_imaginary=False)  # noqa: DTZ001 - made aware below


def made(
    *, name: str = "db", names: tuple[x509.GeneralName, ...] = (), begins: datetime, ends: datetime, country: str = "DE"
) -> bytes:
    who = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, country), x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(issuer_name=who, subject_name=who, public_key=KEY.public_key())
    builder = builder.serial_number(1).not_valid_before(begins).not_valid_after(ends)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


LONGEST_NAME = 64
"""Bytes that a certificate's common name may have, as it is encoded (RFC 5280, A.1; the library counts bytes)."""


@given(
    name=st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc")), min_size=1, max_size=64).filter(
        lambda text: len(text.encode()) <= LONGEST_NAME
    ),
    hosts=st.lists(st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8}){0,2}", fullmatch=True), max_size=4),
    addresses=st.lists(st.ip_addresses(), max_size=3),
    begins=MOMENTS,
    days=st.integers(0, 40_000),
)
def test_what_it_reads_is_what_was_written(
    name: str, hosts: list[str], addresses: list[object], begins: datetime, days: int
) -> None:
    start = begins.replace(microsecond=0, tzinfo=UTC)
    ends = start + timedelta(days)
    names = (*map(x509.DNSName, hosts), *(x509.IPAddress(ip_address(str(one))) for one in addresses))
    found = read(made(name=name, names=names, begins=start, ends=ends))
    assert found.subject == f"C=DE, CN={name}"
    assert found.issuer == found.subject
    assert found.names == (*hosts, *map(str, addresses))
    assert (found.not_before, found.not_after) == (start, ends)
    assert found.days_left(ends - timedelta(20)) == 20
    assert found.days_left(ends + timedelta(hours=1)) == -1


def test_a_certificate_as_authorities_make_them() -> None:
    leaf = trustme.CA().issue_cert("db.example", "10.0.0.1", organization_name="Örders")
    found = read(ssl.PEM_cert_to_DER_cert(leaf.cert_chain_pems[0].bytes().decode()))
    assert found.names == ("db.example", "10.0.0.1")
    assert found.subject.startswith("O=Örders")


@given(st.binary(max_size=200))
def test_what_is_no_certificate_is_refused(der: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(der)


NOW = datetime(2026, 1, 1, tzinfo=UTC)
WHOLE = made(begins=NOW, ends=NOW + timedelta(90), names=(x509.DNSName("db.example"),))


@given(place=st.integers(0, 199), octet=st.integers(0, 255), length=st.integers(0, 400))
def test_a_damaged_certificate_is_read_or_refused_and_nothing_else(place: int, octet: int, length: int) -> None:
    der = bytearray(WHOLE)
    der[place] = octet
    try:
        found = read(bytes(der[:length]))
    except UnreadableError:
        return
    assert found.not_before.tzinfo is UTC
