"""How a key is spelled: as `assay show` does.

Its first part is in lower case, since Dynaconf folds it; dots stand between parts, quotes around a part that is no bare
TOML key.
"""

import functools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_REMEMBERED = 10_000
"""So many spellings are kept: a release has the names that the one before it had."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def flattened(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of nested tables by their dotted keys; a list is one value, and so is an empty table."""
    return {key: value for name, item in values.items() for key, value in leaves(top(name), item)}


def dotted(path: tuple[str, ...]) -> str:
    """The key at the end of a path of names."""
    return ".".join([top(path[0]), *map(part, path[1:])])


@functools.lru_cache(_REMEMBERED, typed=True)  # 1 and True are equal, and two names
def top(name: object) -> str:
    """A key's first part."""
    return part(str(name).lower())


@functools.lru_cache(_REMEMBERED)
def part(name: str) -> str:
    """Any other part."""
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def leaves(key: str, value: object) -> Iterator[tuple[str, Any]]:
    """A value that has this key, by its own keys: as `flattened` has them."""
    if isinstance(value, dict) and value:
        for name, item in value.items():
            yield from leaves(f"{key}.{part(str(name))}", item)
    else:
        yield key, value


def has(values: Mapping[str, Any], key: str) -> bool:
    """Whether a key, or something below it, has a value among flattened ones."""
    return values.get(key) is not None or any(name.startswith((f"{key}.", f"{key}[")) for name in values)
