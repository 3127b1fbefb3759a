"""One object of a manifest: what it is called, what it starts, what it holds."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from app.core.findings import Fault
from app.core.layers import Origin
from app.deployments.kubernetes.secret_texts import HeldText, encoded_text, plain_text
from app.deployments.nodes import Node, at, entries, items, text
from app.deployments.telling import no_base64, place

GENERATORS = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}
"""What the generators of a kustomization make."""


class ManifestEntry(Struct, frozen=True, kw_only=True):
    """One value of a ConfigMap or Secret, and where it stands.

    Attributes:
        above: the lines of its file above those that its node counts.
        apart: whether it stands in a file that a generator names.
    """

    file: str
    above: int = 0
    value: Node
    held: HeldText
    apart: bool = False

    def place(self, name: str, via: str | None = None) -> Origin:
        """Where it stands, as a variable of that name."""
        return place(self.file, self.value, name, via, above=self.above)


class Document(Struct, frozen=True, kw_only=True, dict=True):
    """One object of a manifest.

    Attributes:
        above: the lines of its file above those that its nodes count.
        generated: whether a kustomization makes it.
        made: what it puts there.
        open: whether it may hold more than is known.
    """

    file: str
    kind: str
    name: str
    root: Node
    above: int = 0
    generated: bool = False
    made: Mapping[str, ManifestEntry] = {}
    open: bool = False

    def place(self, node: Node | None, name: str | None = None, via: str | None = None) -> Origin:
        """Where one of its nodes stands; of a variable, where it is named."""
        return place(self.file, node, name, via, above=self.above)

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
        return self.made if self.generated else dict(_held(self))

    @cached_property
    def refused(self) -> Mapping[Fault, None]:
        """What Kubernetes refuses the whole Secret for, whichever of its keys is asked for, in its order."""
        return dict.fromkeys(no_base64(one.place(key), self.name) for key, one in self.held.items() if one.held.refused)


def objects(root: Node, file: str, above: int = 0, listed: str = "") -> Iterator[Document]:
    """The objects of a document: itself, or what a list of any kind holds.

    Args:
        root: the document.
        file: its file's name.
        above: the lines of the file above those that its nodes count.
        listed: the kind of a list's items.
    """
    kind = text(at(root, "kind")) or listed or ("Kustomization" if is_kustomization(file) else "")
    yield from _generated(root, file, above) if kind == "Kustomization" else ()
    if kind.endswith("List") and at(root, "items"):
        for one in items(at(root, "items")):
            yield from objects(one, file, above, kind.removesuffix("List"))
    elif kind:
        name = text(at(root, "metadata", "name")) or ""
        yield Document(file=file, kind=kind, name=name, root=root, above=above)


def is_kustomization(file: str) -> bool:
    """Whether a file is one by its name."""
    return file.rpartition("/")[2] in {"kustomization.yaml", "kustomization.yml", "Kustomization"}


def _generated(root: Node, file: str, above: int) -> Iterator[Document]:
    """The ConfigMaps and Secrets that a kustomization makes."""
    for part, kind in GENERATORS.items():
        for one in items(at(root, part)):
            name = text(at(one, "name")) or ""
            yield Document(file=file, kind=kind, name=name, root=one, above=above, generated=True)


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
            yield name, _entry(document, value, read(value.text or ""))
    for sealed in (("encryptedData",), ("template", "data"), ("template", "stringData")):
        for name, (_, value) in entries(at(document.root, "spec", *sealed)).items():
            yield name, _entry(document, value, HeldText(text=None))


def _entry(document: Document, value: Node, held: HeldText) -> ManifestEntry:
    return ManifestEntry(file=document.file, above=document.above, value=value, held=held)
