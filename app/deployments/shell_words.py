"""Words as shells write and read them: in quotation marks of three kinds, or with backslashes.

Source: POSIX, "Quoting"; the Bash manual, "ANSI-C Quoting".
"""

import re

WORD = r"""(?:'[^']*'|\$'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\$`])*"|\\.|[^\s'"\\$`;&|<>()#])*+"""
"""A word that says all that it stands for, for patterns in which a dot is any character: no reference, no command."""

_PIECE = re.compile(r"""'([^']*)'|\$'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^'"\\$]+)""", re.DOTALL)
_IN_QUOTES = re.compile(r'\\([$`"\\\n])')
_ANSI = re.compile(rb"(?s)\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|c(.)|(.))")
_LETTERS = dict(zip(b"abeEfnrtv", b"\a\b\x1b\x1b\f\n\r\t\v", strict=True))


def unquoted(word: str) -> str:
    """What a shell makes of such a word."""
    return "".join(map(_said, _PIECE.finditer(word)))


def _said(piece: re.Match[str]) -> str:
    single, ansi, double, escaped, plain = piece.groups()
    if ansi is not None:
        return _ANSI.sub(_byte, ansi.encode()).decode(errors="replace")
    if double is not None:
        return _IN_QUOTES.sub(_unescaped, double)
    return next(said for said in (single, plain, _continued(escaped)) if said is not None)


def _unescaped(found: re.Match[str]) -> str:
    return _continued(found[1]) or ""


def _continued(escaped: str | None) -> str | None:
    """What stands behind a backslash; of a line that goes on, nothing."""
    return "" if escaped == "\n" else escaped


def _byte(found: re.Match[bytes]) -> bytes:
    octal, short, four, eight, control, letter = found.groups()
    if octal or short:
        return bytes([int(octal, 8) & 0xFF if octal else int(short, 16)])
    if four or eight:
        return chr(min(int(four or eight, 16), 0x10FFFF)).encode(errors="replace")
    return bytes([control[0] & 0x1F if control else _LETTERS.get(letter[0], letter[0])])
