"""Connection URLs and libpq's strings: taken apart, masked, put together again."""

import contextlib
from collections.abc import Iterator

from app.core import dsn
from app.core.errors import TargetError

from .engine import CANARY, Target, Try
from .promises import kept

_SECRET = CANARY.encode()
_SEEDS = (
    b"postgresql://app:" + _SECRET + b"@db.example:5432/orders?sslmode=verify-full",
    b"postgresql+asyncpg://app:" + _SECRET + b"@[::1]:5432,b.example/orders?ssl=require&target_session_attrs=primary",
    b"postgres://db.example/orders?user=app&password=" + _SECRET,
    b"host=db.example port=5432 user=app password=" + _SECRET + b" dbname=orders",
    b"host=a,b port=1,2 password='" + _SECRET + b"' options='-c a=b'",
    b"redis://:" + _SECRET + b"@cache.example:6379/0",
    b"mysql+pymysql://root:" + _SECRET + b"@h/x?charset=utf8mb4",
    b"postgresql://%2Frun%2Fpostgresql/orders?host=/run",
    b"sqlite:///x.db",
)
_WORDS = (
    b"://", b"@", b":", b"/", b"?", b"&", b"=", b"#", b"%40", b"%2F", b"%", b",", b"[", b"]", b"::1", b"password=",
    b"sslmode=", b"host=", b"port=", b"postgresql", b"connect_timeout=", b"channel_binding=", b"options=", b"'", b"\\",
)  # fmt: skip


def _attempt(data: bytes) -> None:
    text = data.decode(errors="replace")
    shown = dsn.mask(text)
    dsn.looks_like_dsn(text)
    try:
        dsn.database_parts(text)
        dsn.heeded(text)
    except TargetError as error:
        if text.startswith(("postgres", "host=")) and text.count(CANARY) == 1 and f":{CANARY}@" in text:
            kept(error.message, error.fix, *error.errors, *error.errors.values())
    try:
        parts = dsn.parse(text)
    except TargetError:
        return
    if all(host for host, _ in parts.hosts):
        assert dsn.parse(dsn.unparse(parts)) == parts
    if parts.password == CANARY and text.count(CANARY) == 1:
        kept(shown)


@contextlib.contextmanager
def opened() -> Iterator[Try]:
    """The functions themselves."""
    yield _attempt


TARGET = Target(seeds=_SEEDS, words=_WORDS, opened=opened, usual=4000)
