"""What the generators of a kustomization put into ConfigMaps and Secrets: texts, and files below its folder.

Source: `kustomize build`; kustomize 5.5, `api/kv`.
"""

from collections.abc import Callable, Iterator, Sequence
from posixpath import basename, dirname, isabs, join, normpath

from msgspec.structs import replace

from app.core import limits
from app.core.findings import Fault
from app.core.layers import Origin
from app.deployments.expanding import Allowance, TooManyVariablesError
from app.deployments.given import STDIN
from app.deployments.kubernetes.documents import Document, ManifestEntry
from app.deployments.kubernetes.secret_texts import HeldText, plain_text
from app.deployments.nodes import Node, at, items, text
from app.deployments.source_files import NOT_TEXT, FileReader
from app.deployments.telling import missing_reference, unread
from app.sources.dotenv import BOM

type Found = Iterator[tuple[str, ManifestEntry]]


class GeneratorReading:
    """Generators that are being read.

    Args:
        read_file: reads what they name.
    """

    def __init__(self, read_file: FileReader) -> None:
        self._read_file, self._room = read_file, Allowance(limits.WORK)
        self._faults: dict[Fault, None] = {}
        self._repeated: dict[str, Fault] = {}  # of each file the first, at which kustomize stops

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with them."""
        return (*self._faults, *self._repeated.values())

    def filled(self, documents: Sequence[Document], is_named: Callable[[str], bool]) -> list[Document]:
        """The objects, those that are generated with what is in them, where `is_named` tells of a reference."""
        below: dict[tuple[str, str, str], Document] = {}
        found = list[Document]()
        for one in documents:
            key = one.kind, one.name, one.namespace
            filled = self._filled(one, below.get(key)) if one.generated and is_named(one.name) else one
            found.append(filled)
            below[key] = filled
        return found

    def _filled(self, document: Document, below: Document | None) -> Document:
        """A generated object; what is merged shares its values with what is below it, which nobody asks any more."""
        merges = text(at(document.root, "behavior")) == "merge"
        values, is_open = dict[str, ManifestEntry](), merges and (below is None or below.open)
        if merges and below is not None:
            values = below.made if below.generated and isinstance(below.made, dict) else dict(below.held)
        said = set[str]()
        try:
            for name, entry in self._entries(document):
                self._room.take(1)
                is_open |= not name
                if name and name in said and document.file not in self._repeated:
                    self._repeated[document.file] = _repetition(document, entry.place(name))
                said.add(name)
                values[name] = entry
        except TooManyVariablesError:
            self._tell_excess(document)
            is_open = True
        values.pop("", None)
        return replace(document, made=values, open=is_open)

    def _tell_excess(self, document: Document) -> None:
        message, fix = f"{document.file}: its generators {limits.WORK.breach}.", "Name fewer files."
        self._faults[unread(document.place(None), message, fix, limits.WORK.breach)] = None

    def _entries(self, document: Document) -> Found:
        """What a generator says; without a name where anything may stand."""
        yield from _literals(document)
        for one in [*items(at(document.root, "envs")), *filter(None, [at(document.root, "env")])]:
            yield from self._of_env_file(document, one)
        for one in items(at(document.root, "files")):
            yield from self._of_file(document, one)

    def _of_env_file(self, document: Document, node: Node) -> Found:
        """The lines `NAME=value` of a file, as they stand; a name alone is the operator's to give."""
        said = self._said(document, text(node) or "", node)
        if not isinstance(said, str):
            yield "", _unknown(document, node)
            return
        file = _below(document, text(node) or "") or ""
        self._room.take(said.count("\n"))
        for number, line in enumerate(said.removeprefix(BOM).split("\n"), 1):
            name, equals, value = line.removesuffix("\r").lstrip().partition("=")
            if name and not name.startswith("#"):
                held = plain_text(value) if equals else HeldText(text=None)
                yield name, _apart(file, Node(line=number, column=1, text=value), held)

    def _of_file(self, document: Document, node: Node) -> Found:
        """A whole file as one value."""
        key, equals, path = (text(node) or "").partition("=")
        path = path if equals else key
        said = self._said(document, path, node, is_whole=True)
        file = _below(document, path) if isinstance(said, str) else None
        held = HeldText(text=said if isinstance(said, str) else None)
        where = Node(line=1, column=1, text="") if file else node
        yield key if equals else basename(path), _apart(file or document.file, where, held)

    def _said(self, document: Document, path: str, node: Node, *, is_whole: bool = False) -> str | None:
        """The text of a file below the kustomization's folder; None where it cannot be had, which is told."""
        self._room.take(1)
        if (file := _below(document, path)) is None:
            return None
        found = self._read_file(file)
        if found is None:
            fix = f"Put {file} there, or take the entry out."
            what = f"A generator names {file}, which is not there: kustomize refuses to build."
            self._faults[missing_reference(document.place(node), what, fix)] = None
        elif isinstance(found, Fault) and (found.hides != NOT_TEXT or not is_whole):
            self._faults[found] = None
        return found if isinstance(found, str) else None


def _repetition(document: Document, origin: Origin) -> Fault:
    where = replace(origin, kind="file", name=None)
    message = f"{where} says a key of {document.name} that its generator has before: kustomize refuses to build."
    return Fault(rule="DEP009", message=message, fix="Take one of the two out.", origin=where)


def _below(document: Document, path: str) -> str | None:
    """A path's name, relative to the root; None where kustomize does not read it: outside of its folder, or remote."""
    inside = normpath(path)
    if not path or document.file == STDIN or isabs(path) or "://" in path or inside.split("/")[0] == "..":
        return None
    return normpath(join(dirname(document.file), inside))


def _apart(file: str, node: Node, held: HeldText) -> ManifestEntry:
    """What stands in a file of its own, which is not for everybody's eyes."""
    return ManifestEntry(file=file, value=node, held=held, apart=True)


def _unknown(document: Document, node: Node) -> ManifestEntry:
    return _apart(document.file, node, HeldText(text=None))


def _literals(document: Document) -> Found:
    """What a generator says itself; a pair of quotation marks around a value is none of it."""
    for one in items(at(document.root, "literals")):
        name, equals, said = (one.text or "").partition("=")
        is_quoted = len(said) > 1 and said[0] in "'\"" and said[-1] == said[0]
        if equals and name:
            held = HeldText(text=said[1:-1] if is_quoted else said)
            node = replace(one, plain=False)
            yield name, ManifestEntry(file=document.file, above=document.above, value=node, held=held)
