"""Keys as people write them, and their one spelling."""

import contextlib
from collections.abc import Iterator

from app.core.layers import dotted, fold, parse_key, stem

from .engine import Target, Try

_SEEDS = (b"database.pool.size", b"cors.allow_origins[0]", b'a."b.c"[1][2].d', b'"a\\"b\\\\".c', b"A.B-C_d")
_WORDS = (b".", b"[", b"]", b'"', b"\\", b"[0]", b"[99999999999999999999]", b'"."', b"..")


def _attempt(data: bytes) -> None:
    path = parse_key(data.decode(errors="surrogateescape"))
    if path is not None:
        spelled = dotted(path)
        assert parse_key(spelled) == path, spelled
        assert dotted(stem(path)) == spelled[: len(dotted(stem(path)))]
        assert fold(fold(path)) == fold(path)


@contextlib.contextmanager
def opened() -> Iterator[Try]:
    """The functions themselves."""
    yield _attempt


TARGET = Target(seeds=_SEEDS, words=_WORDS, opened=opened, usual=4000)
