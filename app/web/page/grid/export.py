"""The matrix as a file: what is seen of it, and no secret."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from app.core.layers import dotted, parse_key
from app.core.legible import legible
from app.reports import wire
from app.rules.kit.toml_text import toml_literal
from app.web.page.grid.columns import chosen
from app.web.page.matrix import CellView, cell, marked, passes
from app.web.page.query import Asked
from app.web.page.reading import PageReading
from app.web.page.wording import literal

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula. Source: OWASP, "CSV Injection"."""

MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json", "toml": "application/toml"}


def exported(reading: PageReading, asked: Asked) -> bytes:
    """The matrix as it is asked for, in the kind of file that is asked for.

    Raises:
        AssayError: the project cannot be used.
    """
    names = chosen(asked, reading.matrix.environments)
    rows, marks = marked(reading)
    shown = [row for row in rows if passes(row, _cells(row, names), asked, marked=row.key in marks)]
    return _WRITERS[asked.export](shown, names).encode()


def _cells(row: wire.MatrixRow, names: Sequence[str]) -> list[CellView]:
    return [cell(row, row.cells[name], {}) for name in names]


def _csv(rows: Sequence[wire.MatrixRow], names: Sequence[str]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["key", *map(_harmless, names)])
    for row in rows:
        writer.writerow([_harmless(row.key), *(_harmless(_told(row, row.cells[name])) for name in names)])
    return text.getvalue()


def _told(row: wire.MatrixRow, said: wire.MatrixCell) -> str:
    if said.state == "missing":
        return ""
    if row.secret and said.value is None and not said.unresolved:
        return "secret, set"
    if isinstance(said.value, str) and not said.opaque:
        return legible(said.value)
    return literal(said.value, opaque=said.opaque, unresolved=said.unresolved)


def _harmless(text: str) -> str:
    """The text as no spreadsheet takes it for a formula; a number is none."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _json(rows: Sequence[wire.MatrixRow], names: Sequence[str]) -> str:
    found = wire.Matrix(environments=list(names), rows=[_narrowed(row, names) for row in rows])
    return msgspec.json.format(wire.encode(found)).decode()


def _narrowed(row: wire.MatrixRow, names: Sequence[str]) -> wire.MatrixRow:
    return msgspec.structs.replace(row, cells={name: row.cells[name] for name in names})


def _toml(rows: Sequence[wire.MatrixRow], names: Sequence[str]) -> str:
    return "\n".join(filter(None, (toml_of(rows, name, name) for name in names)))


def toml_of(rows: Sequence[wire.MatrixRow], source: str, section: str) -> str:
    """What an environment has of some keys, as lines of another's section; a secret is named, and not shown.

    Args:
        rows: the keys.
        source: whose values.
        section: the section that they stand in.
    """
    having = [row for row in rows if row.cells[source].state != "missing"]
    paths = {row.key: parse_key(row.key) or (row.key,) for row in having}
    hidden = [row for row in having if _is_hidden(row.cells[source])]
    lists = {paths[row.key][: _length(paths[row.key])] for row in hidden}
    root: dict[str, Any] = {}
    for row in having:
        path = paths[row.key]
        if path[: _length(path)] not in lists:  # a list without one of its items would be another list
            _put(root, path, row.cells[source].value)
    told = [f"# {legible(row.key)} is {'a secret' if row.secret else 'not told here'}." for row in hidden]
    lines = [*told, *_lines(root, ())]
    return "\n".join([f"[{dotted((section,))}]", *lines, ""]) if lines else ""


def _is_hidden(said: wire.MatrixCell) -> bool:
    return said.value is None or said.opaque or "***" in str(said.value)


def _length(path: Sequence[str | int]) -> int:
    """How long the path of the first list is that it leads through; else its own length."""
    return next((number for number, part in enumerate(path) if isinstance(part, int)), len(path))


def _put(root: dict[str, Any], path: Sequence[str | int], value: Any) -> None:
    """Puts a value where its path leads; items of lists stand by their number until they are written."""
    node: dict[Any, Any] = root
    for part in path[:-1]:
        node = node.setdefault(part, {})
    node[path[-1]] = value


def _lines(node: Mapping[Any, Any], above: tuple[str | int, ...]) -> Iterator[str]:
    for part, value in node.items():
        path = (*above, part)
        if isinstance(value, dict) and value and not _is_list(value):
            yield from _lines(value, path)
        else:
            yield f"{dotted(path)} = {toml_literal(_whole(value))}"


def _whole(value: Any) -> Any:
    """The value with its lists as lists again."""
    if not isinstance(value, dict):
        return value
    if _is_list(value):
        return [_whole(value[number]) for number in sorted(value)]
    return {name: _whole(item) for name, item in value.items()}


def _is_list(value: Mapping[Any, Any]) -> bool:
    return bool(value) and all(isinstance(part, int) for part in value)


_WRITERS: Mapping[str, Callable[[Sequence[wire.MatrixRow], Sequence[str]], str]] = {
    "csv": _csv,
    "json": _json,
    "toml": _toml,
}
