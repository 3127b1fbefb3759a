"""Settings that name several things: lists, and texts with commas, blanks or the brackets of JSON."""

import re
from collections.abc import Iterable, Mapping

from app.core.layers import Path
from app.core.tree import Leaf


def entries(value: object) -> list[str]:
    """What a leaf names; one thing where it is an item of a list."""
    if not isinstance(value, str):
        return []
    text = value.strip()
    if text.startswith("[") and text.endswith("]") and not text.startswith("[::"):
        text = text[1:-1]
    return [entry for part in re.split(r"[,\s]+", text) if (entry := part.strip("\"'"))]


def whole(path: Path) -> Path:
    """The path of the setting: an item's list."""
    return path[:-1] if isinstance(path[-1], int) else path


def is_empty(value: object) -> bool:
    """Whether a list, or what stands for one, names nothing; `false` and numbers are no lists."""
    if isinstance(value, list | dict):
        return not value
    return value is None or (isinstance(value, str) and not entries(value))


def by_setting(leaves: Iterable[Leaf]) -> Mapping[Path, list[Leaf]]:
    """The leaves of each setting: the items of a list are together."""
    found: dict[Path, list[Leaf]] = {}
    for leaf in leaves:
        found.setdefault(whole(leaf.path), []).append(leaf)
    return found
