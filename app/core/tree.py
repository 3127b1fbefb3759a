"""The effective values of one environment, each with its winner and what it shadows. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any, Literal

from msgspec import Struct, field

from app.core.layers import Layer, Origin, Path, dotted, fold
from app.core.references import References
from app.core.validators import ValidatorResult

type State = Literal["plain", "opaque", "unresolved"]

UNTOLD = "its URL cannot be read"
"""Why a part of a connection is unresolved where the URL that would say it is at fault."""


class Leaf(Struct, frozen=True, kw_only=True, gc=False):
    """One effective value.

    Attributes:
        path: where it stands in the result.
        value: what the application gets; None where it is unresolved.
        layer: the winner; None where no layer names it.
        source: the path in the winner's own spelling.
        state: `opaque` where only running code would tell the value, `unresolved` where a reference leads nowhere.
        reason: for an unresolved leaf, what is missing.
        refers: the settings that its text refers to, as it names them.
        reads: the variables that its text is made of.
        through: the references of all values, where it has any.
    """

    path: Path
    value: Any
    layer: Layer | None = None
    source: Path = ()
    state: State = "plain"
    reason: str = ""
    refers: tuple[Path, ...] = ()
    reads: tuple[str, ...] = ()
    through: References | None = None

    @property
    def reaches(self) -> tuple[Path, ...]:
        """The settings that it refers to, and all below and through them."""
        return self.through.reached(self.refers) if self.through else self.refers

    @property
    def key(self) -> str:
        """The dotted key."""
        return dotted(self.path)

    @property
    def origin(self) -> Origin | None:
        """The place that set it."""
        return self.layer.origin(self.source) if self.layer else None


class Statement(Struct, frozen=True, kw_only=True, gc=False):
    """What one layer says about one key, whether it wins or not."""

    layer: Layer
    path: Path
    source: Path
    value: Any

    @property
    def origin(self) -> Origin:
        """The place that says it."""
        return self.layer.origin(self.source)


class Tree(Struct, frozen=True, kw_only=True, dict=True):
    """All effective leaves of one environment, and everything its layers said.

    Attributes:
        environment: whose they are.
        leaves: the values that the application gets.
        statements: what layers say, whether it wins or not.
        layers: the sources, lowest first.
        again: the tree that other layers would give, under the same options and with the same variables, unchecked by
            the code; None where the tree was not resolved from layers.
        results: what the code's validators say.
    """

    environment: str
    leaves: tuple[Leaf, ...]
    statements: tuple[Statement, ...] = ()
    layers: tuple[Layer, ...] = field(default=())
    again: Callable[[Sequence[Layer]], "Tree"] | None = None
    results: tuple[ValidatorResult, ...] = ()

    @cached_property
    def by_path(self) -> Mapping[Path, Leaf]:
        """The leaves by their path as look-ups compare it."""
        return {fold(leaf.path): leaf for leaf in self.leaves}

    @cached_property
    def by_id(self) -> Mapping[int, Leaf]:
        """The leaves by identity: trees of one project share those that they have in common."""
        return dict(zip(map(id, self.leaves), self.leaves, strict=True))

    @cached_property
    def by_layer(self) -> Sequence[tuple[Layer, Sequence[Statement]]]:
        """What each layer says that says something, in the order of the statements."""
        return [(layer, list(said)) for layer, said in groupby(self.statements, key=attrgetter("layer"))]

    @cached_property
    def stated(self) -> "Tree":
        """What its sources alone give: no defaults of a model or a validator, and all that rules do not judge."""
        sources = [layer for layer in self.layers if layer.kind not in {"default", "validator"}]
        is_it = not self.again or (len(sources) == len(self.layers) and not self.results)
        return self if is_it or self.again is None else self.again(sources)

    @cached_property
    def _placed(self) -> Mapping[tuple[int, Path], Path]:
        """Where each winning statement ended: an item of a list that grew stands elsewhere than its layer put it."""
        return {
            (id(leaf.layer), fold(leaf.source)): fold(leaf.path)
            for leaf in self.leaves
            if leaf.layer and _name(leaf.source).endswith(_name(leaf.path))  # a URL stands elsewhere than its parts
        }

    def _path_of(self, statement: Statement) -> Path:
        stated = fold(statement.path)
        return self._placed.get((id(statement.layer), fold(statement.source)), stated)

    @cached_property
    def _said(self) -> Mapping[Path, list[Statement]]:
        said: dict[Path, list[Statement]] = {}
        for statement in self.statements:
            said.setdefault(self._path_of(statement), []).append(statement)
        return said

    @cached_property
    def having(self) -> Mapping[Path, Sequence[Layer]]:
        """The layers that say something in a table or list, by its folded path."""
        found: dict[Path, dict[int, Layer]] = {}
        for statement in self.statements:
            path = fold(statement.path)
            for depth in range(1, len(path)):
                found.setdefault(path[:depth], {})[id(statement.layer)] = statement.layer
        return {path: tuple(layers.values()) for path, layers in found.items()}

    def get(self, *path: str | int) -> Leaf | None:
        """The leaf at this path, whatever its case."""
        return self.by_path.get(fold(path))

    def said(self, path: Path) -> list[Statement]:
        """What layers say about this path, lowest first."""
        return self._said.get(fold(path), [])

    def below(self, path: Path) -> Iterator[Leaf]:
        """The leaves at and below this path."""
        yield from self._below.get(fold(path), ())

    @cached_property
    def _below(self) -> Mapping[Path, list[Leaf]]:
        return _by_prefix(self.by_path)

    def layers_below(self, path: Path) -> Sequence[Layer]:
        """The layers from which the leaves at and below this path come, each once; looked for once a path."""
        key = fold(path)
        if key not in self._layers_below:
            layers = (leaf.layer for leaf in self.below(key) if leaf.layer)
            self._layers_below[key] = tuple({id(layer): layer for layer in layers}.values())
        return self._layers_below[key]

    @cached_property
    def _layers_below(self) -> dict[Path, Sequence[Layer]]:
        return {}

    def paths_said(self, path: Path) -> list[Path]:
        """Every path at or below this one that some layer names, in order of first appearance."""
        return list(self._said_below.get(fold(path), ()))

    @cached_property
    def _said_below(self) -> Mapping[Path, list[Path]]:
        spelled = {folded: leaf.path for folded, leaf in self.by_path.items()}
        return _by_prefix({folded: spelled.get(folded, said[0].path) for folded, said in self._said.items()})

    def nested(self) -> dict[str, Any]:
        """The effective values as tables in tables, keys as the result spells them."""
        root: dict[str, Any] = {}
        for leaf in self.leaves:
            _plant(root, leaf.path, leaf.value)
        return root


def leaves_of(value: object, above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The leaves of tables in tables, each with its path; an empty table or list is one."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from leaves_of(item, (*above, key))
    elif isinstance(value, list) and value:
        for number, item in enumerate(value):
            yield from leaves_of(item, (*above, number))
    else:
        yield above, value


def in_order(leaves: Iterable[Leaf]) -> list[Leaf]:
    """The leaves as every answer lists them: by their paths, positions of lists behind names."""
    found = list(leaves)
    try:
        return sorted(found, key=attrgetter("path"))
    except TypeError:  # a name and a position at one place
        return sorted(found, key=lambda leaf: [(isinstance(part, int), part) for part in leaf.path])


def _by_prefix[T](items: Mapping[Path, T]) -> Mapping[Path, list[T]]:
    """The items at and below every path, in their order: asked once for each key, a scan would be quadratic."""
    found: dict[Path, list[T]] = {}
    for path, item in items.items():
        for depth in range(len(path) + 1):
            found.setdefault(path[:depth], []).append(item)
    return found


def _name(path: Path) -> str:
    """The last part of a path that is no position, as look-ups compare it."""
    return next((part.casefold() for part in reversed(path) if isinstance(part, str)), "")


def _plant(root: dict[str, Any], path: Path, value: Any) -> None:
    node: Any = root
    for part, following in pairwise(path):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(part, int):
            if part == len(node):
                node.append(empty)
            node = node[part]
        else:
            node = node.setdefault(part, empty)
    if isinstance(path[-1], int):
        node.append(value)
    else:
        node[path[-1]] = value
