"""Tokens and cookies: nobody is known but by what we have given out."""

import contextlib
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

from app.settings.auth import TokenSettings
from app.web.http.problems import ProblemError
from app.web.security.access import identify
from app.web.security.sessions import Sessions

from .engine import Target, Try

_TOKEN = "a-token-of-the-tests"
_TOKENS = [TokenSettings(name="ci", role="viewer", sha256=hashlib.sha256(_TOKEN.encode()).hexdigest())]
_SESSIONS = Sessions(b"k" * 32, lambda: datetime(2026, 7, 1, tzinfo=UTC))
_COOKIE = _SESSIONS.issue(_TOKENS[0])
_GIVEN = {_COOKIE.encode(), _TOKEN.encode()}
_SEEDS = (
    b"authorization: Bearer " + _TOKEN.encode(),
    b"cookie: a=b; assay_session=" + _COOKIE.encode() + b"; c=d",
    b"cookie: assay_session=" + _COOKIE.encode() + b"\nx-forwarded-for: 127.0.0.1",
    b"authorization: bearer x\ncookie: assay_session=a.b.c.d",
)
_WORDS = (b"assay_session=", b"; ", b"bearer ", b"Bearer ", b"Basic ", b".", b"=", b'"', b"authorization: ", b"\ncookie: ",
          b"9999999999", _COOKIE.encode())  # fmt: skip


def _attempt(data: bytes) -> None:
    pairs = (line.partition(b": ") for line in data.split(b"\n"))
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, _, value in pairs}
    try:
        found = identify(headers, "127.0.0.1", _TOKENS, _SESSIONS)
    except ProblemError as error:
        assert error.status_code in {401, 403}  # noqa: PT017 - which of them, the tests of access say
        return
    assert found.name == "ci"
    assert any(given in data for given in _GIVEN), "somebody is known by what nobody was given"


@contextlib.contextmanager
def opened() -> Iterator[Try]:
    """The reader of headers."""
    yield _attempt


TARGET = Target(seeds=_SEEDS, words=_WORDS, opened=opened, usual=4000)
