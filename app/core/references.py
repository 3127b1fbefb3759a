"""What values refer to, directly and through others: one graph for all of a tree, whose paths nobody writes down.

A chain of references has as many paths as the square of its length, so each question is one walk through the graph.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from app.core.layers import Path, fold


class Referring(Protocol):
    """A value with what its own text refers to."""

    @property
    def path(self) -> Path:
        """Where it stands."""

    @property
    def refers(self) -> tuple[Path, ...]:
        """The settings that its text names."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The variables that its text names."""


class References:
    """The references among the values of one environment.

    A reference to a table leads to all below it; one that goes into a value (an item of a list that is one text)
    leads to that value.

    Args:
        leaves: all values.
    """

    def __init__(self, leaves: Sequence[Referring]) -> None:
        self._leaves = tuple(leaves)

    @cached_property
    def _at(self) -> Mapping[Path, Sequence[Referring]]:
        """The values by their folded paths."""
        found: dict[Path, list[Referring]] = {}
        for leaf in self._leaves:
            found.setdefault(fold(leaf.path), []).append(leaf)
        return found

    @cached_property
    def _below(self) -> Mapping[Path, Sequence[Path]]:
        """What stands one step below each path."""
        found: dict[Path, list[Path]] = {}
        known: set[Path] = set()
        for path in self._at:
            for depth in range(len(path), 1, -1):
                if path[:depth] in known:
                    break
                known.add(path[:depth])
                found.setdefault(path[: depth - 1], []).append(path[:depth])
        return found

    def reached(self, refers: Sequence[Path]) -> tuple[Path, ...]:
        """Everything that these references lead to, themselves included."""
        found, seen = dict.fromkeys(refers), set[Path]()
        waiting = [fold(path) for path in refers]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                found |= dict.fromkeys(path for leaf in self._at.get(node, ()) for path in (leaf.path, *leaf.refers))
                waiting += self._onward(node)
        return tuple(found)

    def leading_to(self, hides: Callable[[Path], bool], is_private: Callable[[str], bool]) -> frozenset[Path]:
        """Where references must not go, folded: what lies there, or what it leads to, is to be hidden.

        Args:
            hides: whether a setting, or the table of that path, is to be hidden.
            is_private: whether a variable is.
        """
        backward: dict[Path, list[Path]] = {}
        for node in self._nodes:
            for onward in self._onward(node):
                backward.setdefault(onward, []).append(node)
        found = set(self._hidden(hides, is_private))
        waiting = list(found)
        while waiting:
            new = [node for node in backward.get(waiting.pop(), ()) if node not in found]
            found.update(new)
            waiting += new
        return frozenset(found)

    def _hidden(self, hides: Callable[[Path], bool], is_private: Callable[[str], bool]) -> Iterator[Path]:
        known: dict[Path, bool] = {}

        def is_hidden(path: Path) -> bool:
            for head in (path[:depth] for depth in range(1, len(path) + 1)):
                if head not in known:
                    known[head] = hides(head)
                if known[head]:
                    return True
            return False

        for node, leaves in self._at.items():
            if any(is_hidden(leaf.path) or any(map(is_private, leaf.reads)) for leaf in leaves):
                yield node
        yield from (fold(path) for path in self._named if is_hidden(path))

    @cached_property
    def _named(self) -> tuple[Path, ...]:
        """What is referred to, as texts spell it."""
        return tuple(dict.fromkeys(path for leaves in self._at.values() for leaf in leaves for path in leaf.refers))

    @cached_property
    def _nodes(self) -> tuple[Path, ...]:
        return tuple(dict.fromkeys([*self._at, *self._below, *map(fold, self._named)]))

    def _onward(self, node: Path) -> Iterator[Path]:
        """Where one step leads: to what stands below, into what stands above, and to what is referred to there."""
        yield from self._below.get(node, ())
        yield from (above for above in (node[:depth] for depth in range(1, len(node))) if above in self._at)
        yield from (fold(path) for leaf in self._at.get(node, ()) for path in leaf.refers)
