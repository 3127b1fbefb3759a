"""A database URL is shorthand for its parts, in the layer where it stands."""

from collections.abc import Iterator, Mapping
from typing import Any

from app import dsn
from app.errors import TargetError
from app.layers import Path, fold
from app.roles import Role
from app.schema.shape import Shape


def url_paths(shape: Shape) -> Iterator[Path]:
    """The model's keys that hold a URL whose parts are keys beside it."""
    for path, field in shape.walk():
        beside = shape.at(path[:-1])
        if field.role is Role.DSN and beside and {"host", "port"} <= beside.fields.keys():
            yield path


def parts_of(text: str) -> dict[str, Any] | None:
    """A URL's parts as the keys beside it; None for what is no URL, or refers to something else."""
    if text.startswith("@"):
        return None
    try:
        return dsn.database_parts(text)
    except TargetError:
        return None


def expand(values: Mapping[str, Any], shape: Shape) -> tuple[dict[str, Any], dict[Path, Path]]:
    """The values with each URL taken apart, and for each part the URL's own path."""
    result, aliases = dict(values), dict[Path, Path]()
    for path in url_paths(shape):
        result = _expanded(result, path, (), aliases)
    return result, aliases


def _expanded(table: dict[str, Any], path: Path, above: Path, aliases: dict[Path, Path]) -> dict[str, Any]:
    name = next((key for key in table if key.casefold() == path[0]), None)
    if name is None:
        return table
    value = table[name]
    if len(path) > 1:
        if not isinstance(value, dict):
            return table
        return {**table, name: _expanded(value, path[1:], (*above, name), aliases)}
    parts = parts_of(value) if isinstance(value, str) else None
    if parts is None:
        return table
    stated = {key: item for key, item in table.items() if key != name}
    explicit = {fold(part) for part in leaves(stated)}
    for part in leaves(parts):
        if fold(part) not in explicit:
            aliases[(*above, *part)] = (*above, name)
    return _under(parts, stated)


def _under(parts: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    """What stands there in so many words counts before what a URL says in the same table."""
    merged = dict(parts)
    for key, value in stated.items():
        beneath = merged.pop(next((name for name in merged if name.casefold() == key.casefold()), key), None)
        merged[key] = _under(beneath, value) if isinstance(beneath, dict) and isinstance(value, dict) else value
    return merged


def leaves(parts: Mapping[str, Any], above: Path = ()) -> Iterator[Path]:
    """The paths of nested parts."""
    for key, value in parts.items():
        if isinstance(value, dict):
            yield from leaves(value, (*above, key))
        else:
            yield (*above, key)


def value_at(parts: Mapping[str, Any], path: Path) -> Any:
    """The part at a path."""
    value: Any = parts
    for part in path:
        value = value[part]
    return value
