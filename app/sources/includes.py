"""What profiles include by themselves: `dynaconf_include`, inside a section or, where there are none, at the top."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.core.layers import INCLUDE, Path


def said_includes(values: Mapping[str, Any], *, sectioned: bool) -> Iterator[tuple[Path, str]]:
    """Every name that a file includes, with the path where it stands."""
    if not sectioned:
        yield from _names((), values)
        return
    for name, table in values.items():
        if isinstance(table, Mapping):
            yield from _names((name,), table)


def _names(above: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for key, value in table.items():
        if key.lower() != INCLUDE:
            continue
        path: Path = (*above, key)
        if isinstance(value, list):
            yield from (((*path, at), name) for at, name in enumerate(value) if isinstance(name, str))
        elif isinstance(value, str):
            yield path, value
