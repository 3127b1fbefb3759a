"""The statements of a TOML file by the bytes where they stand: what positions are told by, and edits are made with."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import tomli
from msgspec import Struct

from app.core import limits
from app.core.layers import Path

if TYPE_CHECKING:
    from tree_sitter import Node

type Kind = Literal["scalar", "inline", "array"]

_TABLES = frozenset({"table", "table_array_element"})
_KEYS = frozenset({"bare_key", "quoted_key", "dotted_key"})
_HOLDERS: Mapping[str, Kind] = {"inline_table": "inline", "array": "array"}
_DEEPEST = limits.DEPTH.figure
"""What is below is not taken: a syntax tree may be deeper than Python's stack."""


class TomlStatement(Struct, frozen=True, kw_only=True):
    """`key = value`, or an item of an array.

    Attributes:
        path: from the file's root, as the file spells it.
        start: where the key begins; for an item, where the item does.
        value: where the value begins.
        end: one past the value's last byte.
        kind: what the value is.
        below: what stands inside an inline table or an array.
        comments: whether there are comments inside the value.
    """

    path: Path
    start: int
    value: int
    end: int
    kind: Kind
    below: "tuple[TomlStatement, ...]" = ()
    comments: bool = False

    def walk(self) -> "Iterator[TomlStatement]":
        """The statement and all inside it."""
        yield self
        for inner in self.below:
            yield from inner.walk()


class TomlTable(Struct, frozen=True, kw_only=True):
    """What stands under one header, or, without a header, above the first.

    Attributes:
        path: the header's, with the number of the element behind an array of tables.
        start: where the header begins; for the root the file's first byte.
        end: one past the header.
        is_item: whether it is an element of an array of tables.
        commented: whether a comment follows the header on its line.
    """

    path: Path
    start: int
    end: int
    is_item: bool = False
    commented: bool = False
    statements: tuple[TomlStatement, ...] = ()


class Outline(Struct, frozen=True, kw_only=True, dict=True):
    """A file's tables in their order, the root first; looked up again and again, for each of thousands of edits."""

    tables: tuple[TomlTable, ...]

    def statement(self, path: Path) -> TomlStatement | None:
        """The statement of exactly this path."""
        return self.by_path.get(path)

    @cached_property
    def by_path(self) -> Mapping[Path, TomlStatement]:
        """Every statement, those inside inline tables and arrays too, by its path; of two the first."""
        found: dict[Path, TomlStatement] = {}
        for statement in (one for table in self.tables for above in table.statements for one in above.walk()):
            found.setdefault(statement.path, statement)
        return found

    def header(self, path: Path) -> TomlTable | None:
        """The first table under a header of exactly this path."""
        return self._headers.get(path)

    @cached_property
    def _headers(self) -> Mapping[Path, TomlTable]:
        return {table.path: table for table in reversed(self.tables)}

    def last_related(self, path: Path) -> TomlTable | None:
        """Of the tables with headers whose paths begin most like this one, the last; None where none does."""
        beginnings = (path[:depth] for depth in range(len(path), 0, -1))
        return next((self._last[one] for one in beginnings if one in self._last), None)

    @cached_property
    def _last(self) -> Mapping[Path, TomlTable]:
        return {table.path[:depth]: table for table in self.tables[1:] for depth in range(1, len(table.path) + 1)}

    def dotted(self, table: Path) -> tuple[TomlStatement, int] | None:
        """The last dotted key that makes a table, where the first of them stand, and how long the path there is."""
        return self._dotted.get(table)

    @cached_property
    def _dotted(self) -> Mapping[Path, tuple[TomlStatement, int]]:
        found: dict[Path, tuple[TomlStatement, int]] = {}
        for path, statements in self._groups():
            here = {one.path[:depth]: one for one in statements for depth in range(len(path) + 1, len(one.path))}
            for table, last in here.items():
                found.setdefault(table, (last, len(path)))
        return found

    def _groups(self) -> Iterator[tuple[Path, tuple[TomlStatement, ...]]]:
        """Every group of statements that stand in one table, with its path."""
        yield from ((table.path, table.statements) for table in self.tables)
        yield from ((one.path, one.below) for one in self.by_path.values() if one.kind == "inline")

    def holder(self, statement: TomlStatement) -> TomlTable | TomlStatement:
        """What a statement of this outline stands in directly: a table, an inline table, or an array."""
        return self._holders[id(statement)]

    @cached_property
    def _holders(self) -> Mapping[int, TomlTable | TomlStatement]:
        found: dict[int, TomlTable | TomlStatement] = {}
        for table in self.tables:
            found |= dict.fromkeys(map(id, table.statements), table)
        for one in self.by_path.values():
            found |= dict.fromkeys(map(id, one.below), one)
        return found


def outline(raw: bytes) -> Outline:
    """The outline of a file, as far as it can be made out where the parser refuses it."""
    root, counts = syntax_root(raw), dict[Path, int]()
    pairs = tuple(_pair(node, ()) for node in root.children if node.type == "pair")
    tables = [_table(node, counts) for node in root.children if node.type in _TABLES]
    return Outline(tables=(TomlTable(path=(), start=0, end=0, statements=pairs), *tables))


def _table(node: "Node", counts: dict[Path, int]) -> TomlTable:
    children, line = node.children, node.start_point[0]
    key = next(child for child in children if child.type in _KEYS)
    closing = next((child for child in children if child.type in {"]", "]]"}), key)
    is_item = node.type == "table_array_element"
    path = _indexed(_key_parts(key)[: _DEEPEST + 1], counts, last=is_item)
    return TomlTable(
        path=path,
        start=node.start_byte,
        end=closing.end_byte,
        is_item=is_item,
        commented=any(child.type == "comment" and child.start_point[0] == line for child in children),
        statements=tuple(_pair(child, path) for child in children if child.type == "pair"),
    )


def _indexed(parts: tuple[str, ...], counts: dict[Path, int], *, last: bool) -> Path:
    """The header's path, with the number of the latest element behind each array of tables."""
    path: Path = ()
    for number, part in enumerate(parts, 1):
        path = (*path, part)
        if last and number == len(parts):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _pair(node: "Node", above: Path) -> TomlStatement:
    key, *_, value = children = node.children
    if key.type not in _KEYS or value.type == "comment":  # what the parser could not make out, or what stands around it
        key = next(child for child in children if child.type in _KEYS)
        value = next(child for child in reversed(children) if child.type != "comment")
    return _statement(value, (*above, *_key_parts(key)), key.start_byte)


def _statement(node: "Node", path: Path, start: int) -> TomlStatement:
    kind = _HOLDERS.get(node.type, "scalar")
    below: tuple[TomlStatement, ...] = ()
    if kind != "scalar" and len(path) <= _DEEPEST:
        below = _below(node, path, kind)
    commented = kind == "array" and any(child.type == "comment" for child in node.children)
    return TomlStatement(
        path=path,
        start=start,
        value=node.start_byte,
        end=node.end_byte,
        kind=kind,
        below=below,
        comments=commented or any(inner.comments for inner in below),
    )


def _below(node: "Node", path: Path, kind: Kind) -> tuple[TomlStatement, ...]:
    if kind == "inline":
        return tuple(_pair(child, path) for child in node.children if child.type == "pair")
    items = [child for child in node.children if child.is_named and child.type != "comment"]
    return tuple(_statement(item, (*path, number), item.start_byte) for number, item in enumerate(items))


def syntax_root(raw: bytes) -> "Node":
    """The syntax tree of a file's bytes."""
    import tree_sitter_toml  # noqa: PLC0415 - costs time that most runs need not spend
    from tree_sitter import Language, Parser  # noqa: PLC0415 - the same

    return Parser(Language(tree_sitter_toml.language())).parse(raw).root_node


def _key_parts(node: "Node") -> tuple[str, ...]:
    """The parts of a key, as the parser reads them."""
    if node.type == "dotted_key":
        return tuple(_part(child) for child in _simple_keys(node))
    return (_part(node),)


def _simple_keys(node: "Node") -> list["Node"]:
    """The parts of a dotted key, whose tree is as deep as it has dots."""
    found: list[Node] = []
    while node.type == "dotted_key":
        above, *rest = (child for child in node.children if child.type in _KEYS)
        found += reversed(rest)
        node = above
    return [node, *reversed(found)]


def _part(node: "Node") -> str:
    text = (node.text or b"").decode(errors="replace")
    return text if node.type == "bare_key" else next(iter(tomli.loads(f"{text}=0")))
