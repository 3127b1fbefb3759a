"""What rules find out once about what environments share: their leaves, and the layers of files."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from msgspec import Struct, field

from app.core.layers import Layer
from app.core.tree import Leaf

type OfLeaf[Found] = Callable[[Leaf], Found | None]
"""A question whose answer the leaf alone decides, the same in every environment; None is none."""


class _Answers(Struct, eq=False):
    """What a question found, by the leaf's identity, among so many leaves."""

    among: int = 0
    found: dict[int, Any] = field(default_factory=dict)


class SharedFacts:
    """The memory of one project's environments.

    A leaf that several environments have is one object, and the layer of a file is. So is what is found out about it.
    Answers are kept by identity, and with them what they are about. Threads may share it.
    """

    def __init__(self) -> None:
        self._trees: dict[int, Mapping[int, Leaf]] = {}
        self._kept: dict[int, Leaf] = {}
        self._answers: dict[OfLeaf[Any], _Answers] = {}
        self._layers: dict[tuple[Callable[[Any], Any], int], tuple[Layer, Any]] = {}

    def about[Found](self, find: OfLeaf[Found], leaves: Mapping[int, Leaf]) -> Mapping[int, Found]:
        """The answers about these leaves, and maybe others, by identity; nothing where none of these has one."""
        if id(leaves) not in self._trees:
            self._kept.update((one, leaves[one]) for one in leaves.keys() - self._kept.keys())
            self._trees[id(leaves)] = leaves
        known = self._answers.setdefault(find, _Answers())
        among = known.among
        if among < len(self._kept):
            new = list(islice(self._kept.values(), among, None))
            answers = ((id(leaf), find(leaf)) for leaf in new)
            known.found.update((one, answer) for one, answer in answers if answer is not None)
            known.among = among + len(new)  # last: another thread may ask meanwhile
        return {} if known.found.keys().isdisjoint(leaves.keys()) else known.found

    def of_layer[Said, Found](self, find: Callable[[Said], Found], layer: Layer, said: Said) -> Found:
        """The answer that what a layer says decides, remembered where it is a file's."""
        if layer.kind != "file":
            return find(said)
        known = self._layers.get((find, id(layer)))
        if known is None:
            known = self._layers[find, id(layer)] = layer, find(said)
        found: Found = known[1]
        return found
