"""Sessions of the page: a cookie that says who signed in, and that nobody else can have written."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from app.settings.auth import TokenSettings
from app.web.security.ended_sessions import EndedSessions

COOKIE = "assay_session"
SECONDS = 12 * 60 * 60
"""How long somebody stays signed in."""

_PARTS = 4
_LONGEST_TIME = 12
"""Digits; what has more is no moment of ours, and with thousands not even a number."""


class Sessions:
    """Makes and reads the cookie.

    A session is bound to the digest of its token: it ends when the token is taken away or replaced, and when somebody
    signs out.

    Args:
        key: signs it; the same in all workers.
        clock: tells the time, with its zone.
        ended: those that were signed out.
    """

    def __init__(self, key: bytes, clock: Callable[[], datetime], ended: EndedSessions | None = None) -> None:
        self._key = key
        self._clock = clock
        self._ended = ended or EndedSessions()

    def issue(self, token: TokenSettings) -> str:
        """The cookie of whoever showed this token."""
        expires = int(self._clock().timestamp()) + SECONDS
        said = f"{_encoded(token.name)}.{expires}.{secrets.token_urlsafe(9)}"
        return f"{said}.{self._signature(said, token)}"

    def read(self, cookie: str, tokens: Sequence[TokenSettings]) -> TokenSettings | None:
        """The token that was shown for this cookie; None where it is none of ours, or has run out."""
        said, _, signature = cookie.rpartition(".")
        parts = said.split(".")
        if len(parts) != _PARTS - 1 or not self._lasts(parts[1]):
            return None
        known = [token for token in tokens if _encoded(token.name) == parts[0]]
        stated = signature.encode()
        found = [token for token in known if hmac.compare_digest(self._signature(said, token).encode(), stated)]
        return found[0] if found and cookie not in self._ended else None

    def end(self, cookie: str) -> None:
        """Ends the session of a cookie that was read: whoever has kept it is unknown from now on."""
        self._ended.end(cookie, float(cookie.split(".")[1]), self._clock().timestamp())

    def csrf(self, cookie: str) -> str:
        """What a page of ours sends along with whatever it changes, and no other page can know."""
        return self._mac("csrf", cookie)

    def _lasts(self, expires: str) -> bool:
        """Whether the text is a moment that is yet to come."""
        is_moment = expires.isdecimal() and len(expires) <= _LONGEST_TIME
        return is_moment and int(expires) >= self._clock().timestamp()

    def _signature(self, said: str, token: TokenSettings) -> str:
        return self._mac("session", f"{said}|{token.sha256.lower()}")

    def _mac(self, purpose: str, text: str) -> str:
        return hmac.new(self._key, f"{purpose}|{text}".encode(), hashlib.sha256).hexdigest()


def _encoded(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")
