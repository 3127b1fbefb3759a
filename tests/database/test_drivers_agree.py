"""What Assay reads in a URL is what the drivers read in it: SQLAlchemy with its asyncpg dialect, and asyncpg itself.

Where Assay reads a URL, both read the same parts in it. Where it refuses one, one of them refuses it too, or they read
different things, or the reason is among `STRICTER`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from asyncpg.connect_utils import _parse_connect_dsn_and_args
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import make_url

from app.core import dsn
from app.core.errors import TargetError
from app.core.tree import Tree
from app.rules.kit.drivers import url_of
from app.rules.kit.subject import EnvironmentContext

EXAMPLES = 300
SUBJECT = EnvironmentContext(tree=Tree(environment="e", leaves=()), production=True, active=True)


@dataclass(frozen=True, kw_only=True)
class Read:
    """What a URL says; what it does not say, and an empty text, is None."""

    host: str | None = None
    port: int | None = None
    username: str | None = None
    password: str | None = None
    name: str | None = None


STRICTER: Mapping[str, str] = {
    r"%(?![0-9A-Fa-f]{2})|%00": "libpq refuses an escape that is none, and a NUL; the others take the text as it is",
    r":[^@/?]*@[^?]*/[^?]*@": "a raw @ behind a login most likely belongs to the password",
    r":[^@/]*/[^?]*@": "what stands before a raw @ behind the path most likely is a login",
    r"(?:@|\A)[^/?@]*:(0+|\d{5,}|[^\d/?]+[^/?]*|\d+\D[^/?]*)(?=[/?]|\Z)": "no socket has such a port",
    r"\?(.*&)?(user|password)=": "of two logins the drivers take different ones",
}
"""Where Assay refuses what every driver here reads alike, by what the URL holds, and why."""


def with_sqlalchemy(rest: str) -> Read | None:
    """What SQLAlchemy hands to asyncpg; None where it refuses the URL."""
    try:
        _, said = PGDialect_asyncpg().create_connect_args(make_url(f"postgresql+asyncpg://{rest}"))
    except Exception:  # noqa: BLE001 - whatever it raises, it does not read it
        return None
    return Read(
        host=said.get("host") or None,
        port=said.get("port"),
        username=said.get("user") or None,
        password=said.get("password") or None,
        name=said.get("database") or None,
    )


def with_asyncpg(rest: str) -> Read | None:
    """What asyncpg makes of the URL; None where it refuses it. What it puts in the place of silence is left out."""
    names = ("host", "port", "user", "password", "passfile", "database", "service", "servicefile", "server_settings",
             "target_session_attrs", "krbsrvname", "gsslib")  # fmt: skip
    nothing = dict.fromkeys(names)
    try:
        addresses, said = _parse_connect_dsn_and_args(
            dsn=f"postgresql://{rest}", direct_tls=False, ssl="disable", **nothing
        )
    except Exception:  # noqa: BLE001 - as above
        return None
    host, port = addresses[0] if isinstance(addresses[0], tuple) else (None, None)
    return Read(host=host, port=port, username=said.user, password=said.password or None, name=said.database)


def with_assay(rest: str) -> Read | None:
    """What Assay reads; None where it refuses the URL."""
    try:
        parts = dsn.parse(f"postgresql://{rest}")
    except TargetError:
        return None
    host, port = parts.hosts[0] if parts.hosts else (None, None)
    return Read(host=host or None, port=port, username=parts.username, password=parts.password or None, name=parts.name)


def same(ours: Read, theirs: Read) -> bool:
    """Whether all that Assay reads is read there too, and nothing else but what stands in the place of silence."""
    defaults = {"port": 5432}
    for part in ("host", "port", "username", "password", "name"):
        mine, other = getattr(ours, part), getattr(theirs, part)
        silent = part in {"username", "name", "host"} and mine is None
        if mine != other and not silent and not (mine is None and other == defaults.get(part)):
            return False
    return True


PASSWORD = st.lists(
    st.sampled_from(["p", "W7", "%40", "%2F", "%25", "%3a", "%C3%A9", "é", "1", ":", "@", "/", "?", "#", "[", "]", "%",
                     "%zz", "&", "=", "+", "~", "!", "$", "-", "."]),
    min_size=1, max_size=6,
).map("".join)  # fmt: skip
LOGIN = st.one_of(
    st.just(""),
    st.sampled_from(["u@", "%75@", "a.b@", "u:@"]),
    st.tuples(st.sampled_from(["u", "u%40x", "ü", ""]), PASSWORD).map(lambda both: f"{both[0]}:{both[1]}@"),
)
HOST = st.sampled_from(["h", "db.x.example", "10.9.9.9", "[::1]", "[2001:db8::1]", "H.Ex", "h_1", "h-1", ""])
PORT = st.sampled_from(["", "", ":5432", ":1", ":65535", ":65536", ":0", ":99999", ":x", ":", ":5 ", ":+5"])
NAME = st.sampled_from(["", "/", "/d", "/d%20x", "/d%2Fe", "/d/e", "/ü", "/na@me", "/d-1"])
QUERY = st.sampled_from(["", "", "?", "?target_session_attrs=any", "?a", "?user=v", "?password=other", "?x=y%zz"])
RESTS = st.tuples(LOGIN, HOST, PORT, NAME, QUERY).map("".join)


@pytest.fixture(autouse=True)
def without_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """asyncpg looks things up that stand in no URL."""
    for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)


@settings(max_examples=EXAMPLES)
@example("q:pa/ss@10.9.9.9/x")
@example("u:p[q]@h/d")
@example("h:5/na@me")
@example("u@h:/d")
@given(RESTS)
def test_what_assay_reads_the_drivers_read_alike(rest: str) -> None:
    ours = with_assay(rest)
    assume(ours is not None)
    assert ours is not None
    theirs = with_asyncpg(rest)
    assert theirs is not None
    assert same(ours, theirs), (ours, theirs)
    url = url_of(SUBJECT, f"postgresql+asyncpg://{rest}")
    if url is not None and not list(url.faults):
        handed = with_sqlalchemy(rest)
        assert handed is not None
        assert same(ours, handed), (ours, handed)


@settings(max_examples=EXAMPLES)
@given(RESTS)
def test_what_assay_refuses_the_drivers_refuse_or_read_differently(rest: str) -> None:
    assume(with_assay(rest) is None)
    theirs, handed = with_asyncpg(rest), with_sqlalchemy(rest)
    agree = theirs is not None and handed is not None and same(handed, theirs)
    reasons = [why for pattern, why in STRICTER.items() if re.search(pattern, rest)]
    assert not agree or reasons, (theirs, handed)


@pytest.mark.parametrize(
    ("rest", "pattern"),
    list(zip(["u:%zz@h/d", "u:p@h/na@me", "h:5/na@me", "u:p@h:0/d", "u:p@h/d?password=q"], STRICTER, strict=True)),
)
def test_each_reason_to_be_stricter_has_its_case(rest: str, pattern: str) -> None:
    assert with_assay(rest) is None
    assert with_asyncpg(rest) is not None
    assert re.search(pattern, rest)
