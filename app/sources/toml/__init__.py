"""TOML files: values by tomli, positions by tree-sitter, and only when somebody asks for one.

tomli accepts and refuses what Dynaconf's parser does. tree-sitter accepts more than any parser, so nothing but
positions comes from it; its columns are UTF-8 bytes, ours are characters.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

import tomli
from msgspec import Struct

from app.core import limits
from app.core.findings import Fault
from app.core.layers import Origin, Path, Span, fold
from app.core.opening import Bounds, OutsideError, read_file, remedy, why
from app.sources.toml.mistakes import mistake
from app.sources.toml.spans import spans_of

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


class TomlDocument(Struct, frozen=True, kw_only=True, dict=True):
    """One TOML file as it was read.

    Attributes:
        name: the path relative to the project's root, with `/`.
        text: the whole text; empty where it could not be read.
        values: its tables; empty where there is a fault.
    """

    name: str
    text: str
    values: Mapping[str, Any]
    fault: Fault | None = None

    @cached_property
    def spans(self) -> Mapping[Path, Span]:
        """The position of every key, table and list item, by its path."""
        return dict(spans_of(self.text))

    @cached_property
    def _folded(self) -> Mapping[Path, Span]:
        return {fold(path): span for path, span in self.spans.items()}

    def locate(self, path: Path) -> Span | None:
        """From the key (for a list item: the item) to one past the end of its value; None where it is not there.

        Of several spellings the path's own counts, else the last.
        """
        return self.spans.get(path) or self._folded.get(fold(path))

    @property
    def parses(self) -> bool:
        """Whether `values` hold what the file says."""
        return self.fault is None

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """The names of its top-level tables; of a file that does not parse, as far as they can be made out."""
        if self.fault is None:
            return tuple(name for name, table in self.values.items() if isinstance(table, dict))
        from app.sources.toml.headers import section_names  # noqa: PLC0415 - most files parse

        return tuple(section_names(self.text))

    @cached_property
    def lines(self) -> list[str]:
        """The source lines, without their ends."""
        return self.text.split("\n")


_LONG = re.compile(rf"""(?<![\w"'-])[+-]?\d[\d_]{{{limits.DIGITS.figure},}}""")


def read(path: FilePath, name: str, bounds: Bounds, known: TomlDocument | None = None) -> TomlDocument:
    """Read one file; what is wrong with it becomes its fault.

    Args:
        path: where it lies.
        name: what it is called.
        bounds: where it must lie.
        known: what it was when it was read before; that same object is the answer where it still says the same.

    Source: TOML 1.0, which is UTF-8 by definition; Dynaconf refuses a byte-order mark.
    """
    try:
        raw = read_file(path, bounds)
        return known if known and _says(known, raw) else decode(raw, name)
    except OSError as error:
        rule = "SRC026" if isinstance(error, OutsideError) else "SRC001"
        fix = remedy(error, "Make it a readable file.")
        return _faulty(name, "", rule, f"{name} cannot be read: {why(error)}", fix, hides="cannot be read")


def _says(known: TomlDocument, raw: bytes) -> bool:
    """Whether these bytes would give the same document; a file with carriage returns is taken for another one."""
    return known.fault is None and b"\r" not in raw and known.text.encode() == raw


def decode(raw: bytes, name: str) -> TomlDocument:
    """The document of a file's bytes; what is wrong with them becomes its fault."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode()
        message = f"{name} is not UTF-8: byte 0x{raw[error.start]:02x}"
        shown = raw.decode(errors="replace")
        place = _point(good, len(good))
        return _faulty(name, shown, "SRC003", message, "Save it as UTF-8.", place, hides="is not UTF-8")
    if text.startswith(_BOM):
        message = f"{name} begins with a byte-order mark"
        fix = "Save it as UTF-8 without a byte-order mark."
        return _faulty(name, text, "SRC003", message, fix, _point(text, 0), hides="begins with a byte-order mark")
    return parse(text, name)


def parse(text: str, name: str) -> TomlDocument:
    """The document of a text."""
    text = text.replace("\r\n", "\n")
    try:
        values = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        wrong = mistake(error, text)
        message = f"{name} does not parse: {wrong.message}"
        return _faulty(name, text, "SRC002", message, wrong.fix, wrong.span)
    except RecursionError:
        return beyond(name, text, limits.Excess(limits.DEPTH), parses=False)
    except ValueError:
        return beyond(name, text, limits.Excess(limits.DIGITS), parses=False)
    found = limits.excess(values) or _too_many(values)
    return beyond(name, text, found) if found else TomlDocument(name=name, text=text, values=values)


def _too_many(values: Mapping[str, Any]) -> limits.Excess | None:
    return limits.Excess(limits.SECTIONS) if len(values) > limits.SECTIONS.figure and _has_many(values) else None


def _has_many(values: Mapping[str, Any]) -> bool:
    return sum(isinstance(table, dict) for table in values.values()) > limits.SECTIONS.figure


def beyond(name: str, text: str, found: limits.Excess, *, parses: bool = True) -> TomlDocument:
    """The document of a file that goes beyond a limit: nothing of it counts, and who needs it is not judged."""
    fix = "Split it, or take out what is no setting."
    if found.limit is limits.DIGITS:
        fix = "Write the number as a text."
    elif found.limit in {limits.DEPTH, limits.KEY}:
        fix = "Flatten it, and shorten its keys."
    breach, place = found.limit.breach, _place_of(text, found)
    if not parses:  # the application's own parser refuses it as well
        return _faulty(name, text, "SRC002", f"{name} does not parse: it {breach}", fix, place)
    return _faulty(name, text, "SRC027", f"{name} {breach}", fix, place, hides=breach)


def _place_of(text: str, found: limits.Excess) -> Span | None:
    """Where that stands, as far as it can be told without reading what is too much."""
    if found.limit is limits.DIGITS:
        long = _LONG.search(text)
        return _point(text, long.start()) if long else dict(spans_of(text)).get(found.path)
    if found.limit is limits.DEPTH:
        return next((span for path, span in spans_of(text) if len(path) >= limits.DEPTH.figure), None)
    return dict(spans_of(text)).get(found.path) if found.limit is limits.KEY else None


def _faulty(
    name: str, text: str, rule: str, message: str, fix: str, span: Span | None = None, *, hides: str = "does not parse"
) -> TomlDocument:
    origin = Origin(kind="file", file=name, span=span)
    fault = Fault(rule=rule, message=f"{message}.", fix=fix, origin=origin, hides=hides)
    return TomlDocument(name=name, text=text, values={}, fault=fault)


def _point(text: str, index: int) -> Span:
    line = text.count("\n", 0, index) + 1
    column = index - (text.rfind("\n", 0, index) + 1) + 1
    return Span(line=line, column=column, end_line=line, end_column=column + 1)
