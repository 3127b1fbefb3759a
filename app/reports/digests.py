"""Keyed digests of secrets: that one has changed can be told, and what it is cannot.

Source: RFC 2104 (HMAC), with SHA-256.
"""

import hashlib
import hmac
import json
from typing import Any

from msgspec import Struct

from app.core.layers import Path, dotted, fold
from app.reports import wire

SET = b""
"""In place of a digest, of a secret that is set where there is no key; one that is not set has None."""

_TAG_BYTES = 4
_DIGEST_BYTES = 16


class Digests(Struct, frozen=True, kw_only=True):
    """Makes the digests of one environment's secrets that are kept.

    Attributes:
        key: of whoever keeps them; None for none.
        environment: enters, so that equal secrets of two environments differ; None where they are to be comparable.
    """

    key: bytes | None
    environment: str | None

    def of(self, path: Path, value: Any) -> bytes | None:
        """The digest: four bytes that tell what it can be compared with, sixteen of the value itself."""
        if value is None or value == "":
            return None
        if self.key is None:
            return SET
        scope = f"{self.environment or ''}\0".encode()
        tag = hmac.digest(self.key, b"scope\0" + scope, "sha256")[:_TAG_BYTES]
        return tag + hmac.digest(self.key, scope + _said(path, value), "sha256")[:_DIGEST_BYTES]


def same(left: bytes | None, right: bytes | None) -> bool | None:
    """Whether two digests are of equal values; None where nobody can tell.

    Nobody can where one was made without a key, with another key, or for another environment.
    """
    if left is None or right is None:
        return left is right
    if not left or not right or left[:_TAG_BYTES] != right[:_TAG_BYTES]:
        return None
    return hmac.compare_digest(left, right)


def fingerprinted(key: bytes, path: Path, value: Any) -> str:
    """A secret as it enters the fingerprint of its environment: equal wherever key, path and value are."""
    return hmac.new(key, b"fingerprint\0" + _said(path, value), hashlib.sha256).hexdigest()


def _said(path: Path, value: Any) -> bytes:
    text = value if isinstance(value, str) else json.dumps(wire.plain(value), sort_keys=True)
    # A variable may hold what is no UTF-8.
    return f"{dotted(fold(path))}\0{type(value).__name__}\0{text}".encode("utf-8", "surrogatepass")
