"""Which module, class or function a reference leads to, across the files of a project."""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from itertools import islice
from pathlib import Path

import msgspec
from msgspec import Struct

from app.application.code import Code
from app.application.usage.facts import ANYTHING, Calls, ModuleFacts, Reference
from app.application.usage.processes import shared
from app.application.usage.statements import Statements
from app.application.usage.texts import CodeText, FunctionNode
from app.core.cancellation import checkpoint

_DEEP = 20
_MUCH = 1 << 20
"""To read so many bytes of code takes longer than to share the work."""

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(dict[str, ModuleFacts])


class LinkTarget(Struct, frozen=True):
    """What a reference leads to, and the steps that are left from there.

    Attributes:
        file: the module; None outside the project.
        symbol: of it; empty for the module itself; with dots for what is outside.
        rest: how many steps of the reference are left.
    """

    file: Path | None
    symbol: str
    rest: int = 0


class Links:
    """The modules of a project, read when they are asked for.

    Args:
        code: the project's.
        calls: the calls that make settings, by file.
        outside: the names outside the project that matter, with dots.

    Attributes:
        unreadable: the files that were asked for, and do not parse.
        asked: the files whose own symbols decided where references lead, since somebody emptied this.
        grown: those in which bodies were read that define such symbols, the same.
    """

    def __init__(self, code: Code, calls: dict[Path, Calls], outside: Collection[str] = ()) -> None:
        self.code = code
        self.unreadable: set[Path] = set()
        self.asked: set[Path] = set()
        self.grown: set[Path] = set()
        self._calls = calls
        self._outside = outside
        self._texts: dict[Path, CodeText] = {}
        self._facts: dict[Path, ModuleFacts] = {}
        self._broken: set[Path] = set()
        self._folders: dict[Path, str] = {}
        self._modules: dict[tuple[str, str], Path | None] = {}
        self._having: dict[tuple[Path, str], bool] = {}
        self._named: dict[tuple[Path, str], LinkTarget] = {}

    def facts(self, file: Path) -> ModuleFacts:
        """The facts of a file; none where it cannot be read."""
        if file not in self._facts:
            self._facts[file] = self._read(file)
        if file in self._broken:
            self.unreadable.add(file)
        return self._facts[file]

    def look_into(self, file: Path, words: AbstractSet[bytes]) -> None:
        """Reads the bodies of functions of a file in which any of these words stands."""
        if file not in self._facts:
            self._facts[file] = self._read(file, words)
        elif self._facts[file].waiting:
            facts = self._facts[file]
            before = dict(facts.functions), dict(facts.classes), len(facts.stores)
            self._look_into(file, self._reader(file, facts), words, {})
            if _defines_more(facts, *before):
                self.grown.add(file)

    def look_into_all(self, wanted: Mapping[Path, AbstractSet[bytes]]) -> None:
        """The same for many files: those that nobody has read yet are read by as many processes as there are cores."""
        new = {file: words for file, words in wanted.items() if file not in self._facts}
        if sum(len(self.text(file).raw) for file in new) < _MUCH:
            return
        with shared([*new], lambda files: _ENCODER.encode(self._read_apart(files, new))) as (own, others):
            for file in own:
                checkpoint()
                self.look_into(file, new[file])
            for answer in others:
                self._facts |= {Path(name): facts for name, facts in _decoded(answer).items()}

    def _read_apart(
        self, files: Iterable[Path], wanted: Mapping[Path, AbstractSet[bytes]]
    ) -> Mapping[str, ModuleFacts]:
        """The facts of files, for whoever shares the work; what cannot be read is left to tell of."""
        for file in files:
            self.look_into(file, wanted[file])
        return {str(file): self._facts[file] for file in files if file not in self.unreadable | self._broken}

    def _reader(self, file: Path, facts: ModuleFacts) -> Statements:
        return Statements(facts, self._calls.get(file, {}), walrus=self.text(file).has_walrus)

    def _look_into(
        self, file: Path, reader: Statements, words: AbstractSet[bytes], nodes: Mapping[int, FunctionNode]
    ) -> None:
        text, waiting = self.text(file), []
        for body in reader.facts.waiting:
            if not text.has(words, body.first, body.last):
                waiting.append(body)
                continue
            try:
                node = nodes.get(body.first) or text.function(body.first, body.last)
                if node:
                    reader.body(body, node)
            except RecursionError:
                self.unreadable.add(file)
        reader.facts.waiting = waiting

    def text(self, file: Path) -> CodeText:
        """What a file says."""
        if file not in self._texts:
            self._texts[file] = CodeText(self.code.raw(file))
        return self._texts[file]

    def _read(self, file: Path, words: AbstractSet[bytes] = frozenset()) -> ModuleFacts:
        """The facts of a file, without the module's tree: that takes a hundred times the room of its text."""
        tree = self.code.tree(file)
        if tree is None:
            self._broken.add(file)
            return ModuleFacts()
        reader = self._reader(file, ModuleFacts())
        try:
            nodes = reader.module(tree)
        except RecursionError:
            self.unreadable.add(file)
            return ModuleFacts()
        if words:
            self._look_into(file, reader, words, nodes)
        return reader.facts

    def _find(self, name: str, beside: Path) -> Path | None:
        folder = self._folders.get(beside)
        if folder is None:
            folder = self._folders[beside] = str(beside.parent)
        key = (name, folder)
        if key not in self._modules:
            file = self.code.place(name, beside)
            if file and file not in self._facts:
                self._facts[file] = self._read(file)
            self._modules[key] = None if file in self._broken else file
        return self._modules[key]

    def target(self, file: Path, reference: Reference) -> LinkTarget:
        """Where a reference of a file leads, as far as it can be followed."""
        if reference.root == ANYTHING:
            return LinkTarget(None, "", len(reference.steps))
        found = self.locate(file, reference.root)
        for number, step in enumerate(reference.steps):
            following = self._step(found, step, file)
            if following is None:
                return LinkTarget(found.file, found.symbol, len(reference.steps) - number)
            found = following
        return found

    def _step(self, found: LinkTarget, step: str, file: Path) -> LinkTarget | None:
        if found.file is None:
            return self._beyond(f"{found.symbol}{step}", file) if step[0] == "." and found.symbol else None
        if not found.symbol:
            return self._member(found.file, step[1:]) if step[0] == "." else None
        facts = self.facts(found.file)
        self.asked.add(found.file)
        if step.startswith("()"):
            if found.symbol in facts.functions:
                return LinkTarget(found.file, f"{found.symbol}()")
            return found if found.symbol in facts.classes else None  # an object has what its class has
        if step[0] == "." and found.symbol in facts.classes:
            return self._inherited(found.file, found.symbol, step[1:])
        return None

    def _beyond(self, dotted: str, file: Path) -> LinkTarget:
        """A name outside, which may yet turn out to be a module of the project."""
        module = self._find(dotted, file)
        return LinkTarget(module, "") if module else LinkTarget(None, dotted)

    def _member(self, file: Path, name: str) -> LinkTarget | None:
        """A name of a module: its own, else a module in its folder."""
        if self._has(file, name):
            return self.locate(file, name)
        inner = self._find(f".{name}", file) if file.name == "__init__.py" else None
        return LinkTarget(inner, "") if inner else None

    def _has(self, file: Path, name: str, depth: int = 0) -> bool:
        key = (file, name)
        if key not in self._having:
            self._having[key] = False  # until it is known: stars may lead round in a circle
            self._having[key] = self._is_bound(file, name, depth)
        return self._having[key]

    def _is_bound(self, file: Path, name: str, depth: int) -> bool:
        facts = self.facts(file)
        if facts.stores[name]:
            return True
        found = (self._find(star, file) for star in dict.fromkeys(facts.stars)) if depth < _DEEP else ()
        return any(other and other != file and self._has(other, name, depth + 1) for other in found)

    def locate(self, file: Path, symbol: str, depth: int = 0) -> LinkTarget:
        """What a symbol of a file is, its imports followed."""
        key = (file, symbol)
        if key not in self._named:
            self._named[key] = LinkTarget(file, symbol)  # until it is known: imports may lead round in a circle
            self._named[key] = self._located(file, symbol, depth)
        return self._named[key]

    def _located(self, file: Path, symbol: str, depth: int) -> LinkTarget:
        facts = self.facts(file)
        if depth > _DEEP:
            return LinkTarget(file, symbol)
        if symbol in facts.imports:
            return self._imported(facts.imports[symbol], file, depth)
        if facts.stores[symbol] or ":" in symbol:
            return self._own(file, symbol)
        for star in facts.stars:
            other = self._find(star, file)
            if other and other != file and self._has(other, symbol, depth):
                return self.locate(other, symbol, depth + 1)
            if not other and f"{star}.{symbol}" in self._outside:
                return LinkTarget(None, f"{star}.{symbol}")
        return self._own(file, symbol)

    def _own(self, file: Path, symbol: str) -> LinkTarget:
        """A symbol of the file itself; of a class's attribute, the class that has it."""
        owner, _, name = symbol.rpartition(".")
        if owner in self.facts(file).classes:
            return self._inherited(file, owner, name) or LinkTarget(file, symbol)
        return LinkTarget(file, symbol)

    def _inherited(self, file: Path, owner: str, name: str, depth: int = 0) -> LinkTarget | None:
        facts = self.facts(file)
        self.asked.add(file)
        symbol = f"{owner}.{name}"
        if facts.stores[symbol] or depth > _DEEP:
            return LinkTarget(file, symbol)
        for base in facts.classes.get(owner, ()):
            found = self.target(file, base) if not base.steps or base.root != owner else None
            if found and found.file and not found.rest and found.symbol in self.facts(found.file).classes:
                if (found.file, found.symbol) == (file, owner):
                    continue
                inherited = self._inherited(found.file, found.symbol, name, depth + 1)
                if inherited:
                    return inherited
        return None

    def _imported(self, dotted: str, file: Path, depth: int) -> LinkTarget:
        """What an imported name stands for: a name of a module, a module, or something outside the project."""
        absolute = dotted.lstrip(".")
        dots = dotted[: len(dotted) - len(absolute)]
        parts = absolute.split(".") if absolute else []
        for size in (len(parts) - 1, len(parts)):
            name = dots + ".".join(parts[:size])
            module = self._find(name, file) if name else None
            if module is None:
                continue
            if size == len(parts):
                return LinkTarget(module, "")
            if module != file and self._has(module, parts[-1]):
                return self.locate(module, parts[-1], depth + 1)
        return LinkTarget(None, dotted)


def _defines_more(
    facts: ModuleFacts, functions: Mapping[str, object], classes: Mapping[str, object], stores: int
) -> bool:
    """Whether a module has other functions and classes than these, or more attributes of its classes."""
    if facts.functions != functions or facts.classes != classes:
        return True
    return any(symbol.rpartition(".")[0] in classes for symbol in islice(facts.stores, stores, None))


def _decoded(answer: bytes) -> Mapping[str, ModuleFacts]:
    """What another process has read; nothing where it did not come to an end."""
    try:
        return _DECODER.decode(answer)
    except msgspec.MsgspecError:
        return {}
