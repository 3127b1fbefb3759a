"""Where addresses lead: this machine, the network next to it, everybody's, or nowhere at all."""

import re
from urllib.parse import urlsplit

from app.rules.kit.connections import is_local

_INTERNAL = (".svc", ".cluster.local", ".internal", ".local", ".localhost", ".lan", ".home.arpa")
_IDENTIFIERS = (
    ".w3.org", ".json-schema.org", ".schema.org", ".purl.org", ".xmlns.com", ".xmlsoap.org", ".openxmlformats.org",
    ".schemas.microsoft.com", ".schemas.android.com", ".oasis-open.org", ".opengis.net", ".ns.adobe.com", ".openid.net",
)  # fmt: skip
"""Whose URLs name things, and are not fetched."""


def http_host(value: object) -> str | None:
    """The host of a URL that begins with `http://`; None for another value, or where only a deployment knows it."""
    if not isinstance(value, str) or not value.strip().lower().startswith("http://"):
        return None
    try:
        host = urlsplit(value.strip()).hostname or ""
    except ValueError:
        return None
    return None if not host or re.search(r"[${}<>%*]", host) else host


def is_internal(host: str) -> bool:
    """Whether a name is known in a private network only, or an address on this machine's own link."""
    bare = host.rstrip(".").lower()
    if is_local(host) or bare.endswith(_INTERNAL):
        return True
    return bare.startswith("169.254.") or ("." not in bare and ":" not in bare)


def is_identifier(host: str) -> bool:
    """Whether URLs with this host name a vocabulary or a schema."""
    bare = host.rstrip(".").lower()
    return f".{bare}".endswith(_IDENTIFIERS)


def is_everybody(text: str) -> bool:
    """Whether a pattern or network leaves nobody out: `*`, `*.*`, `0.0.0.0/0`, `::/0`."""
    entry = text.strip()
    if "*" in entry and not entry.strip("*?.:"):
        return True
    address, slash, length = entry.partition("/")
    return (
        bool(slash)
        and length.strip("0.:") == ""
        and bool(length)
        and bool(re.fullmatch(r"[\d.]+|[\da-fA-F:]+", address))
    )
