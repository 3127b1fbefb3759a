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
    """What a question found, by the leaf's identity, among so many of the leaves that it is asked of."""

    asked: Mapping[int, Leaf]
    among: int = 0
    found: dict[int, Any] = field(default_factory=dict)


class EarlierFacts(Struct, frozen=True, eq=False):
    """What was found out in the reading before.

    Attributes:
        leaves: every leaf that was asked about, by its identity, which it keeps its own.
        found: by question, the answers about all of these.
        layers: the answers about layers.
    """

    leaves: Mapping[int, Leaf] = {}
    found: Mapping[OfLeaf[Any], Mapping[int, Any]] = {}
    layers: Mapping[tuple[Callable[[Any], Any], int], tuple[Layer, Any]] = {}


_NOTHING = EarlierFacts()


class SharedFacts:
    """The memory of one project's environments.

    Args:
        earlier: what is known already; of it, only what is asked for again is remembered further.

    A leaf that several environments have is one object, and the layer of a file is. So is what is found out about it.
    Answers are kept by identity, and with them what they are about. Threads may share it.
    """

    def __init__(self, earlier: EarlierFacts = _NOTHING) -> None:
        self._earlier = earlier
        self._trees: dict[int, Mapping[int, Leaf]] = {}
        self._kept: dict[int, Leaf] = {}
        self._new: dict[int, Leaf] = {}
        self._answers: dict[OfLeaf[Any], _Answers] = {}
        self._layers: dict[tuple[Callable[[Any], Any], int], tuple[Layer, Any]] = {}

    def about[Found](self, find: OfLeaf[Found], leaves: Mapping[int, Leaf]) -> Mapping[int, Found]:
        """The answers about these leaves, and maybe others, by identity; nothing where none of these has one."""
        if id(leaves) not in self._trees:
            more = leaves.keys() - self._kept.keys()
            self._new.update((one, leaves[one]) for one in more - self._earlier.leaves.keys())
            self._kept.update((one, leaves[one]) for one in more)  # last: what is kept, everything was asked or will be
            self._trees[id(leaves)] = leaves
        known = self._answers.get(find) or self._answers.setdefault(find, self._begun(find))
        among = known.among
        if among < len(known.asked):
            new = list(islice(known.asked.values(), among, None))
            answers = ((id(leaf), find(leaf)) for leaf in new)
            known.found.update((one, answer) for one, answer in answers if answer is not None)
            known.among = among + len(new)  # last: another thread may ask meanwhile
        return {} if known.found.keys().isdisjoint(leaves.keys()) else known.found

    def _begun(self, find: OfLeaf[Any]) -> _Answers:
        """The answers of the reading before, which only new leaves are still to be asked; else none."""
        found = self._earlier.found.get(find)
        return _Answers(self._kept) if found is None else _Answers(self._new, found=dict(found))

    def of_layer[Said, Found](self, find: Callable[[Said], Found], layer: Layer, said: Said) -> Found:
        """The answer that what a layer says decides, remembered where it is a file's."""
        if layer.kind != "file":
            return find(said)
        key = find, id(layer)
        known = self._layers.get(key)
        if known is None:
            known = self._layers[key] = self._earlier.layers.get(key) or (layer, find(said))
        found: Found = known[1]
        return found

    def left(self) -> EarlierFacts:
        """What the next reading may begin with: questions that all leaves have been asked, and no other's answers."""
        leaves = dict(self._kept)
        asked = [(find, known) for find, known in list(self._answers.items()) if known.among == len(known.asked)]
        found = {find: {one: known.found[one] for one in known.found.keys() & leaves.keys()} for find, known in asked}
        return EarlierFacts(leaves, found, dict(self._layers))
