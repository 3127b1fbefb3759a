"""Which facts of a module may be about settings, and which of these have to be followed again.

They are found by the names in them: most of a program is about others. Once followed, one is followed again only when
something has changed that it was found by.
"""

import re
from collections.abc import Hashable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache

from app.application.usage.facts import Binding, Handing, ModuleFacts

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

    Attributes:
        due: the numbers of those that have to be followed, of which not all need matter.
    """

    def __init__(self, facts: list[Fact]) -> None:
        self.due: set[int] = set()
        self._facts: list[Fact] = facts
        self._listed = 0
        self._by_root: dict[str, list[int]] = {}
        self._by_step: dict[str, list[int]] = {}
        self._roots: dict[str, set[str]] = {}
        self._numbers: set[int] = set()
        self._found: list[int] = []

    def relevant(self, names: AbstractSet[str], roots: AbstractSet[str]) -> Iterator[tuple[int, Fact]]:
        """Those whose root or a step bears one of these names, and those with one of these roots, in their order.

        Of them those that are due when their turn comes, with their numbers.

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
            self.due |= self._numbers.difference(self._found)
            self._found = sorted(self._numbers)
        for number in self._found if self.due else ():
            if number in self.due:
                self.due.remove(number)
                yield number, self._facts[number]

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


class ImportIndex:
    """Finds the imports of a module whose names matter; asked again, it looks at what is new alone.

    Args:
        imports: what symbols are imported, which may grow.
    """

    def __init__(self, imports: Mapping[str, str]) -> None:
        self._imports = imports
        self._listed: Mapping[str, str] = {}
        self._by_part: dict[str, list[str]] = {}
        self._by_last: dict[str, list[str]] = {}
        self._found: set[str] = set()

    def relevant(self, names: AbstractSet[str], last_names: AbstractSet[str]) -> set[str]:
        """The symbols of what has one of these names in it, or ends with one of those.

        Args:
            names: at least those of the last time.
            last_names: the same.
        """
        if self._imports != self._listed:
            self._list()
        for name in names & self._by_part.keys():
            self._found.update(self._by_part.pop(name))
        for name in last_names & self._by_last.keys():
            self._found.update(self._by_last.pop(name))
        return self._found

    def _list(self) -> None:
        self._listed = dict(self._imports)
        self._by_part, self._by_last, self._found = {}, {}, set()
        for symbol, dotted in self._listed.items():
            parts = dotted.split(".")
            self._by_last.setdefault(parts[-1], []).append(symbol)
            for part in parts:
                self._by_part.setdefault(part, []).append(symbol)


class ModuleIndex:
    """Finds what may be about settings in a module.

    Args:
        facts: the module's.
    """

    def __init__(self, facts: ModuleFacts) -> None:
        self.imports = ImportIndex(facts.imports)
        self.bindings = FactIndex(facts.bindings)
        self.handings = FactIndex(facts.handings)


class Dependents:
    """Which facts have to be followed again when something changes: those that asked for it.

    Attributes:
        asking: the fact that is being followed, as its list and its number there; None for whoever asks at the end.
    """

    def __init__(self) -> None:
        self.asking: tuple[FactIndex[Binding] | FactIndex[Handing], int] | None = None
        self._of: dict[Hashable, set[tuple[FactIndex[Binding] | FactIndex[Handing], int]]] = {}

    def ask(self, *about: Hashable) -> None:
        """Notes what the fact that is being followed depends on."""
        if self.asking:
            for one in about:
                self._of.setdefault(one, set()).add(self.asking)

    def change(self, *about: Hashable) -> None:
        """Every fact that has asked for one of these is due again."""
        for one in about:
            for index, number in self._of.pop(one, ()):
                index.due.add(number)
