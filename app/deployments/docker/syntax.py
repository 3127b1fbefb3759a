"""The syntax of Dockerfiles: instructions with the lines that go on, here-documents, words with quotes and references.

Source: the Dockerfile reference, "Format", "Environment replacement", "Here-Documents"; BuildKit's shell lexer.
"""

import re
from collections.abc import Callable, Iterator
from itertools import count, takewhile

from msgspec import Struct

from app.core import limits
from app.deployments.docker.patterns import UnreadPatternError, changed

_DIRECTIVE = re.compile(r"#\s*(?P<name>[A-Za-z][A-Za-z0-9]*)\s*=\s*(?P<value>.+)")
_HEREDOC = re.compile(r"(?<!<)<<(-?)(['\"]?)([A-Za-z_]\w*)\2")
_HOLDS_TEXT = frozenset({"RUN", "COPY", "ADD"})
_PLAIN = re.compile(r"\w+")
_BRACED = re.compile(r"\{(?P<name>\w+)(?:\}|(?P<operator>:?[-?+]|##?|%%?|//?))")
_SPACE = " \t\v\f\r"

type LookUp = Callable[[str], str | None]
"""The value of a variable; None where only the build, or the base image, knows it.

Raises:
    KeyError: it is not set.
"""


class UnreadReferenceError(Exception):
    """A reference that the build alone works out, or refuses: its brace stays open, or a pattern is none."""


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
    escape = _directives(lines).get("escape", "\\")
    escape = escape if escape in {"\\", "`"} else "\\"
    return Dockerfile(instructions=tuple(_instructions(lines, escape)), escape=escape)


def _directives(lines: list[str]) -> dict[str, str]:
    """What the first lines say to the parser; behind any other line, a comment or an empty one, nothing does."""
    said = takewhile(bool, (_DIRECTIVE.fullmatch(line.strip()) for line in lines))
    return {found["name"].lower(): found["value"] for found in said if found}


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
    """A word without its quotes and escapes, with what its references stand for; None where one is not known here.

    Raises:
        UnreadReferenceError: one is of a form that is not read.
    """
    return _Expansion(word, escape, look_up).until("")


class _Expansion:
    """A word that is being expanded, once from its beginning to its end, whatever stands in what."""

    def __init__(self, word: str, escape: str, look_up: LookUp) -> None:
        self._word, self._escape, self._look_up = word, escape, look_up
        self._at = self._depth = 0

    def until(self, stop: str, *, is_pattern: bool = False) -> str | None:
        """What stands before a stop outside of quotes, which is passed, or before the end; a pattern keeps escapes."""
        pieces, quote = list[str | None](), ""
        while (letter := self._next()) and (quote or letter != stop):
            if quote == "'":
                quote = "" if letter == "'" else quote
                pieces.append(letter if quote else "")
            elif letter == self._escape and self._at < len(self._word):
                escaped = self._next()
                kept = is_pattern or (quote and escaped not in {'"', "$", self._escape})
                pieces.append(f"{letter}{escaped}" if kept else escaped)
            elif letter == '"' or (letter == "'" and not quote):
                quote = "" if quote else letter
            else:
                pieces.append(self._reference() if letter == "$" else letter)
        if letter != stop:
            raise UnreadReferenceError
        return None if None in pieces else "".join(piece for piece in pieces if piece is not None)

    def _next(self) -> str:
        self._at += 1
        return self._word[self._at - 1 : self._at]

    def _reference(self) -> str | None:
        """What `NAME`, `{NAME}`, `{NAME:-word}` or `{NAME:+word}` behind a dollar sign stands for."""
        if found := _PLAIN.match(self._word, self._at):
            self._at = found.end()
            return self._referred(found[0], "", "")
        if not self._word.startswith("{", self._at):
            return "$"
        found = _BRACED.match(self._word, self._at)
        if found is None or self._depth >= limits.DEPTH.figure:
            raise UnreadReferenceError
        self._at, self._depth = found.end(), self._depth + 1
        operator = found["operator"] or ""
        replaced = self.until("/", is_pattern=True) if operator.startswith("/") else ""
        rest = self.until("}", is_pattern=operator[:1] in set("#%/")) if operator else ""
        self._depth -= 1
        if operator[:1] in set("#%/"):
            pattern, replacement = (replaced, rest) if operator.startswith("/") else (rest, "")
            return self._changed(found["name"], operator, pattern, replacement)
        return self._referred(found["name"], operator, rest)

    def _changed(self, name: str, operator: str, pattern: str | None, replacement: str | None) -> str | None:
        """The value of a variable without what a pattern matches, or with something else there."""
        value = self._referred(name, "", "")
        if value is None or pattern is None or replacement is None:
            return None
        try:
            return changed(value, operator, pattern, replacement)
        except UnreadPatternError:
            raise UnreadReferenceError from None

    def _referred(self, name: str, operator: str, rest: str | None) -> str | None:
        """What is not set is empty, unless the build refuses that."""
        try:
            value = self._look_up(name)
        except KeyError:
            return {"-": rest, "?": None}.get(operator[-1:], "")
        if value is None:
            return None
        is_set = bool(value) or not operator.startswith(":")
        if operator.endswith("+"):
            return rest if is_set else ""
        return value if is_set else rest if operator.endswith("-") else None
