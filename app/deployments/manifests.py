"""Kubernetes manifests as one set: the documents of several files, found by kind and name.

What a search for words can leave out is not parsed: a rendered release has thousands of documents, few of them ours.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from app.core.findings import Fault
from app.deployments.nodes import Node, at, entries, items, text
from app.deployments.secret_texts import HeldText, encoded_text, plain_text
from app.deployments.telling import no_base64, place
from app.deployments.templating import read_yaml

_SEPARATOR = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_WORKLOAD = ("containers",)
_HELD = ("ConfigMap", "Secret", "Service", "List")


class ManifestEntry(Struct, frozen=True, kw_only=True):
    """One value of a ConfigMap or Secret, and where it stands."""

    file: str
    value: Node
    held: HeldText


class Document(Struct, frozen=True, kw_only=True, dict=True):
    """One object of a manifest."""

    file: str
    kind: str
    name: str
    root: Node

    @cached_property
    def namespace(self) -> str:
        """Where the object is put; empty where whoever applies the manifest says so."""
        return text(at(self.root, "metadata", "namespace")) or ""

    @cached_property
    def held(self) -> Mapping[str, ManifestEntry]:
        """What a ConfigMap or Secret holds, by key."""
        return dict(_held(self))

    @cached_property
    def refused(self) -> Mapping[Fault, None]:
        """What Kubernetes refuses the whole Secret for, whichever of its keys is asked for, in its order."""
        return dict.fromkeys(
            no_base64(place(one.file, one.value, key), self.name) for key, one in self.held.items() if one.held.refused
        )


class ManifestSet(Struct, frozen=True, kw_only=True, dict=True):
    """The objects of a deployment's manifests.

    Attributes:
        documents: in the order of files.
        faults: what cannot be read.
    """

    documents: tuple[Document, ...] = ()
    faults: tuple[Fault, ...] = ()

    def holder(self, kind: str, name: str, namespace: str) -> Document | None:
        """The last object of that kind and name in a namespace, or one where one of both is not said to be in any."""
        found = self._named.get((kind, name), ())
        here = [one for one in found if one.namespace == namespace]
        either = here or [one for one in found if not (one.namespace and namespace)]
        return either[-1] if either else None

    def of(self, file: str) -> Sequence[Document]:
        """The objects of one file."""
        return self._by_file.get(file, ())

    @cached_property
    def linked(self) -> Mapping[str, None]:
        """The names of its services in the variables that Kubernetes adds for them, in their order."""
        named = (one.name for one in self.documents if one.kind == "Service")
        return dict.fromkeys(name.upper().replace("-", "_") for name in named)

    @cached_property
    def _named(self) -> Mapping[tuple[str, str], Sequence[Document]]:
        found: dict[tuple[str, str], list[Document]] = {}
        for one in self.documents:
            found.setdefault((one.kind, one.name), []).append(one)
        return found

    @cached_property
    def _by_file(self) -> Mapping[str, Sequence[Document]]:
        found: dict[str, list[Document]] = {}
        for one in self.documents:
            found.setdefault(one.file, []).append(one)
        return found


def read_manifests(texts: Mapping[str, str], words: Sequence[str]) -> ManifestSet:
    """The objects of several files.

    Args:
        texts: by the files' names.
        words: what a workload says if it is any of ours; none: every workload is read.
    """
    documents, faults = list[Document](), list[Fault]()
    for file, whole in texts.items():
        for line, chunk in _chunks(whole):
            if not _may_matter(chunk, words):
                continue
            roots = read_yaml(chunk, file, line)
            if isinstance(roots, Fault):
                faults.append(roots)
                break
            documents += [one for root in roots for one in _objects(root, file)]
    return ManifestSet(documents=tuple(documents), faults=tuple(faults))


def _may_matter(chunk: str, words: Sequence[str]) -> bool:
    """Whether a document may hold variables of ours, or what they refer to."""
    is_ours = not words or _holds(chunk, (*words, "envFrom"))
    return _holds(chunk, _HELD) or (is_ours and _holds(chunk, _WORKLOAD))


def _holds(chunk: str, words: Sequence[str]) -> bool:
    return any(word in chunk for word in words)


def _chunks(whole: str) -> Iterator[tuple[int, str]]:
    """The documents of a file as texts, each with its first line: `---` begins one wherever it begins a line."""
    starts = [0, *(found.start() for found in _SEPARATOR.finditer(whole) if found.start())]
    line, ends = 1, [*starts[1:], len(whole)]
    for start, end in zip(starts, ends, strict=True):
        chunk = whole[start:end]
        yield line, chunk
        line += chunk.count("\n")


def _objects(root: Node, file: str) -> Iterator[Document]:
    """The objects of a document: itself, or what a list of any kind holds."""
    kind = text(at(root, "kind")) or ""
    if kind.endswith("List") and at(root, "items"):
        for one in items(at(root, "items")):
            yield from _objects(one, file)
    elif kind:
        yield Document(file=file, kind=kind, name=text(at(root, "metadata", "name")) or "", root=root)


def pod_of(document: Document) -> Node | None:
    """The pod that a workload starts, told by its shape: `Rollout` is one, too."""
    root = document.root
    found = (at(root, *path) for path in (("spec", "jobTemplate", "spec", "template", "spec"),
             ("spec", "template", "spec"), ("spec",)))  # fmt: skip
    return next((pod for pod in found if at(pod, "containers") is not None), None)


def _held(document: Document) -> Iterator[tuple[str, ManifestEntry]]:
    for part in ("data", "stringData"):
        read = encoded_text if part == "data" and document.kind == "Secret" else plain_text
        for name, (_, value) in entries(at(document.root, part)).items():
            yield name, ManifestEntry(file=document.file, value=value, held=read(value.text or ""))
    for name, (_, value) in entries(at(document.root, "spec", "encryptedData")).items():
        yield name, ManifestEntry(file=document.file, value=value, held=HeldText(text=None))
