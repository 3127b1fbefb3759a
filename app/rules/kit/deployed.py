"""What every deployment supplies for itself: the option `deployed`.

In an inactive environment such a key is not judged unless the environment's own layers set it: what stands there now
is not what the deployment will run with.
"""

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from msgspec import Struct
from msgspec.structs import replace

from app.core.layers import CODE, Layer, Path, dotted, fold
from app.core.tree import Leaf, Tree


class Deployed(Struct, frozen=True, kw_only=True):
    """The keys of one environment that its deployment supplies.

    Attributes:
        patterns: of dotted keys, in lower case; a pattern that names a table covers what is in it.
        own: the paths, and the tables above them, that the environment's own layers set; folded.
        named: the paths whose source its deployment names, whatever its layers set; folded.
    """

    patterns: tuple[str, ...] = ()
    own: frozenset[Path] = frozenset()
    named: frozenset[Path] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything is supplied."""
        return bool(self.patterns or self.named)

    def covers(self, path: Path) -> bool:
        """Whether the deployment supplies a key, here unknown."""
        folded = fold(path)
        if any(folded[:depth] in self.named for depth in range(1, len(folded) + 1)):
            return True
        if not self.patterns or folded in self.own:
            return False
        names = [dotted(folded[:depth]) for depth in range(1, len(folded) + 1)]
        return any(fnmatchcase(name, pattern) for name in names for pattern in self.patterns)

    def names_below(self, path: Path) -> bool:
        """Whether the deployment names a source of something in a table."""
        folded = fold(path)
        return any(len(one) > len(folded) and one[: len(folded)] == folded for one in self.named)

    def supplies(self, path: Path) -> bool:
        """Whether the deployment supplies a key that is not there, or something in it: a table is then there."""
        folded = fold(path)
        is_begun = folded not in self.own and any(_begins(pattern, folded) for pattern in self.patterns)
        return is_begun or self.covers(path) or self.names_below(path)

    def among(self, tree: Tree) -> Iterator[Leaf]:
        """The leaves that are covered, and that somebody set; a model's default goes without saying."""
        for leaf in tree.leaves if self else ():
            if self.covers(leaf.path) and leaf.layer and leaf.layer.kind != "default":
                yield leaf

    def without(self, tree: Tree) -> Tree:
        """The tree as rules may judge it."""
        if not self:
            return tree
        return replace(tree, leaves=tuple(leaf for leaf in tree.leaves if not self.covers(leaf.path)))


def _begins(pattern: str, table: Path) -> bool:
    """Whether a pattern is for keys of a table."""
    parts = pattern.split(".")
    if len(parts) <= len(table):
        return False
    return all(fnmatchcase(dotted((part,)), said) for part, said in zip(table, parts, strict=False))


def deployed(tree: Tree, patterns: Sequence[str], base_sections: Sequence[str], named: Iterable[Path] = ()) -> Deployed:
    """What the deployment of an environment supplies: by its word on sources, else by the project's."""
    sources = frozenset(map(fold, named))
    if not patterns:
        return Deployed(named=sources)
    said = [fold(statement.path) for statement in tree.statements if _is_own(statement.layer, base_sections)]
    own = frozenset(path[:depth] for path in said for depth in range(1, len(path) + 1))
    return Deployed(patterns=tuple(pattern.casefold() for pattern in patterns), own=own, named=sources)


def _is_own(layer: Layer, base_sections: Sequence[str]) -> bool:
    """Whether a layer belongs to this environment and no other."""
    if layer.kind in {"default", *CODE}:
        return False
    return layer.section is None or layer.section.lower() not in {*base_sections, "global"}
