"""What the layers of one environment say, setting by setting; a list is one setting."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from app.core.layers import CODE, VARIABLES, Layer, Origin, Path, fold, stem
from app.core.tree import Statement, Tree
from app.rules.kit.shared import SharedFacts

type Kind = Literal["table", "list", "scalar"]


class Setting(Struct, frozen=True, kw_only=True, eq=False):
    """What one layer says about one setting.

    Attributes:
        path: the setting's key.
        source: the key in the layer's own spelling.
        items: each leaf below the key with its value; for a scalar just the one.
    """

    layer: Layer
    path: Path
    source: Path
    items: tuple[tuple[Path, Any], ...]

    @property
    def origin(self) -> Origin:
        """The place that says it."""
        return self.layer.origin(self.source)

    @property
    def kind(self) -> Kind:
        """What stands there; a table only where it is empty, since the others are settings of their own."""
        tail, value = self.items[0]
        if tail or isinstance(value, list):
            return "list"
        return "table" if isinstance(value, Mapping) else "scalar"

    @property
    def is_token(self) -> bool:
        """Whether it is a text that Dynaconf turns into something else."""
        tail, value = self.items[0]
        return not tail and isinstance(value, str) and value.startswith("@")

    def equals(self, other: "Setting") -> bool:
        """Whether both say the same, types included."""
        return repr(self.items) == repr(other.items)


def place(layer: Layer) -> str:
    """A layer as a message names it."""
    if layer.kind in VARIABLES:
        return layer.name or ""
    if layer.kind in CODE:
        return f"the Dynaconf call in {layer.file}" if layer.kind == "call" else f"a validator in {layer.file}"
    return f"[{layer.section}] of {layer.file}" if layer.section else layer.file or "the model's defaults"


def settings(tree: Tree, facts: SharedFacts) -> Mapping[Path, tuple[Setting, ...]]:
    """What is said about every setting by its folded key, the lowest layer first."""
    found: dict[Path, tuple[Setting, ...]] = {}
    for layer, said in tree.by_layer:
        own = facts.of_layer(of_layer, layer, said)
        if found:
            found.update((key, found.get(key, ()) + more) for key, more in own.items())
        else:
            found = dict(own)
    return found


def of_layer(said: Sequence[Statement]) -> Mapping[Path, tuple[Setting, ...]]:
    """What one layer says about every setting by its folded key; more than once where it has several spellings."""
    groups: dict[Path, dict[Path, list[Statement]]] = {}
    for statement in said:
        key = stem(statement.path)
        source = statement.source[: len(statement.source) - len(statement.path) + len(key)]
        groups.setdefault(fold(key), {}).setdefault(source, []).append(statement)
    return {key: tuple(_setting(source, of) for source, of in group.items()) for key, group in groups.items()}


def _setting(source: Path, said: Sequence[Statement]) -> Setting:
    first = said[0]
    path = stem(first.path)
    items = tuple((one.path[len(path) :], one.value) for one in said)
    return Setting(layer=first.layer, path=path, source=source, items=items)
