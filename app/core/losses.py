"""What a higher layer took: keys that layers state, and that are gone because a table around them was replaced. Pure.

Dynaconf merges tables only where something asks for it. Where nothing does, a layer that says one key of a table
takes all the others with it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache

from msgspec import Struct

from app.core.layers import MARKERS, Layer, Origin, Path, fold, stem
from app.core.tree import Statement, Tree

_DELETES = ("@del", "@reset", "@empty")


class Loss(Struct, frozen=True, kw_only=True, eq=False):
    """One key that an environment's layers state and that the application does not get.

    Attributes:
        said: the highest layer's word on it; of a list, on its first item.
        path: the key; a list is one key.
        taker: the layer that replaced the table around it.
        table: the table that was replaced.
        source: the table in the taker's own spelling.
    """

    said: Statement
    path: Path
    taker: Layer
    table: Path
    source: Path

    @property
    def origin(self) -> Origin:
        """The line that took it: the table's header, else the first that the taker says in the table."""
        origin = self.taker.origin(self.source)
        if origin.span or origin.kind != "file":
            return origin
        first = next((path for path in _paths(self.taker.values, ()) if path[: len(self.source)] == self.source), ())
        return self.taker.origin(first) if first else origin


type _Said = Mapping[Path, Statement]
type _Find = Callable[[Sequence[Statement]], _Said]
type OfLayer = Callable[[_Find, Layer, Sequence[Statement]], _Said]
"""Answers what a layer's statements alone decide; whoever looks at many environments remembers it."""


def losses(tree: Tree, of_layer: OfLayer = lambda find, _, said: find(said)) -> tuple[Loss, ...]:
    """The keys that were lost, in the order in which layers first name them.

    What a layer deletes in so many words (`@del`, `@reset`, `dynaconf_merge = false`) is not lost, nor is what a value
    that is no table replaced. A model's default restores nothing: it is not what the layer said.
    """
    suspects = _missing(tree, of_layer)
    if not suspects or tree.again is None:
        return ()
    again, layers, there = tree.again, tree.stated.layers, _Present(tree.stated)
    if not any(key not in there for key in suspects):
        return ()

    @cache
    def up_to(count: int) -> _Present:
        return _Present(again(layers[:count]))

    found = (_loss(key, said, layers, up_to) for key, said in suspects.items() if key not in there)
    return tuple(loss for loss in found if loss)


@lru_cache(maxsize=1 << 14)  # all environments have the same keys
def key_of(path: Path) -> Path:
    """A path as Dynaconf finds it: whatever its case, and `my key` is also `my_key`; a list is one key."""
    return tuple(part if isinstance(part, int) else part.replace(" ", "_") for part in fold(stem(path)))


class _Present:
    """Which keys an environment has: their tables, and what stands in the place of a table, included."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._set = [leaf for leaf in tree.leaves if leaf.layer is None or leaf.layer.kind != "default"]
        self._exact = {key_of(leaf.path) for leaf in self._set}

    @cached_property
    def _tables(self) -> set[Path]:
        return {key[:depth] for key in self._exact for depth in range(1, len(key))}

    @cached_property
    def _flat(self) -> set[Path]:
        """The keys at which something other than a table stands."""
        keys = {key_of(leaf.path): leaf.value == {} and leaf.path == stem(leaf.path) for leaf in self._set}
        return {key for key, is_empty_table in keys.items() if not is_empty_table}

    def __contains__(self, key: Path) -> bool:
        if key in self._exact or key in self._tables:
            return True
        return any(key[:depth] in self._flat for depth in range(1, len(key)))

    def lacking(self, keys: Mapping[Path, object]) -> list[Path]:
        """Those that it has not, in their order; nearly every environment has them all."""
        suspects = keys.keys() - self._exact
        return [key for key in keys if key in suspects and key not in self] if suspects else []

    def said_by(self, layer: Layer, first: Path) -> Sequence[Statement]:
        """What one layer says below the first part of a key."""
        return self._by_layer.get((id(layer), first), ())

    @cached_property
    def _by_layer(self) -> Mapping[tuple[int, Path], list[Statement]]:
        found: dict[tuple[int, Path], list[Statement]] = {}
        for statement in self.tree.statements:
            found.setdefault((id(statement.layer), key_of(statement.path)[:1]), []).append(statement)
        return found

    def replaced(self, key: Path, taker: Layer) -> Path:
        """The outermost table around a key of which nothing is left but what the taker says."""
        tables = (key[:depth] for depth in range(1, len(key)))
        return next((table for table in tables if self._sayers.get(table, {id(taker)}) == {id(taker)}), key[:-1])

    @cached_property
    def _sayers(self) -> Mapping[Path, set[int]]:
        """The layers that have a say in each table."""
        found: dict[Path, set[int]] = {}
        for leaf in self.tree.leaves:
            key = key_of(leaf.path)
            for depth in range(1, len(key) + 1):
                found.setdefault(key[:depth], set()).add(id(leaf.layer))
        return found


def _missing(tree: Tree, of_layer: OfLayer) -> Mapping[Path, list[Statement]]:
    """What layers state and the tree lacks, by its key: every layer's word on it, unless the highest says nothing."""
    there = _Present(tree)
    found: dict[Path, list[Statement]] = {}
    for layer, said in tree.by_layer:
        if layer.kind not in {"default", "validator"}:
            own = of_layer(_keys, layer, said)
            for key in there.lacking(own):
                found.setdefault(key, []).append(own[key])
    return {key: said for key, said in found.items() if not _is_nothing(said[-1])}


def _keys(said: Sequence[Statement]) -> _Said:
    """The keys of one layer, but for markers; a list's first item stands for it."""
    found: dict[Path, Statement] = {}
    for statement in said:
        key = key_of(statement.path)
        if not MARKERS & set(key):
            found.setdefault(key, statement)
    return found


def _is_nothing(said: Statement) -> bool:
    """Whether nothing can be lost of it: an empty table, or a text that Dynaconf makes something else of."""
    is_token = isinstance(said.value, str) and said.value.startswith("@")
    return is_token or (said.value == {} and said.path == stem(said.path))


def _loss(
    key: Path, said: Sequence[Statement], layers: Sequence[Layer], up_to: Callable[[int], _Present]
) -> Loss | None:
    """Who took the highest statement that was ever in force: the first layer above it without which it would be there.

    A layer's own statement gets lost within it where it is joined (`x__a`), and a table `x` stands below it. Other
    statements that their own layer loses are one of two spellings, or an ignored variable: the next lower one counts.
    """
    for one in reversed(said):
        own = next(number for number, layer in enumerate(layers) if layer is one.layer)
        if key in up_to(own + 1):
            takers = range(own + 1, len(layers))
        else:
            takers = range(own, own + 1 if _is_joined(one) and one.layer.kind == "file" else own)
        for number in takers:
            after = up_to(number + 1)
            if key not in after:
                return _taken(key, one, layers[number], after)
    return None


def _is_joined(said: Statement) -> bool:
    """Whether one key of the layer stands for several parts."""
    return len(said.source) < len(said.path)


def _taken(key: Path, said: Statement, taker: Layer, after: _Present) -> Loss | None:
    touching = after.said_by(taker, key[:1])
    table = after.replaced(key, taker)
    along = [one for one in touching if _is_along(key_of(one.path), table)]
    inside = min(along, key=_is_joined, default=None)  # what replaces a table is one
    if inside is None or _declines(taker) or any(_is_meant(one, key) for one in touching):
        return None
    path, depth = stem(said.path), min(len(table), len(stem(inside.path)))
    kept = len(inside.source) - len(inside.path) + depth
    return Loss(said=said, path=path, taker=taker, table=path[:depth], source=inside.source[: max(kept, 1)])


def _is_along(one: Path, other: Path) -> bool:
    """Whether one of two keys is the other, or stands in it."""
    return one[: len(other)] == other or other[: len(one)] == one


def _is_meant(said: Statement, key: Path) -> bool:
    """Whether the taker deletes the key, or replaces a table around it, in so many words."""
    here = key_of(said.path)
    if isinstance(said.value, str) and said.value.startswith(_DELETES):
        return key[: len(here)] == here
    return here[-1] in MARKERS and not said.value and key[: len(here) - 1] == here[:-1]


def _declines(taker: Layer) -> bool:
    """Whether a whole source says that it does not merge."""
    return taker.merge is not None and not taker.merge


def _paths(value: object, path: Path) -> Iterator[Path]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _paths(item, (*path, str(key)))
    yield path
