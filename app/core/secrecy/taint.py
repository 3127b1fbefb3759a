"""Secrets that are known by heart: whatever repeats one is as secret, in whatever spelling it does.

A key's name tells where a secret was put; where it went from there, only the text itself tells.
"""

import html
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from functools import cached_property
from urllib.parse import quote, quote_plus

from msgspec import Struct

_MASK = "***"
_LEAST = 8
_LONG = 20
_START = 6
_LETTERS = re.compile(r"[A-Za-z\-_. /]+\d{0,2}", re.ASCII)
_NAME = re.compile(r"[^.:/@\s]*")


def is_telling(text: str) -> bool:
    """Whether a text stands nowhere by chance: no word, no name of a few letters, nothing short."""
    if len(text) < _LEAST or len(set(text)) < _START:
        return False
    return len(text) >= _LONG or _LETTERS.fullmatch(text) is None


def is_telling_name(text: str) -> bool:
    """Whether a text, of which only the place says that it is secret, is neither a host, an address nor a sentence."""
    return is_telling(text) and _NAME.fullmatch(text) is not None and any(one.isdigit() for one in text)


def spellings(secret: str) -> Iterator[str]:
    """How a secret may be written: as it is, escaped, encoded, grouped, backwards."""
    yield from (secret, secret.lower(), secret.upper(), secret.casefold())
    raw = secret.encode("utf-8", "surrogateescape")
    for encoded in (b64encode(raw), urlsafe_b64encode(raw)):
        yield encoded.decode().rstrip("=")[:-1]
    yield raw.hex()
    yield secret[::-1]
    if secret.isdecimal():
        yield from (f"{int(secret):,}", f"{int(secret):_}", f"{int(secret):x}") if len(secret) < _LONG else ()
    elif not (secret.isascii() and secret.isalnum()):
        yield from (repr(secret)[1:-1], json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
        yield from (quote(raw, safe=""), quote(raw), quote_plus(raw), html.escape(secret))


class Taint(Struct, frozen=True, kw_only=True, dict=True):
    """The secrets of one project that tell themselves, in all of their spellings.

    Attributes:
        secrets: their texts.
    """

    secrets: frozenset[str] = frozenset()

    @cached_property
    def _by_start(self) -> dict[str, list[str]]:
        """Every spelling by its first characters, so that a text is read once however many secrets there are."""
        found: dict[str, list[str]] = {}
        for secret in self.secrets:
            for spelled in dict.fromkeys(spellings(secret)):
                if len(spelled) >= _START:
                    found.setdefault(spelled[:_START], []).append(spelled)
        return found

    @cached_property
    def _known(self) -> dict[str, bool]:
        return {}

    def touches(self, text: str) -> bool:
        """Whether a text repeats a secret."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = any(True for _ in self._in(text))
        return known

    def masked(self, text: str) -> str:
        """The text with stars for each secret that it repeats."""
        if not self.touches(text):
            return text
        for spelled in sorted(self._in(text), key=len, reverse=True):
            text = text.replace(spelled, _MASK)
        return text

    def _in(self, text: str) -> Iterator[str]:
        starts = self._by_start
        if not starts or len(text) < _START:
            return
        met = starts.keys() & {text[at : at + _START] for at in range(len(text) - _START + 1)}
        yield from (spelled for start in met for spelled in starts[start] if spelled in text)


NOTHING = Taint()
"""Where no secret is known."""


def taint(secrets: Iterable[str]) -> Taint:
    """What is known of these secrets."""
    return Taint(secrets=frozenset(secrets))
