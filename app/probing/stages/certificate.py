"""What a server's certificate says, read from its DER: Python tells that of verified certificates alone.

Source: RFC 5280, section 4 and appendix A.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address

_SEQUENCE, _OID, _UTC_TIME, _EXTENSIONS, _VERSION = 0x30, 0x06, 0x17, 0xA3, 0xA0
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87
_ALTERNATIVE_NAMES = bytes.fromhex("551d11")
_SHORT = {"550403": "CN", "55040a": "O", "55040b": "OU", "550406": "C", "550407": "L", "550408": "ST"}
_UTF_16, _BMP_STRING = "utf-16-be", 0x1E
_LONG_FORM = 0x80
_CENTURY_TURNS = 50  # a year of two digits is of this century below it


class UnreadableError(ValueError):
    """This is no certificate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Whom it is for, who says so, and for how long."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime

    def days_left(self, now: datetime) -> int:
        """Whole days until it expires; negative when it has."""
        return (self.not_after - now).days

    def detail(self, now: datetime) -> dict[str, object]:
        """The same for a report."""
        return {
            "subject": self.subject,
            "issuer": self.issuer,
            "names": list(self.names),
            "not_before": self.not_before.isoformat(),
            "not_after": self.not_after.isoformat(),
            "days_left": self.days_left(now),
        }


def read(der: bytes) -> Certificate:
    """The certificate.

    Raises:
        UnreadableError: it is none.
    """
    try:
        return _certificate(der)
    except (IndexError, ValueError, StopIteration) as error:
        raise UnreadableError from error


def _certificate(der: bytes) -> Certificate:
    (_, outer), *_ = _elements(der)
    (_, signed), *_ = _elements(outer)
    parts = list(_elements(signed))
    if parts[0][0] == _VERSION:
        parts = parts[1:]
    _serial, _algorithm, issuer, validity, subject, _key, *rest = parts
    begins, ends = (_time(kind, text) for kind, text in _elements(validity[1]))
    extensions = next((content for kind, content in rest if kind == _EXTENSIONS), b"")
    return Certificate(
        subject=_name(subject[1]),
        issuer=_name(issuer[1]),
        names=tuple(_alternative_names(extensions)),
        not_before=begins,
        not_after=ends,
    )


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements of a sequence: tag and content."""
    position = 0
    while position < len(data):
        tag, size = data[position], data[position + 1]
        position += 2
        if size >= _LONG_FORM:
            width = size - _LONG_FORM
            size = int.from_bytes(data[position : position + width])
            position += width
        if position + size > len(data):
            raise UnreadableError
        yield tag, data[position : position + size]
        position += size


def _name(content: bytes) -> str:
    """A distinguished name, the most telling part last: `O=Example, CN=db`."""
    shown = []
    for _, one in _elements(content):
        for _, pair in _elements(one):
            (_, oid), (kind, text) = _elements(pair)
            word = text.decode(_UTF_16 if kind == _BMP_STRING else "utf-8", "replace")
            shown += [f"{_SHORT[oid.hex()]}={word}"] if oid.hex() in _SHORT else []
    return ", ".join(shown)


def _time(kind: int, text: bytes) -> datetime:
    digits = text.decode("ascii")
    if kind == _UTC_TIME:
        digits = ("20" if int(digits[:2]) < _CENTURY_TURNS else "19") + digits
    return datetime.strptime(digits, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _alternative_names(extensions: bytes) -> Iterator[str]:
    for _, listed in _elements(extensions):
        for _, extension in _elements(listed):
            (_, oid), *_, (_, value) = _elements(extension)
            if oid == _ALTERNATIVE_NAMES:
                yield from _general_names(value)


def _general_names(value: bytes) -> Iterator[str]:
    (_, names), *_ = _elements(value)
    for kind, content in _elements(names):
        if kind == _DNS_NAME:
            yield content.decode("ascii", "replace")
        elif kind == _IP_ADDRESS:
            yield str(ip_address(content))
