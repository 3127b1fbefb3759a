"""The statements of a TOML file by the bytes where they stand, so that an edit can leave all others alone."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from app.core.layers import Path
from app.sources.toml import key_parts, syntax_root

if TYPE_CHECKING:
    from tree_sitter import Node

_TABLES = frozenset({"table", "table_array_element"})
_KEYS = frozenset({"bare_key", "quoted_key", "dotted_key"})


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
    kind: Literal["scalar", "inline", "array"]
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


class Outline(Struct, frozen=True, kw_only=True):
    """A file's tables in their order, the root first."""

    tables: tuple[TomlTable, ...]

    def statement(self, path: Path) -> TomlStatement | None:
        """The statement of exactly this path."""
        return next((found for found in self.statements() if found.path == path), None)

    def statements(self) -> Iterator[TomlStatement]:
        """Every statement, those inside inline tables and arrays too."""
        for table in self.tables:
            for statement in table.statements:
                yield from statement.walk()

    def holder(self, statement: TomlStatement) -> TomlTable | TomlStatement:
        """What a statement stands in directly: a table, an inline table, or an array."""
        holders: list[TomlTable | TomlStatement] = [*self.tables, *self.statements()]
        return next(
            held for held in holders if statement in (held.statements if isinstance(held, TomlTable) else held.below)
        )


def outline(raw: bytes) -> Outline:
    """The outline of a file that the parser accepts."""
    root, counts = syntax_root(raw), dict[Path, int]()
    pairs = tuple(_pair(node, ()) for node in root.children if node.type == "pair")
    tables = [_table(node, counts) for node in root.children if node.type in _TABLES]
    return Outline(tables=(TomlTable(path=(), start=0, end=0, statements=pairs), *tables))


def _table(node: "Node", counts: dict[Path, int]) -> TomlTable:
    key = next(child for child in node.children if child.type in _KEYS)
    closing = next(child for child in node.children if child.type in {"]", "]]"})
    is_item = node.type == "table_array_element"
    path = _indexed(key_parts(key), counts, last=is_item)
    line = node.start_point[0]
    return TomlTable(
        path=path,
        start=node.start_byte,
        end=closing.end_byte,
        is_item=is_item,
        commented=any(child.type == "comment" and child.start_point[0] == line for child in node.children),
        statements=tuple(_pair(child, path) for child in node.children if child.type == "pair"),
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
    key = next(child for child in node.children if child.type in _KEYS)
    value = next(child for child in reversed(node.children) if child.type != "comment")
    return _statement(value, (*above, *key_parts(key)), key.start_byte)


def _statement(node: "Node", path: Path, start: int) -> TomlStatement:
    below: tuple[TomlStatement, ...] = ()
    if node.type == "inline_table":
        below = tuple(_pair(child, path) for child in node.children if child.type == "pair")
    elif node.type == "array":
        items = [child for child in node.children if child.is_named and child.type != "comment"]
        below = tuple(_statement(item, (*path, number), item.start_byte) for number, item in enumerate(items))
    commented = node.type == "array" and any(child.type == "comment" for child in node.children)
    return TomlStatement(
        path=path,
        start=start,
        value=node.start_byte,
        end=node.end_byte,
        kind="inline" if node.type == "inline_table" else "array" if node.type == "array" else "scalar",
        below=below,
        comments=commented or any(inner.comments for inner in below),
    )
