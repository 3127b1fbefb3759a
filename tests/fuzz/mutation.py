"""Inputs made from other inputs: bytes that are flipped, cut, doubled, put together, and words put in."""

from collections.abc import Callable, Sequence
from random import Random

LONGEST = 2048
"""Bytes; what is larger is the business of the tests of growth."""

_DEEPEST = 6
_REPEATED = (2, 3, 16, 64, 300)
_ODD = (
    b"\0", b"\n", b"\r\n", b"\t", b"\x1b[2J", b"\x7f", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xe2\x80\xa8",
    b"\xe2\x80\xae", b"\xe2\x80\x8b", b"\xe2\x81\xa6", b"\xc2\x85", b"\xf0\x9f\xa6\x84", b"-1", b"0", b"1e400", b"nan",
    b"99999999999999999999", b"\\", b'"', b"'", b'"""', b"{", b"}", b"[", b"]", b"[[", b"=", b",", b".", b":", b"::",
    b"%", b"%00", b"%0a", b"${", b"{{", b"@", b"@format {this.a}", b"<", b">", b"&", b"]]>", b"#", b"//", b"..", b" ",
    b"::error::", b"##[error]", b"\x00" * 8,
)  # fmt: skip

type Change = Callable[[Random, bytes, Sequence[bytes], Sequence[bytes]], bytes]


def mutated(random: Random, corpus: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    """One of the inputs, changed in a few places."""
    data = random.choice(corpus)
    for _ in range(random.randint(1, _DEEPEST)):
        data = random.choice(_CHANGES)(random, data, corpus, words)
    return data[:LONGEST]


def _put(data: bytes, at: int, word: bytes, over: int = 0) -> bytes:
    return data[:at] + word + data[at + over :]


def _flip(random: Random, data: bytes, _: Sequence[bytes], __: Sequence[bytes]) -> bytes:
    at = random.randrange(len(data) + 1)
    return _put(data, at, bytes([random.randrange(256)]), random.randint(0, 1))


def _cut(random: Random, data: bytes, _: Sequence[bytes], __: Sequence[bytes]) -> bytes:
    at = random.randrange(len(data) + 1)
    return _put(data, at, b"", random.choice((1, 2, 5, 20, 100)))


def _word(random: Random, data: bytes, _: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    at = random.randrange(len(data) + 1)
    return _put(data, at, random.choice(words or _ODD), random.choice((0, 0, 1, 4)))


def _odd(random: Random, data: bytes, _: Sequence[bytes], __: Sequence[bytes]) -> bytes:
    at = random.randrange(len(data) + 1)
    return _put(data, at, random.choice(_ODD), random.choice((0, 0, 1, 4)))


def _again(random: Random, data: bytes, _: Sequence[bytes], __: Sequence[bytes]) -> bytes:
    at = random.randrange(len(data) + 1)
    piece = data[at : at + random.choice((1, 1, 3, 12, 40))]
    return _put(data, at, piece * random.choice(_REPEATED))[:LONGEST]


def _moved(random: Random, data: bytes, _: Sequence[bytes], __: Sequence[bytes]) -> bytes:
    at, to = random.randrange(len(data) + 1), random.randrange(len(data) + 1)
    return _put(data, to, data[at : at + random.choice((1, 4, 16, 60))])


def _joined(random: Random, data: bytes, corpus: Sequence[bytes], _: Sequence[bytes]) -> bytes:
    other = random.choice(corpus)
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other) + 1) :]


_CHANGES: Sequence[Change] = (_flip, _cut, _word, _word, _odd, _again, _moved, _joined)
