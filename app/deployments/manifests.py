"""Kubernetes manifests as one set: the documents of several files, found by kind and name.

What a search for words can leave out is not parsed: a rendered release has thousands of documents, few of them ours.
"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cached_property
from operator import itemgetter

from msgspec import Struct
from msgspec.structs import replace

from app.core.findings import Fault
from app.deployments.nodes import Node, RepetitionRoom, at, entries, items, text
from app.deployments.secret_texts import HeldText, encoded_text, plain_text
from app.deployments.telling import no_base64, place
from app.deployments.templating import names_helm, read_yaml

_SEPARATOR = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_WORKLOAD = ("containers",)
_HELD = ("ConfigMap", "Secret", "Service", "List", "configMapGenerator", "secretGenerator", "Kustomization")


class ManifestEntry(Struct, frozen=True, kw_only=True):
    """One value of a ConfigMap or Secret, and where it stands."""

    file: str
    value: Node
    held: HeldText


class Document(Struct, frozen=True, kw_only=True, dict=True):
    """One object of a manifest.

    Attributes:
        generated: whether a kustomization makes it.
    """

    file: str
    kind: str
    name: str
    root: Node
    generated: bool = False

    @property
    def is_partial(self) -> bool:
        """Whether it holds more than its manifest says: what files say that a generator names."""
        return self.generated and any(at(self.root, part) is not None for part in ("env", "envs", "files"))

    @cached_property
    def pod(self) -> Node | None:
        """The pod that a workload starts."""
        return pod_of(self)

    @cached_property
    def containers(self) -> Mapping[str, Node]:
        """Those of a workload's pod, by name."""
        return {text(at(one, "name")) or "": one for one in items(at(self.pod, "containers"))}

    @cached_property
    def is_piece(self) -> bool:
        """Whether it is a workload whose containers have no image: it belongs above another of its name."""
        return bool(self.containers) and not any(at(one, "image") for one in self.containers.values())

    @cached_property
    def namespace(self) -> str:
        """Where the object is put; empty where whoever applies the manifest says so."""
        return text(at(self.root, "metadata", "namespace")) or text(at(self.root, "namespace")) or ""

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
        if here := self._placed.get((kind, name, namespace)):
            return here
        if namespace:
            return self._placed.get((kind, name, ""))
        return next(iter(self._named.get((kind, name), ())[-1:]), None)

    def of(self, file: str) -> Sequence[Document]:
        """The objects of one file."""
        return self._by_file.get(file, ())

    def patches(self, workload: Document) -> Sequence[Document]:
        """What belongs above a workload, as a kustomization's patches do, in its order; none where it is one itself."""
        pieces = self._pieces.get((workload.kind, workload.name), {}) if not workload.is_piece else {}
        places = (workload.namespace, "") if workload.namespace else tuple(pieces)
        found = [one for place in places for one in pieces.get(place, ())]
        return [one for _, one in sorted(found, key=itemgetter(0))]

    def starts(self, file: str) -> bool:
        """Whether a file has a workload, none that belongs above another."""
        return any(one.pod is not None and not self.is_patch(one) for one in self.of(file))

    def is_patch(self, workload: Document) -> bool:
        """Whether it belongs above another one: in its namespace, or where one of both is not said to be in any."""
        places = self._whole.get((workload.kind, workload.name), ()) if workload.is_piece else ()
        return bool(places) and (not workload.namespace or "" in places or workload.namespace in places)

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
    def _placed(self) -> Mapping[tuple[str, str, str], Document]:
        """The last object of a kind and name in each namespace."""
        return {(one.kind, one.name, one.namespace): one for one in self.documents}

    @cached_property
    def _pieces(self) -> Mapping[tuple[str, str], Mapping[str, Sequence[tuple[int, Document]]]]:
        """What belongs above workloads, by its namespace, each with its number."""
        found: dict[tuple[str, str], dict[str, list[tuple[int, Document]]]] = {}
        for number, one in enumerate(self.documents):
            if one.is_piece:
                places = found.setdefault((one.kind, one.name), {})
                places.setdefault(one.namespace, []).append((number, one))
        return found

    @cached_property
    def _whole(self) -> Mapping[tuple[str, str], set[str]]:
        """The namespaces of the workloads that are no pieces."""
        found: dict[tuple[str, str], set[str]] = {}
        for one in self.documents:
            if one.containers and not one.is_piece:
                found.setdefault((one.kind, one.name), set()).add(one.namespace)
        return found

    @cached_property
    def _by_file(self) -> Mapping[str, Sequence[Document]]:
        found: dict[str, list[Document]] = {}
        for one in self.documents:
            found.setdefault(one.file, []).append(one)
        return found


def read_manifests(texts: Mapping[str, str], words: Sequence[str], meant: Container[str] = ()) -> ManifestSet:
    """The objects of several files.

    Args:
        texts: by the files' names.
        words: what a workload says if it is any of ours; none: every workload is read.
        meant: the files that are named one by one: each is read, though it says nothing of ours.
    """
    documents, faults = list[Document](), list[Fault]()
    for file, whole in texts.items():
        room = RepetitionRoom()
        for line, chunk in _chosen(whole, words, is_meant=file in meant):
            roots = read_yaml(chunk, file, line, room)
            if isinstance(roots, Fault):
                faults.append(roots)
                break
            documents += [one for root in roots for one in _objects(root, file)]
    return ManifestSet(documents=tuple(documents), faults=tuple(faults))


def _chosen(whole: str, words: Sequence[str], *, is_meant: bool) -> list[tuple[int, str]]:
    """The documents of a file that are read; of a template every one, since it is none that could be read alone."""
    chunks = list(_chunks(whole))
    chosen = [(line, chunk) for line, chunk in chunks if _may_matter(chunk, words)]
    return chunks if (is_meant and not chosen) or (chosen and names_helm(whole)) else chosen


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


def _objects(root: Node, file: str, listed: str = "") -> Iterator[Document]:
    """The objects of a document: itself, or what a list of any kind holds; `listed` is the kind of a list's items."""
    kind = text(at(root, "kind")) or listed or ("Kustomization" if is_kustomization(file) else "")
    yield from _generated(root, file) if kind == "Kustomization" else ()
    if kind.endswith("List") and at(root, "items"):
        for one in items(at(root, "items")):
            yield from _objects(one, file, kind.removesuffix("List"))
    elif kind:
        yield Document(file=file, kind=kind, name=text(at(root, "metadata", "name")) or "", root=root)


def is_kustomization(file: str) -> bool:
    """Whether a file is one by its name."""
    return file.rpartition("/")[2] in {"kustomization.yaml", "kustomization.yml", "Kustomization"}


def _generated(root: Node, file: str) -> Iterator[Document]:
    """The ConfigMaps and Secrets that a kustomization makes."""
    for kind, part in (("ConfigMap", "configMapGenerator"), ("Secret", "secretGenerator")):
        for one in items(at(root, part)):
            yield Document(file=file, kind=kind, name=text(at(one, "name")) or "", root=one, generated=True)


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
    for sealed in (("encryptedData",), ("template", "data"), ("template", "stringData")):
        for name, (_, value) in entries(at(document.root, "spec", *sealed)).items():
            yield name, ManifestEntry(file=document.file, value=value, held=HeldText(text=None))
    yield from _literals(document) if document.generated else ()


def _literals(document: Document) -> Iterator[tuple[str, ManifestEntry]]:
    """What a generator of a kustomization says itself; a pair of quotation marks around a value is none of it."""
    for one in items(at(document.root, "literals")):
        name, equals, value = (one.text or "").partition("=")
        is_quoted = len(value) > 1 and value[0] in "'\"" and value[-1] == value[0]
        if equals:
            said = HeldText(text=value[1:-1] if is_quoted else value)
            yield name, ManifestEntry(file=document.file, value=replace(one, plain=False), held=said)
