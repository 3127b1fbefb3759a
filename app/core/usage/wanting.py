"""Which keys the code reads that environments lack, and what was probably meant. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import cast

from msgspec import Struct

from app.core import limits
from app.core.layers import Path, dotted, stem
from app.core.tree import Tree
from app.core.usage.frameworks import gives
from app.core.usage.misspelling import is_slip
from app.core.usage.reads import Look, Read, Usage, look


class MissingKey(Struct, frozen=True, kw_only=True):
    """A key that the code reads, and some environments do not have.

    Attributes:
        path: as the code spells it.
        environments: those that lack it.
        reads: where it is read.
        nearest: an unread key, or table, that is set and was probably meant; None for none.
    """

    path: tuple[str, ...]
    environments: tuple[str, ...]
    reads: tuple[Read, ...]
    nearest: Path | None = None

    @property
    def key(self) -> str:
        """The dotted key, as the code spells it."""
        return dotted(self.path)

    @property
    def stored(self) -> tuple[str, ...]:
        """The path as Dynaconf would have it, which folds the first part."""
        return self.path[0].lower(), *self.path[1:]

    @property
    def is_needed(self) -> bool:
        """Whether some read fails where the key is missing, whatever else is set, and none asks first."""
        own = [read for read in self.reads if not read.test]
        return any(read.sure for read in own) and not any(read.default for read in own)


class Holdings(Struct, frozen=True, dict=True, eq=False):
    """What an environment has, as the code would find it.

    Attributes:
        tree: its values.
    """

    tree: Tree

    @cached_property
    def _prefixes(self) -> frozenset[Look]:
        paths = (look(leaf.path) for leaf in self.tree.leaves)
        return frozenset(path[:depth] for path in paths for depth in range(1, len(path) + 1))

    @cached_property
    def _values(self) -> frozenset[Look]:
        return frozenset(look(stem(leaf.path)) for leaf in self.tree.leaves if leaf.value != {})

    def has(self, path: Sequence[str]) -> bool:
        """Whether a look-up finds anything; what is below a value is the value's own business."""
        own = look(path)
        return own in self._prefixes or any(own[:depth] in self._values for depth in range(1, len(own)))

    def has_table(self, path: Sequence[str]) -> bool:
        """Whether it has other keys in the key's table."""
        return len(path) > 1 and look(path[:-1]) in self._prefixes and look(path[:-1]) not in self._values


def missing_keys(usage: Usage, trees: Iterable[Tree]) -> list[MissingKey]:
    """The keys that the code reads, tests apart, and that some environment has not."""
    holdings = [Holdings(tree) for tree in trees]
    return list(_missing(usage, holdings, _unread(usage, holdings)))


def _unread(usage: Usage, holdings: Iterable[Holdings]) -> list[Path]:
    """The keys that no code reads, and the tables of which it reads none."""
    paths = {look(path): path for one in holdings for leaf in one.tree.leaves for path in _prefixes(stem(leaf.path))}
    keys = {look(stem(leaf.path)): leaf for one in holdings for leaf in one.tree.leaves}
    read = {prefix for path, leaf in keys.items() if not _is_unread(usage, leaf.path) for prefix in _prefixes(path)}
    return [path for key, path in paths.items() if key not in read][: limits.WORDS.figure]


def _is_unread(usage: Usage, path: Path) -> bool:
    """Whether no code of the project reads a leaf, and no framework by a name that is its own."""
    return usage.verdict(path) == "unread" or _is_doubtful(usage, path)


def _is_doubtful(usage: Usage, path: Path) -> bool:
    """Whether only a framework may read it, which reads any, and the name is none of its own."""
    if not usage.framework or usage.verdict(path) != "unclear" or gives(usage.framework, [str(part) for part in path]):
        return False
    return all((one.file, one.line) == (usage.file, usage.line) for one in usage.unclear_of(path))


def _prefixes[P: tuple[str | int, ...]](path: P) -> list[P]:
    return [cast("P", path[:depth]) for depth in range(1, len(path) + 1)]


def _missing(usage: Usage, holdings: Sequence[Holdings], unread: Sequence[Path]) -> Iterator[MissingKey]:
    for reads in usage.wanted.values():
        path = reads[0].path
        lacking = [one for one in holdings if not one.has(path)]
        if not lacking or all(read.test for read in reads) or usage.sets(path) or not all(path):
            continue
        having = [one for one in holdings if one not in lacking]
        meant = [one for one in unread if _is_meant(one, path, lacking, having)]
        nearest = meant[0] if len(meant) == 1 else None
        if nearest and having and _is_doubtful(usage, nearest):
            nearest = None  # that others have the key is reason enough to miss it, and no doubt
        yield MissingKey(path=path, environments=tuple(one.tree.environment for one in lacking), reads=tuple(reads),
                         nearest=nearest)  # fmt: skip


def _is_meant(unread: Path, path: tuple[str, ...], lacking: Sequence[Holdings], having: Sequence[Holdings]) -> bool:
    """Whether an unread key was probably meant by what is read: it is set only where that is missing."""
    if not is_like(unread, path):
        return False
    written = [str(part) for part in unread]
    return any(one.has(written) for one in lacking) and not any(one.has(written) for one in having)


def is_like(written: Path, read: Sequence[str]) -> bool:
    """Whether two keys are one, but for one part that is a slip, or a table's longer or shorter name."""
    mine, other = look(written), look(read)
    pairs = [pair for pair in zip(mine, other, strict=False) if pair[0] != pair[1]]
    if len(mine) != len(other) or len(pairs) != 1 or max(map(len, pairs[0])) > limits.WORD.figure:
        return False
    is_table = pairs[0] != (mine[-1], other[-1])
    return is_slip(*pairs[0], endings=True) or _extends(*pairs[0], words=1 if is_table else 2)


def _extends(name: str, other: str, *, words: int) -> bool:
    """Whether one name is the other with a word more: the tables `github`, `github_app`; a key has two in common."""
    shorter, longer = sorted((name.replace("-", "_"), other.replace("-", "_")), key=len)
    is_longer = longer.startswith(f"{shorter}_") or longer.endswith(f"_{shorter}")
    return is_longer and len(shorter.split("_")) >= words
