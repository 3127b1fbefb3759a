"""Kubernetes manifests as one set: the documents of several files, found by kind and name.

What a search for words can leave out is not parsed: a rendered release has thousands of documents, few of them ours.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from app.core.findings import Fault
from app.deployments.nodes import BrokenYamlError, Node, at, entries, items, parse, text
from app.deployments.telling import spot, unread

_SEPARATOR = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_WORKLOAD = ("containers",)
_HELD = ("ConfigMap", "Secret", "Service", "List")
_ACTION = re.compile(
    r"\{\{-?\s*(include|template|tpl|if|range|with|end|define)\b|\{\{-?\s*\.(Values|Release|Chart)\b|:[ ]+\{\{",
)


class Document(Struct, frozen=True, kw_only=True):
    """One object of a manifest."""

    file: str
    kind: str
    name: str
    root: Node


class ManifestEntry(Struct, frozen=True, kw_only=True):
    """One value of a ConfigMap or Secret. `text` is None where it is elsewhere."""

    file: str
    key: Node
    value: Node
    text: str | None


class ManifestSet(Struct, frozen=True, kw_only=True):
    """The objects of a deployment's manifests.

    Attributes:
        documents: in the order of files.
        faults: what cannot be read.
        shown: those whose workloads are asked for; None for all.
    """

    documents: tuple[Document, ...] = ()
    faults: tuple[Fault, ...] = ()
    shown: tuple[Document, ...] | None = None

    def holder(self, kind: str, name: str) -> Document | None:
        """The last object of that kind and name."""
        found = (one for one in reversed(self.documents) if one.kind == kind and one.name == name)
        return next(found, None)


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
            if _ACTION.search(chunk):
                faults.append(_template(file, line + chunk.count("\n", 0, _first(_ACTION, chunk))))
                break
            try:
                documents += [one for root in parse(chunk, line) for one in _objects(root, file)]
            except BrokenYamlError as error:
                faults.append(broken(file, error))
                break
    return ManifestSet(documents=tuple(documents), faults=tuple(faults))


def _may_matter(chunk: str, words: Sequence[str]) -> bool:
    """Whether a document may hold variables of ours, or what they refer to."""
    is_ours = not words or _holds(chunk, (*words, "envFrom"))
    return _holds(chunk, _HELD) or (is_ours and _holds(chunk, _WORKLOAD))


def _holds(chunk: str, words: Sequence[str]) -> bool:
    return any(word in chunk for word in words)


def broken(file: str, error: BrokenYamlError) -> Fault:
    """A text that is no YAML."""
    message = f"{file}:{error.line}:{error.column} is no YAML: {error.reason}."
    return unread(spot(file, error.line, error.column), message, "Mend the YAML.", "does not parse")


def _template(file: str, line: int) -> Fault:
    message = f"{file}:{line} is a template: what it says is known once it is rendered."
    fix = "Render it first: helm template … | assay check --deployment - ENV, or kustomize build … for an overlay."
    return unread(spot(file, line), message, fix, "is a template")


def _first(shape: re.Pattern[str], chunk: str) -> int:
    found = shape.search(chunk)
    return found.start() if found else 0


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


def held(document: Document) -> dict[str, ManifestEntry]:
    """What a ConfigMap or Secret holds, by key."""
    found: dict[str, ManifestEntry] = {}
    for part in ("data", "stringData"):
        for name, (key, value) in entries(at(document.root, part)).items():
            raw = value.text if value.text is not None else ""
            plain = raw if part == "stringData" or document.kind == "ConfigMap" else _decoded(raw)
            found[name] = ManifestEntry(file=document.file, key=key, value=value, text=plain)
    for name, (key, value) in entries(at(document.root, "spec", "encryptedData")).items():
        found[name] = ManifestEntry(file=document.file, key=key, value=value, text=None)
    return found


def _decoded(raw: str) -> str | None:
    try:
        return base64.b64decode("".join(raw.split()), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
