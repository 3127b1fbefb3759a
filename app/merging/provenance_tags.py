"""Values that remember the layer that said them while Dynaconf moves them about.

Dynaconf's merge never looks inside a scalar: it compares, and hands the same object on. So a scalar in a wrapper that
compares like the scalar comes out of the merge with the name of its layer still on it, structurally and exactly,
list items included.
"""

from typing import Any

from msgspec import Struct

from app.core.layers import COMPUTED, MARKERS, PLACED_BY_CODE, SCALARS, Layer, Path
from app.core.tree import Leaf, State


class Tagged(Struct, eq=False, gc=False):
    """One scalar, the layer that said it, and its path in that layer's own spelling.

    Attributes:
        final: whether it is not read again, whatever it looks like.
        leaf: the one that it last came to, which it is again wherever it stands at the same place.
    """

    value: Any
    layer: Layer
    path: Path
    state: State = "plain"
    reason: str = ""
    final: bool = False
    leaf: Leaf | None = None

    @property
    def is_text(self) -> bool:
        """Whether it is text that may still hold a token."""
        return isinstance(self.value, str) and self.state == "plain" and not self.final

    def leaf_at(self, path: Path) -> Leaf:
        """The leaf that it is at a place."""
        leaf = self.leaf
        if leaf is None or leaf.path != path:
            leaf = self.leaf = Leaf(
                path=path, value=self.value, layer=self.layer, source=self.path, state=self.state, reason=self.reason
            )
        return leaf

    def turned(self, value: Any, *, state: State, reason: str) -> "Tagged":
        """Another value at the same place."""
        return Tagged(value, self.layer, self.path, state=state, reason=reason)

    def __eq__(self, other: object) -> bool:
        return bool(self.value == (other.value if isinstance(other, Tagged) else other))

    __hash__ = None  # type: ignore[assignment]  # no merge hashes a value; one that did must fail loudly

    def __getitem__(self, index: slice) -> "list[Tagged]":
        """Dynaconf takes a text apart where a list with a marker meets one; what is no text raises TypeError."""
        return [Tagged(part, self.layer, self.path) for part in self.value[index]]

    def __bool__(self) -> bool:
        return bool(self.value)

    def __str__(self) -> str:
        return str(self.value)

    def __repr__(self) -> str:
        return f"Tagged({self.path})"


class Computed(str):
    """The text of an expression in the application's code whose value only running it would tell."""

    __slots__ = ()
    reason = COMPUTED


class PathInCode(Computed):
    """A path that begins where the code lies, as seen from the project's folder: other machines have another."""

    __slots__ = ()
    reason = PLACED_BY_CODE


class OwnToken(Computed):
    """A text that a converter of the application's own reads."""

    __slots__ = ()
    reason = "a converter of the code's own reads it"


def tag(value: Any, layer: Layer, path: Path, *, final: bool = False) -> Any:
    """A fresh copy of a value with every scalar tagged; tables keep their class.

    Markers stay bare, since Dynaconf asks for their very type; so does None, which it takes for "nothing there".
    """
    if type(value) in SCALARS:
        return value if value in MARKERS else Tagged(value, layer, path, final=final)
    if isinstance(value, dict):
        items = {
            key: item if key in MARKERS and isinstance(item, bool) else tag(item, layer, (*path, key), final=final)
            for key, item in dict.items(value)
        }
        return like(value, _with_twins(items, value))
    if isinstance(value, list):
        return [tag(item, layer, (*path, number), final=final) for number, item in enumerate(list.__iter__(value))]
    if isinstance(value, Computed):
        return Tagged(str(value), layer, path, state="opaque", reason=value.reason)
    if value is None or (isinstance(value, str) and value in MARKERS):
        return value
    return Tagged(value, layer, path, final=final)


def is_taggable(value: Any) -> bool:
    """Whether a value keeps a tag for sure: a scalar that is neither marker nor token."""
    if isinstance(value, str):
        return value not in MARKERS and not value.startswith("@")
    return value is not None and not isinstance(value, dict | list)


def _with_twins(items: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """Two spellings of one key that hold one object still do: setting one, Dynaconf drops the other then."""
    if len({key.lower() for key in items}) == len(items):
        return items
    first: dict[tuple[str, int], Any] = {}
    return {key: first.setdefault((key.lower(), id(dict.__getitem__(value, key))), item) for key, item in items.items()}


def like(table: Any, items: dict[str, Any]) -> dict[str, Any]:
    """Those items in a table of this table's class: plain, or Dynaconf's own, which belongs to a settings object."""
    if type(table) is dict:
        return items
    made: dict[str, Any] = type(table)(items, core=table.__meta__.core)
    return made


def tag_all(value: Any, layer: Layer, path: Path) -> Any:
    """A converted value with every scalar tagged at one place: all of it stands in one token."""
    if isinstance(value, dict):
        return like(value, {
            key: item if key in MARKERS and isinstance(item, bool) else tag_all(item, layer, path)
            for key, item in dict.items(value)
        })  # fmt: skip
    if isinstance(value, list):
        return [
            item if isinstance(item, str) and item in MARKERS else tag_all(item, layer, path)
            for item in list.__iter__(value)
        ]
    knows_its_place = isinstance(value, Tagged) or hasattr(value, "said")
    return value if value is None or knows_its_place else Tagged(value, layer, path)


def bare(value: Any) -> Any:
    """The value without tags, in plain tables and lists."""
    if isinstance(value, Tagged):
        return value.value
    if isinstance(value, dict):
        return {key: bare(dict.__getitem__(value, key)) for key in dict.keys(value)}
    if isinstance(value, list):
        return [bare(item) for item in list.__iter__(value)]
    return value
