"""Source lines that may be shown: what is secret in them is masked, whether their file parses or not."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from app.core import dsn, limits
from app.core.layers import Path, Span
from app.core.secrecy import is_unguessable, secret_spans

_KEY = re.compile(
    r"""(?P<key>(?:(?<![A-Za-z0-9_-])[A-Za-z0-9_-]++|"(?:[^"\\]|\\.)*+"|'[^']*+')
    (?:\s*+\.\s*+(?:[A-Za-z0-9_-]++|"[^"]*+"|'[^']*+'))*+)\s*+=\s*+""",
    re.VERBOSE,
)
_HEADER = re.compile(r"(?P<before>\s*\[\[?\s*)(?P<name>[^\[\]=#]*)(?P<behind>\]{0,2})")
_BARE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_QUOTES = {
    "": re.compile(r"""\"{3}|'{3}|"[^"\\]*(?:\\.[^"\\]*)*"|'[^']*'|\#"""),
    '"""': re.compile(r'\\.|"{3}'),
    "'''": re.compile("'{3}"),
}
"""What to look for, by the quotation marks that are open: within a text hardly anything has a meaning."""
_STARS = "***"
_REMARK = re.compile(r"""((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^"'#])*)#.+""")
_INNER = r"""(?i)(pass(word|wd|phrase)?|pwd|secret|token|api_?key|access_?key|credential)\w*\W{0,6}[:=]"""


type Hides = Callable[[Path, object], bool]


class Source(Protocol):
    """A file as it was read; `parses` says whether `values` hold what it says."""

    @property
    def name(self) -> str:
        """The path relative to the project's root."""

    @property
    def lines(self) -> Sequence[str]:
        """The source lines."""

    @property
    def values(self) -> Mapping[str, Any]:
        """Its tables."""

    @property
    def parses(self) -> bool:
        """Whether the values hold what the file says."""

    def locate(self, path: Path) -> Span | None:
        """The position of a path of the values."""


class Excerpts:
    """The lines of a project's files as they may be shown.

    Args:
        hides: whether a value is a secret, by its key without the section.
        said: a text without the secrets that are known by heart.
        sectioned: whether the first part of a path in a file is a section.
    """

    def __init__(self, hides: Hides, said: Callable[[str], str], *, sectioned: bool) -> None:
        self._hides = hides
        self._said = said
        self._sectioned = sectioned
        self._structures: dict[str, Sequence[str | None]] = {}
        self._hidden: dict[str, Mapping[int, list[Span]]] = {}

    def line(self, source: Source, number: int) -> str | None:
        """One line, counted from 1, with stars for what is secret; None where nothing can be told about it."""
        if not 1 <= number <= len(source.lines):
            return None
        text = source.lines[number - 1]
        if len(text) > limits.LINE.figure:
            return None
        if not source.parses:
            return self._unparsed(source)[number - 1]
        if source.name not in self._hidden:
            self._hidden[source.name] = _by_line([*self._secrets(source, source.values, ()), *_forms(source)])
        for span in sorted(self._hidden[source.name].get(number, ()), key=lambda span: -span.column):
            text = _starred(text, span, number)
        return _inner(dsn.mask(self._said(text)))

    def _unparsed(self, source: Source) -> Sequence[str | None]:
        if source.name not in self._structures:
            self._structures[source.name] = _structure(source.lines)
        return self._structures[source.name]

    def _secrets(self, source: Source, value: Any, path: Path) -> Iterator[Span]:
        """The spans of all secret values."""
        if isinstance(value, Mapping):
            for key, item in value.items():
                yield from self._secrets(source, item, (*path, key))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._secrets(source, item, (*path, index))
        elif self._is_secret(path, value) and (span := source.locate(path)):
            yield span

    def _is_secret(self, path: Path, value: Any) -> bool:
        key = path[1:] if self._sectioned and len(path) > 1 else path
        return self._hides(key, value)


def _by_line(spans: Sequence[Span]) -> Mapping[int, list[Span]]:
    """The spans by each line that they touch."""
    found: dict[int, list[Span]] = {}
    for span in spans:
        for line in range(span.line, span.end_line + 1):
            found.setdefault(line, []).append(span)
    return found


def _forms(source: Source) -> Iterator[Span]:
    """The secrets of known forms that go over several lines; those on one line are found in it."""
    text = "\n".join(source.lines)
    for start, end in secret_spans(text):
        if "\n" in text[start:end]:
            (line, column), (end_line, end_column) = _place(text, start), _place(text, end)
            yield Span(line=line, column=column, end_line=end_line, end_column=end_column)


def _place(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _starred(text: str, span: Span, number: int) -> str:
    """The line with stars for a value that begins, goes on or ends in it; a key before it stays."""
    start = span.column - 1 if number == span.line else 0
    end = span.end_column - 1 if number == span.end_line else len(text)
    key = _KEY.match(text, start, end) if number == span.line else None
    return text[: key.end() if key else start] + _STARS + _without_remark(text[end:])


def _without_remark(text: str) -> str:
    """What stands behind a secret; a remark there may tell what the secret was, or will be."""
    found = _REMARK.fullmatch(text)
    return f"{found[1]}# …" if found else text


def unparsed(line: str) -> str | None:
    """A line of a file that does not parse: its structure, and nothing of what it says; None where it has none."""
    if header := _HEADER.match(line):
        return header["before"] + _open_name(header["name"]) + header["behind"]
    name, equals, _ = line.partition("=")
    indent = name[: len(name) - len(name.lstrip())]
    return f"{indent}{_open_name(name.strip())} = {_STARS}" if equals and name.strip(" \t") else None


def _open_name(name: str) -> str:
    """A name without quotes, which may be shown; what is in quotes may be anything."""
    shown = ".".join(part if _BARE.fullmatch(part.strip()) else _STARS for part in name.split("."))
    return dsn.mask_addresses(shown) if not any(map(is_unguessable, shown.split("."))) else _STARS


def _structure(lines: Sequence[str]) -> Sequence[str | None]:
    """The lines of a file that does not parse as they may be shown; the middle of a text is no structure."""
    shown: list[str | None] = []
    open_with = ""
    for line in lines:
        shown.append(None if open_with else unparsed(line))
        open_with = _left_open(line, open_with)
    return shown


def _left_open(line: str, quotes: str) -> str:
    """The quotation marks of the text of several lines that is open at a line's end; empty where none is.

    Args:
        line: what is read.
        quotes: those that are open where it begins.
    """
    position = 0
    while found := _QUOTES[quotes].search(line, position):
        mark, position = found[0], found.end()
        if mark == "#":
            break
        if mark in _QUOTES:
            quotes = "" if quotes else mark
    return quotes


def _inner(line: str) -> str:
    """The line with stars for a text in which a secret is named, as in JSON inside a value."""
    key = _KEY.search(line)
    is_text = key is not None and line[key.end() :].lstrip()[:1] in {"'", '"'}
    return line[: key.end()] + _STARS if key and is_text and re.search(_INNER, line[key.end() :]) else line
