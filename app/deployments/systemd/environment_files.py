"""The files that systemd's `EnvironmentFile=` names: assignments with quotes, escapes and lines that go on.

Source: systemd.exec(5), "EnvironmentFile=", and `parse_env_file` of systemd 254 and newer.
"""

import re
from collections.abc import Iterator

from app.core.deployment import DeployedVariable
from app.deployments.telling import spot

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ESCAPED_IN_QUOTES = frozenset('"\\`$')
_SPACE = " \t"
_END = re.compile(r"[\n\r]")


def read_environment_file(text: str, file: str, via: str) -> list[DeployedVariable]:
    """The variables of such a file; what stands there is not for everybody's eyes.

    Args:
        text: what it says.
        file: its name, relative to the root.
        via: what names it.
    """
    return [
        DeployedVariable(name=name, value=value, origin=spot(file, line, 1, name, via), secret=True)
        for line, name, value in _assignments(text)
        if _NAME.fullmatch(name)
    ]


def _assignments(text: str) -> Iterator[tuple[int, str, str]]:
    """Each assignment with its line; a line without an equals sign says nothing."""
    at, line = 0, 1
    while at < len(text):
        end = _line_end(text, at)
        said = text[at:end]
        start = len(said) - len(said.lstrip(_SPACE))
        equals = said.find("=", start + 1)  # what a line begins with is a part of a name, whatever it is
        if said[start : start + 1] in {"#", ";"} or equals < 0:
            line += text.count("\n", at, end + 1)
            at = end + 1
            continue
        value, at_ = _value(text, at + equals + 1)
        yield line, said[start:equals].rstrip(_SPACE), value
        line += text.count("\n", at, at_)
        at = at_


def _line_end(text: str, at: int) -> int:
    found = _END.search(text, at)
    return found.start() if found else len(text)


def _value(text: str, at: int) -> tuple[str, int]:
    """A value, and where what follows its line begins: quoted pieces, then the rest as it stands."""
    pieces: list[str] = []
    while at < len(text) and (letter := text[at]) not in "\n\r":
        if letter in _SPACE:
            at += 1
        elif letter == "'":
            end = text.find("'", at + 1)
            end = end if end >= 0 else len(text)
            pieces.append(text[at + 1 : end])
            at = end + 1
        elif letter == '"':
            piece, at = _double_quoted(text, at + 1)
            pieces.append(piece)
        else:
            piece, at = _unquoted(text, at)
            return "".join([*pieces, piece]), at + 1
    return "".join(pieces), at + 1


def _double_quoted(text: str, at: int) -> tuple[str, int]:
    letters: list[str] = []
    while at < len(text) and (letter := text[at]) != '"':
        if letter == "\\":
            at += 1
            escaped = text[at : at + 1]
            letters.append(escaped if escaped in _ESCAPED_IN_QUOTES else f"\\{escaped}" if escaped.strip("\n") else "")
        else:
            letters.append(letter)
        at += 1
    return "".join(letters), at + 1


def _unquoted(text: str, at: int) -> tuple[str, int]:
    """Up to the line's end, without the white space before it; a backslash keeps what follows it, but for the end."""
    letters, kept = list[str](), 0
    while at < len(text) and (letter := text[at]) not in "\n\r":
        if letter == "\\":
            at += 1
            letters += [] if text[at : at + 1] in {"\n", "\r", ""} else [text[at]]
            kept = len(letters)
        else:
            letters.append(letter)
            kept = len(letters) if letter not in _SPACE else kept
        at += 1
    return "".join(letters[:kept]), at
