"""Which facts of a module may be about settings: found by the names in them; most of a program is about others."""

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache

from app.application.usage.facts import Binding, Handing

_NAME = re.compile(r"\w+")


@lru_cache(1 << 16)
def simple_name(symbol: str) -> str:
    """The name that a symbol has in the code."""
    found = _NAME.findall(symbol)
    return found[-1] if found else symbol


class FactIndex[Fact: (Binding, Handing)]:
    """Finds those of a list that mention a name that matters; asked again, it looks at what is new alone.

    Args:
        facts: the list, which may grow.
    """

    def __init__(self, facts: list[Fact]) -> None:
        self._facts: list[Fact] = facts
        self._listed = 0
        self._by_root: dict[str, list[int]] = {}
        self._by_step: dict[str, list[int]] = {}
        self._roots: dict[str, set[str]] = {}
        self._numbers: set[int] = set()
        self._found: list[Fact] = []

    def relevant(self, names: AbstractSet[str], roots: AbstractSet[str]) -> list[Fact]:
        """Those whose root or a step bears one of these names, and those with one of these roots, in their order.

        Args:
            names: at least those of the last time.
            roots: the same.
        """
        self._list()
        before = len(self._numbers)
        for step in names & self._by_step.keys():
            self._numbers.update(self._by_step.pop(step))
        for name in names & self._roots.keys():
            for root in self._roots.pop(name):
                self._numbers.update(self._by_root.pop(root, ()))
        for root in roots & self._by_root.keys():
            self._numbers.update(self._by_root.pop(root))
        if len(self._numbers) != before:
            self._found = [self._facts[number] for number in sorted(self._numbers)]
        return self._found

    def _list(self) -> None:
        for number in range(self._listed, len(self._facts)):
            reference = self._facts[number].mention.reference
            if reference.root not in self._by_root:
                self._by_root[reference.root] = []
                self._roots.setdefault(simple_name(reference.root), set()).add(reference.root)
            self._by_root[reference.root].append(number)
            for step in reference.steps:
                self._by_step.setdefault(step[1:], []).append(number)
        self._listed = len(self._facts)
