"""Texts of strangers as they may be shown: what would not be seen, or would steer whoever shows it, as an escape.

The one place that presents names: terminals, logs, the formats of other programs and the page all take it. Else a line
end in a file's name makes a line of its own, and a mark that turns the direction hides what stands there.
Sources: Unicode's categories Cc, Cs, Zl, Zp and its property Default_Ignorable_Code_Point; XML 1.0, 2.2 (U+FFFE).
"""

import re

_UNSEEN = (
    r"\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_ANY = re.compile(f"[{_UNSEEN}]")
_BUT_LINE_ENDS = re.compile(rf"(?!\n)[{_UNSEEN}]")
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_LETTERS = {short[1]: letter for letter, short in _SHORT.items()}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U(0[0-9A-Fa-f]{7})|(.))", re.DOTALL)
_LAST = 0x10FFFF


def legible(text: str) -> str:
    """The text on one line: a name, a value, a message."""
    return _ANY.sub(_escaped, text)


def legible_lines(text: str) -> str:
    """The same of a text of ours that has several lines: what can be pasted, a trace."""
    return _BUT_LINE_ENDS.sub(_escaped, text)


def quoted(text: str) -> str:
    """The text as a basic string of TOML, which holds nothing that is not seen."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_ANY.sub(_as_in_toml, plain)}"'


def unquoted(text: str) -> str:
    """What stands between a basic string's quotation marks, its escapes read; what is no escape stands for itself."""
    return _ESCAPE.sub(_meant, text) if "\\" in text else text


def _escaped(found: re.Match[str]) -> str:
    letter = found[0]
    return "\\n" if letter == "\n" else f"\\x{ord(letter):02x}" if letter <= "\xff" else _as_in_toml(found)


def _as_in_toml(found: re.Match[str]) -> str:
    letter = found[0]
    code = ord(letter)
    return _SHORT.get(letter) or (f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}")  # noqa: PLR2004 - TOML's two


def _meant(found: re.Match[str]) -> str:
    digits = found[1] or found[2]
    if digits is None:
        return _LETTERS.get(found[3], found[3])
    code = int(digits, 16)
    return chr(code) if code <= _LAST else found[0]
