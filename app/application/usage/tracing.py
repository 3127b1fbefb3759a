"""What the code reads of its settings: names are followed until nothing new is found, then every use is told."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from msgspec.structs import replace

from app.application.functions import Unclear
from app.application.usage.facts import Binding, Handing, Mention, ModuleFacts, Reference
from app.application.usage.fixtures import conftests, filled_parameters, is_test
from app.application.usage.linking import Links, LinkTarget
from app.application.usage.places import KnownPlaces, SettingsPlace, follow
from app.application.usage.relevance import Dependents, ModuleIndex, simple_name
from app.application.usage.texts import module_names
from app.core import limits
from app.core.cancellation import checkpoint

_ROUNDS = 40
_MOST = 20
_LONGEST = 32
_OWN = {"%0": SettingsPlace(), "%1": SettingsPlace(own=False, sure=False)}
_HARMLESS = frozenset({"isinstance", "issubclass", "type", "id", "bool", "print", "repr", "callable", "hash"})
"""Built-ins that look at no key of the settings that they are handed."""


class Tracing:
    """Follows settings through the code.

    Args:
        links: the modules.
        outside: the names outside the project that stand for its settings.
        separator: what stands for a dot in a key that is looked up.
        files: the files that count.
    """

    def __init__(
        self, links: Links, outside: Mapping[str, SettingsPlace], separator: str, files: Collection[Path]
    ) -> None:
        self.links = links
        self.tokens: set[str] = set()
        self.known: KnownPlaces = {}
        self._outside = outside
        self._separator = separator
        self._files = files
        self._taken: dict[Path, ModuleFacts] = {}
        self._indices: dict[Path, ModuleIndex] = {}
        self._dependents = Dependents()
        self._aliases: dict[Path, set[str]] = {}
        self._renamed: set[tuple[Path, str]] = set()
        self._new_names: set[str] = set()
        self._left = limits.FOLLOWED.figure

    def run(self, begin: Iterable[Path], tokens: Iterable[str]) -> None:
        """Follows names until nothing new is found.

        Args:
            begin: the files that make settings.
            tokens: the names that settings have outside the project.
        """
        new = set(tokens)
        self._taken = {file: self.links.facts(file) for file in begin}
        for _ in range(_ROUNDS):
            self.tokens |= new
            if new:
                self._take_files(new)
            before = self._size
            found = self._round()
            self._take_renamed()
            new = found - self.tokens
            if not new and self._size == before:
                return

    @property
    def _size(self) -> int:
        return sum(map(len, self.known.values())) + len(self._taken) + len(self._renamed)

    def _take_files(self, tokens: set[str]) -> None:
        sought = frozenset(one.encode() for one in tokens)
        found = ((file, self.links.text(file).among(sought)) for file in self._files)
        wanted = {file: words for file, words in found if words}
        self.links.look_into_all(wanted)
        for file, words in wanted.items():
            checkpoint()
            self._take(file, words)

    def _take(self, file: Path, words: AbstractSet[bytes]) -> None:
        """Reads a file in which these words stand, as far as they do."""
        if words:
            self.links.look_into(file, words)
            self._taken[file] = self.links.facts(file)

    def _take_renamed(self) -> None:
        """Reads where files speak of settings by other names, under which they import them: and whoever asks these."""
        new = {
            (file, simple_name(symbol))
            for file, symbols in self._aliases.items()
            for symbol in symbols
            if simple_name(symbol) not in self.tokens and (file, simple_name(symbol)) not in self._renamed
            if self._taken[file].imports[symbol].startswith("dynaconf.") or self.places(file, Reference(symbol))
        }
        self._renamed |= new
        self._new_names = {name for _, name in self._renamed}
        anywhere, modules = {name.encode() for _, name in new}, module_names(file for file, _ in new)
        owned: dict[Path, set[bytes]] = {}
        for file, name in new:
            owned.setdefault(file, set()).add(name.encode())
        for file in self._files if new else ():
            checkpoint()
            text = self.links.text(file)
            is_asking = text.imports_from_here or text.among(modules)
            self._take(file, text.among(anywhere if is_asking else owned.get(file, set())))

    def _round(self) -> set[str]:
        """Follows every binding and handing whose outcome may have changed.

        Returns:
            The names that stand for something of the settings.
        """
        self._dependents.change(*self.links.grown)
        self.links.grown.clear()
        found: set[str] = set()
        for file, facts in list(self._taken.items()):
            checkpoint()
            index = self._indices.get(file) or self._indices.setdefault(file, ModuleIndex(facts))
            self._aliases[file] = index.imports.relevant(self.tokens, self._new_names)
            roots = self._aliases[file] | _OWN.keys()
            for number, binding in index.bindings.relevant(self.tokens, roots):
                self._dependents.asking = index.bindings, number
                found |= self._bound(file, facts, binding)
            for number, handing in index.handings.relevant(self.tokens, roots):
                self._dependents.asking = index.handings, number
                found |= self._handed(file, handing)
            self._dependents.asking = None
            if is_test(file.name):
                found |= self._tested(file, facts)
        return found

    def _tested(self, file: Path, facts: ModuleFacts) -> set[str]:
        """What pytest hands to tests; pytest-django's own `settings` where no fixture of the project has that name."""
        found: set[str] = set()
        above = {one: self._taken[one] for one in conftests(file) if one in self._taken}
        django = self._outside.get("django.conf.settings")
        for symbol, function in filled_parameters(file, facts, above):
            given = self.known.get((function[0], f"{function[1]}()"), ()) if function else [django] if django else ()
            found |= self._keep((file, symbol), [replace(one, sure=False) for one in given])
        return found

    def _is_relevant(self, reference: Reference, file: Path) -> bool:
        """Whether anything of it may stand for settings: cheap, since most of a program does not."""
        root = reference.root
        if root in _OWN or root in self._aliases[file] or simple_name(root) in self.tokens:
            return True
        return any([step[1:] in self.tokens for step in reference.steps])  # noqa: C419 - short lists: half the time

    def _bound(self, file: Path, facts: ModuleFacts, binding: Binding) -> set[str]:
        symbol = binding.symbol
        is_field = symbol.startswith("@")
        sure = facts.stores[symbol] == 1 and not is_field
        places = [replace(one, sure=one.sure and sure) for one in self.places(file, binding.mention.reference)]
        return self._keep((None if is_field else file, symbol), places)

    def _keep(self, symbol: tuple[Path | None, str], places: Iterable[SettingsPlace]) -> set[str]:
        fitting = dict.fromkeys(one for one in places if len(one.path) <= _LONGEST and not one.interface)
        if not fitting:
            return set()
        kept = self.known.setdefault(symbol, {})
        if len(kept) < _MOST and not fitting.keys() <= kept.keys():
            kept |= fitting
            self._dependents.change(symbol)
        return {simple_name(symbol[1])}

    def _handed(self, file: Path, handing: Handing) -> set[str]:
        parameter = self.parameter(file, handing)
        if parameter is None:
            return set()
        self._take_new(parameter[0])
        places = [replace(one, sure=False) for one in self.places(file, handing.mention.reference)]
        return self._keep(parameter, places)

    def _take_new(self, file: Path) -> None:
        if file not in self._taken:
            self._taken[file] = self.links.facts(file)
            self._aliases[file] = set()

    def parameter(self, file: Path, handing: Handing) -> tuple[Path, str] | None:
        """The parameter of a function of the project that an argument fills; None where it is none."""
        target = self._target(file, handing.callee)
        if target.file is None or target.rest or handing.place is None:
            return None
        facts = self.links.facts(target.file)
        self._dependents.ask(target.file)
        function, bound = target.symbol, 0
        if function in facts.classes:
            function, bound = f"{function}.__init__", 1
        elif function in facts.methods:
            bound = 1
        names = facts.functions.get(function, ())
        place = handing.place
        if isinstance(place, int):
            number = place + bound
            return (target.file, f"{function}:{names[number]}") if number < len(names) else None
        return (target.file, f"{function}:{place}") if place in names else None

    def places(self, file: Path, reference: Reference) -> list[SettingsPlace]:
        """Where in the settings a reference leads; nowhere for most.

        Raises:
            Unclear: too much was followed already.
        """
        found = self._places(file, reference)
        self._left -= 1 + len(found)
        if self._left < 0:
            raise Unclear
        return found

    def _places(self, file: Path, reference: Reference) -> list[SettingsPlace]:
        if reference.root in _OWN:
            return [follow(_OWN[reference.root], reference.steps, self._separator)]
        target, steps = self._start(file, reference)
        begin = self._begin(target)
        if begin is not None:
            return [follow(one, steps, self._separator) for one in begin]
        return [] if target.file is None and target.symbol and "(" not in "".join(steps) else self._of_fields(steps)

    def _start(self, file: Path, reference: Reference) -> tuple[LinkTarget, tuple[str, ...]]:
        """The first symbol on the way that stands for settings, else the last that can be followed."""
        for size in range(len(reference.steps) + 1):
            target = self._target(file, Reference(reference.root, reference.steps[:size]))
            if target.rest:
                return target, reference.steps[size - target.rest :]
            if self._begin(target) is not None:
                return target, reference.steps[size:]
        return target, ()

    def _target(self, file: Path, reference: Reference) -> LinkTarget:
        target = self.links.target(file, reference)
        self._dependents.ask(*self.links.asked)
        self.links.asked.clear()
        return target

    def _begin(self, target: LinkTarget) -> Iterable[SettingsPlace] | None:
        if target.rest:
            return None
        if target.file is None:
            found = self._outside.get(target.symbol)
            return [found] if found else None
        return self._known((target.file, target.symbol))

    def _known(self, symbol: tuple[Path | None, str]) -> Iterable[SettingsPlace] | None:
        self._dependents.ask(symbol)
        return self.known.get(symbol)

    def _of_fields(self, steps: tuple[str, ...]) -> list[SettingsPlace]:
        """Where an attribute of an unknown object leads, which some object gets settings for."""
        for number, step in enumerate(steps):
            if step[0] != ".":
                continue
            name, rest = f"@{step[1:]}", steps[number + 1 :]
            called = self._known((None, f"{name}()")) if rest and rest[0].startswith("()") else None
            found = called or self._known((None, name))
            if found:
                left = rest[1:] if called else rest
                return [follow(replace(one, sure=False), left, self._separator) for one in found]
        return []

    def uses(self) -> Iterator[tuple[Path, Mention, SettingsPlace]]:
        """Every use of something of the settings; what is handed to functions of the project is followed there."""
        yield from (use for use in self._uses() if not use[2].holder)

    def _uses(self) -> Iterator[tuple[Path, Mention, SettingsPlace]]:
        for file, facts in self._taken.items():
            if file not in self._files:
                continue
            for mention in (*facts.mentions, *(one.mention for one in facts.bindings)):
                if self._is_relevant(mention.reference, file):
                    yield from ((file, mention, place) for place in self._meant(file, mention))
            for handing in facts.handings:
                if self._is_relevant(handing.mention.reference, file):
                    kind = self._kind_of(file, handing)
                    mention = replace(handing.mention, kind=kind)
                    yield from ((file, mention, place) for place in self.places(file, mention.reference))

    def _meant(self, file: Path, mention: Mention) -> list[SettingsPlace]:
        """Where a mention leads; what is set is a part of what stands before it, and not what it holds by now."""
        reference = mention.reference
        if mention.kind != "set":
            return self.places(file, reference)
        if not reference.steps:
            return []
        above = self.places(file, Reference(reference.root, reference.steps[:-1]))
        return [follow(one, reference.steps[-1:], self._separator) for one in above]

    def _kind_of(self, file: Path, handing: Handing) -> str:
        if self.parameter(file, handing):
            return "handed"
        target = self.links.target(file, handing.callee)
        is_builtin = target.file is not None and not target.rest and target.symbol in _HARMLESS
        return "truth" if is_builtin and not self.links.facts(target.file or file).stores[target.symbol] else "value"
