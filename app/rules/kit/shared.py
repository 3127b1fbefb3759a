"""What rules find out once about what environments share: their leaves, and the layers of files."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from app.core.layers import Layer
from app.core.tree import Leaf, Statement

type OfLeaf[Found] = Callable[[Leaf], Found | None]
"""A question whose answer the leaf alone decides, the same in every environment; None is none."""

type OfLayer[Found] = Callable[[Sequence[Statement]], Found]
"""A question whose answer a layer's statements decide."""


class _Answers(Struct, eq=False):
    """The leaves that a question was asked about, by identity, and the answers that there are."""

    asked: set[int] = field(default_factory=set)
    found: dict[int, Any] = field(default_factory=dict)


class SharedFacts:
    """The memory of one project's environments.

    A leaf that several environments have is one object, and the layer of a file is. So is what is found out about it.
    Answers are kept by identity, and with them what they are about.
    """

    def __init__(self) -> None:
        self._kept: dict[int, Leaf] = {}
        self._leaves: dict[OfLeaf[Any], _Answers] = {}
        self._layers: dict[tuple[OfLayer[Any], int], tuple[Layer, Any]] = {}

    def about[Found](self, find: OfLeaf[Found], leaves: Mapping[int, Leaf]) -> Mapping[int, Found]:
        """The answers about these leaves, and maybe others, by identity; nothing where none of these has one."""
        known = self._leaves.setdefault(find, _Answers())
        new = leaves.keys() - known.asked
        if new:
            known.asked |= new
            self._kept.update((one, leaves[one]) for one in new)
            answers = ((one, find(leaves[one])) for one in new)
            known.found.update((one, answer) for one, answer in answers if answer is not None)
        return {} if known.found.keys().isdisjoint(leaves) else known.found

    def of_layer[Found](self, find: OfLayer[Found], layer: Layer, said: Sequence[Statement]) -> Found:
        """The answer about a layer, remembered where it is a file's."""
        if layer.kind != "file":
            return find(said)
        known = self._layers.get((find, id(layer)))
        if known is None:
            known = self._layers[find, id(layer)] = layer, find(said)
        found: Found = known[1]
        return found
