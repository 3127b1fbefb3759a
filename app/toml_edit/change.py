"""Setting and removing one key of a TOML file, proved on the result before anybody sees it."""

from collections.abc import Callable, Mapping
from typing import Any

import tomli

from app.core.errors import ArgumentError
from app.core.layers import Path, dotted
from app.sources.toml.outline import Outline, TomlStatement, outline
from app.toml_edit.lines import Lines
from app.toml_edit.literal import Meaning
from app.toml_edit.placing import insertion
from app.toml_edit.removal import line_removal, removal
from app.toml_edit.splice import Splice

type Values = Mapping[str, Any]
type Cut = Callable[[Lines, Outline, TomlStatement], Splice]


def assign(raw: bytes, path: Path, meaning: Meaning) -> bytes:
    """The file with a key set; every byte outside the value, or the lines added for it, is as it was.

    Args:
        raw: a file that parses.
        path: from the file's root, as the file spells what it has of it.
        meaning: the value.

    Raises:
        ArgumentError: the file writes the key as a table, or in a layout that has no room for it.
    """
    found, lines = outline(raw), Lines(raw=raw)
    statement = found.statement(path)
    if statement is not None:
        splice = Splice(start=statement.value, text=meaning.toml.encode(), end=statement.end)
    elif has(values_of(raw), path):
        raise ArgumentError(f"{dotted(path)} is written as tables there.", fix="Set the keys below it one by one.")
    else:
        splice = insertion(lines, found, path, meaning.toml)
    changed = splice.applied(raw)
    _prove(changed, _with(values_of(raw), path, meaning.value), path)
    return changed


def remove(raw: bytes, path: Path) -> bytes:
    """The file without a key, and without the header that was made for it alone.

    Raises:
        ArgumentError: no single statement sets the key, or it is an item of a list.
    """
    return _removed(raw, path, removal)


def remove_line(raw: bytes, path: Path) -> bytes:
    """The file without a key; its header stays.

    Raises:
        ArgumentError: no single statement sets the key, or it is an item of a list.
    """
    return _removed(raw, path, line_removal)


def _removed(raw: bytes, path: Path, cut: Cut) -> bytes:
    found = outline(raw)
    statement = found.statement(path)
    if statement is None:
        raise ArgumentError(f"{dotted(path)} is written as tables there.", fix="Unset the keys below it one by one.")
    changed = cut(Lines(raw=raw), found, statement).applied(raw)
    _prove(changed, _without(values_of(raw), path), path)
    return changed


def comments_lost(raw: bytes, path: Path) -> bool:
    """Whether setting the key loses comments, since they stand inside its value."""
    statement = outline(raw).statement(path)
    return statement is not None and statement.comments


def values_of(raw: bytes) -> dict[str, Any]:
    """What the file says."""
    return tomli.loads(raw.decode().replace("\r\n", "\n"))


def has(values: Any, path: Path) -> bool:
    """Whether something stands at the path."""
    for part in path:
        is_here = (
            part in values if isinstance(values, dict) else isinstance(values, list) and part in range(len(values))
        )
        if not is_here:
            return False
        values = values[part]
    return True


def _prove(raw: bytes, expected: Any, path: Path) -> None:
    """Lets a result pass that says what it should and nothing else.

    Raises:
        ArgumentError: it does not; the layout is one that the edit did not understand.
    """
    try:
        is_right = _same(_pruned(values_of(raw), path), _pruned(expected, path))
    except (tomli.TOMLDecodeError, RecursionError):
        is_right = False
    if not is_right:
        message = f"{dotted(path)} cannot be edited in this layout without touching more of the file."
        raise ArgumentError(message, fix="Edit the file by hand.")


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same to TOML: `true`, `1` and `1.0` are three, `nan` is one."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and repr(one) == repr(other)


def _with(values: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    if isinstance(values, list):
        return [_with(item, path[1:], value) if at == path[0] else item for at, item in enumerate(values)]
    table = values if isinstance(values, dict) else {}
    return {**table, path[0]: _with(table.get(path[0]), path[1:], value)}


def _without(values: Any, path: Path) -> Any:
    if isinstance(values, list):
        return [_without(item, path[1:]) if at == path[0] else item for at, item in enumerate(values)]
    if len(path) == 1:
        return {key: item for key, item in values.items() if key != path[0]}
    return {key: _without(item, path[1:]) if key == path[0] else item for key, item in values.items()}


def _pruned(values: Any, path: Path) -> Any:
    """The values without tables on the way to the path that hold nothing: an empty header says nothing."""
    if isinstance(values, list):
        return [_pruned(item, path[1:]) if at == path[0] else item for at, item in enumerate(values)]
    if not isinstance(values, dict) or len(path) < 2 or path[0] not in values:  # noqa: PLR2004 - the key and its table
        return values
    inner = _pruned(values[path[0]], path[1:])
    return {key: item if key != path[0] else inner for key, item in values.items() if key != path[0] or inner != {}}
