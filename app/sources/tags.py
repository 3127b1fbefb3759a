"""Values that remember the layer that said them while Dynaconf moves them about.

Dynaconf's merge never looks inside a scalar: it compares, and hands the same object on. So a scalar in a wrapper that
compares like the scalar comes out of the merge with the name of its layer still on it, structurally and exactly,
list items included.
"""

from copy import copy
from typing import Any

from app.layers import Path


class Tagged:
    """One scalar, the number of the layer that said it, and its path in that layer's own spelling.

    A final one is not read again, whatever it looks like.
    """

    __slots__ = ("final", "layer", "path", "reason", "state", "value")

    def __init__(self, value: Any, layer: int, path: Path, *, state: str = "plain", reason: str = "",
                 final: bool = False) -> None:  # fmt: skip
        self.value = value
        self.final = final or state != "plain"
        self.layer = layer
        self.path = path
        self.state = state
        self.reason = reason

    @property
    def is_text(self) -> bool:
        """Whether it is text that may still hold a token."""
        return isinstance(self.value, str) and not self.final

    def turned(self, value: Any, *, state: str, reason: str) -> "Tagged":
        """Another value at the same place."""
        return Tagged(value, self.layer, self.path, state=state, reason=reason)

    def __eq__(self, other: object) -> bool:
        return bool(self.value == (other.value if isinstance(other, Tagged) else other))

    __hash__ = None  # type: ignore[assignment]  # no merge hashes a value; one that did must fail loudly

    def __bool__(self) -> bool:
        return bool(self.value)

    def __str__(self) -> str:
        return str(self.value)

    def __repr__(self) -> str:
        return f"Tagged({self.layer}, {self.path})"


MARKERS = frozenset({"dynaconf_merge", "dynaconf_merge_unique"})


def tag(value: Any, layer: int, path: Path, *, final: bool = False) -> Any:
    """A fresh copy of a value with every scalar tagged; tables keep their class.

    Markers stay bare, since Dynaconf asks for their very type; so does None, which it takes for "nothing there".
    """
    if isinstance(value, dict):
        return _like(value, {
            key: item if key in MARKERS and isinstance(item, bool) else tag(item, layer, (*path, key), final=final)
            for key, item in dict.items(value)
        })  # fmt: skip
    if isinstance(value, list):
        return [tag(item, layer, (*path, number), final=final) for number, item in enumerate(list.__iter__(value))]
    if value is None or (isinstance(value, str) and value in MARKERS):
        return value
    return Tagged(value, layer, path, final=final)


def _like(table: dict[str, Any], items: dict[str, Any]) -> dict[str, Any]:
    if type(table) is dict:
        return items
    twin = copy(table)  # keeps what Dynaconf hangs on its own tables
    for key, item in items.items():
        dict.__setitem__(twin, key, item)
    return twin


def tag_all(value: Any, layer: int, path: Path) -> Any:
    """A converted value with every scalar tagged at one place: all of it stands in one token."""
    if isinstance(value, dict):
        return _like(value, {
            key: item if key in MARKERS and isinstance(item, bool) else tag_all(item, layer, path)
            for key, item in dict.items(value)
        })  # fmt: skip
    if isinstance(value, list):
        return [item if isinstance(item, str) and item in MARKERS else tag_all(item, layer, path) for item in list.__iter__(value)]
    return value if value is None or isinstance(value, Tagged) else Tagged(value, layer, path)


def bare(value: Any) -> Any:
    """The value without tags, in plain tables and lists."""
    if isinstance(value, Tagged):
        return value.value
    if isinstance(value, dict):
        return {key: bare(dict.__getitem__(value, key)) for key in dict.keys(value)}
    if isinstance(value, list):
        return [bare(item) for item in list.__iter__(value)]
    return value
