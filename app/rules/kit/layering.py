"""What the layers of one environment say, setting by setting; a list is one setting."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from app.core.layers import CODE, VARIABLES, Layer, Origin, Path, fold, stem
from app.core.tree import Tree

type Kind = Literal["table", "list", "scalar"]


class Setting(Struct, frozen=True, kw_only=True, eq=False):
    """What one layer says about one setting.

    Attributes:
        rank: the layer's place among the others, lowest first.
        path: the setting's key.
        source: the key in the layer's own spelling.
        items: each leaf below the key with its value; for a scalar just the one.
    """

    layer: Layer
    rank: int
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


def settings(tree: Tree) -> Mapping[Path, list[Setting]]:
    """What is said about every setting by its folded key, the lowest layer first."""
    rank = {id(layer): number for number, layer in enumerate(tree.layers)}
    groups: dict[Path, dict[tuple[int, Path], list[tuple[Path, Path, Layer, Any]]]] = {}
    for statement in tree.statements:
        key = stem(statement.path)
        source = statement.source[: len(statement.source) - len(statement.path) + len(key)]
        said = groups.setdefault(fold(key), {}).setdefault((rank[id(statement.layer)], source), [])
        said.append((key, statement.path[len(key) :], statement.layer, statement.value))
    return {
        folded: [
            Setting(layer=said[0][2], rank=place, path=said[0][0], source=source,
                    items=tuple((tail, value) for _, tail, _, value in said))
            for (place, source), said in sorted(group.items(), key=lambda item: item[0][0])
        ]
        for folded, group in groups.items()
    }  # fmt: skip
