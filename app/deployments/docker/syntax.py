"""The syntax of Dockerfiles: instructions with the lines that go on, here-documents, words with quotes and references.

Source: the Dockerfile reference, "Format", "Environment replacement", "Here-Documents"; BuildKit's shell lexer.
"""

import re
from collections.abc import Callable, Iterator
from itertools import count

from msgspec import Struct

_DIRECTIVE = re.compile(r"#\s*escape\s*=\s*([\\`])\s*", re.IGNORECASE)
_HEREDOC = re.compile(r"(?<!<)<<(-?)(['\"]?)([A-Za-z_]\w*)\2")
_HOLDS_TEXT = frozenset({"RUN", "COPY", "ADD"})
_REFERENCE = re.compile(r"\$(?:\{(?P<braced>\w+)(?:(?P<operator>:?[-+?])(?P<rest>[^}]*))?\}|(?P<plain>\w+))")
_SPACE = " \t\v\f\r"

type LookUp = Callable[[str], str | None]
"""The value of a variable; None where only the build, or the base image, knows it.

Raises:
    KeyError: it is not set.
"""


class Instruction(Struct, frozen=True, kw_only=True):
    """One instruction, its name in capitals."""

    name: str
    rest: str
    line: int


class Dockerfile(Struct, frozen=True, kw_only=True):
    """The instructions of a file, and its escape character."""

    instructions: tuple[Instruction, ...]
    escape: str


def parse_dockerfile(text: str) -> Dockerfile:
    """A file's instructions."""
    lines = text.split("\n")
    found = _DIRECTIVE.fullmatch(lines[0].strip()) if lines else None
    escape = found[1] if found else "\\"
    return Dockerfile(instructions=tuple(_instructions(lines, escape)), escape=escape)


def _instructions(lines: list[str], escape: str) -> Iterator[Instruction]:
    numbered = zip(count(1), lines, strict=False)
    for first, line in numbered:
        said = line.strip()
        if not said or said.startswith("#"):
            continue
        pieces = [said]
        while pieces[-1].endswith(escape):
            pieces[-1] = pieces[-1][:-1]
            following = next((one for _, one in numbered if one.strip() and not one.lstrip().startswith("#")), "")
            pieces.append(following.rstrip())
        name, *rest = "".join(pieces).split(None, 1) or [""]
        instruction = Instruction(name=name.upper(), rest="".join(rest).strip(), line=first)
        _pass_over_texts(instruction, (one for _, one in numbered))
        yield instruction


def _pass_over_texts(instruction: Instruction, following: Iterator[str]) -> None:
    """Takes the here-documents of an instruction off the lines that follow it."""
    if instruction.name in _HOLDS_TEXT:
        for indented, _, end in _HEREDOC.findall(instruction.rest):
            any((line.lstrip("\t") if indented else line).rstrip("\r") == end for line in following)


def raw_words(text: str, escape: str) -> list[str]:
    """A text at its white space, with the quotes and escapes that it has."""
    found, word, quote, at = list[str](), "", "", 0
    while at < len(text):
        letter = text[at]
        if letter == escape and quote != "'" and at + 1 < len(text):
            word += text[at : at + 2]
            at += 2
            continue
        if letter in _SPACE and not quote:
            found += [word] if word else []
            word = ""
        else:
            quote = ("" if letter == quote else quote) if quote else (letter if letter in "'\"" else "")
            word += letter
        at += 1
    return [*found, word] if word else found


def expand(word: str, escape: str, look_up: LookUp) -> str | None:
    """A word without its quotes and escapes, with what its references stand for; None where one is not known here."""
    pieces, quote, at = list[str | None](), "", 0
    while at < len(word):
        letter = word[at]
        if quote == "'":
            quote = "" if letter == "'" else quote
            pieces.append(letter if quote else "")
        elif letter == escape and at + 1 < len(word):
            at += 1
            kept = quote and word[at] not in {'"', "$", escape}
            pieces.append(f"{letter}{word[at]}" if kept else word[at])
        elif letter == '"' or (letter == "'" and not quote):
            quote = "" if quote else letter
        elif letter == "$" and (found := _REFERENCE.match(word, at)):
            pieces.append(_referred(found, escape, look_up))
            at = found.end() - 1
        else:
            pieces.append(letter)
        at += 1
    return None if None in pieces else "".join(piece for piece in pieces if piece is not None)


def _referred(found: re.Match[str], escape: str, look_up: LookUp) -> str | None:
    """What `$NAME`, `${NAME}`, `${NAME:-word}` or `${NAME:+word}` stands for; what is not set is empty."""
    operator, rest = found["operator"] or "", found["rest"] or ""
    try:
        value = look_up(found["braced"] or found["plain"])
    except KeyError:
        return expand(rest, escape, look_up) if operator.endswith("-") else ""
    if value is None:
        return None
    is_set = bool(value) if operator.startswith(":") else True
    if operator.endswith("+"):
        return expand(rest, escape, look_up) if is_set else ""
    return value if is_set or not operator.endswith("-") else expand(rest, escape, look_up)
