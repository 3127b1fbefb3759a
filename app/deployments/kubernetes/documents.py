"""One object of a manifest: what it is called, what it starts, what it holds."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from app.core.findings import Fault
from app.deployments.kubernetes.secret_texts import HeldText, encoded_text, plain_text
from app.deployments.nodes import Node, at, entries, items, text
from app.deployments.telling import no_base64, place


class ManifestEntry(Struct, frozen=True, kw_only=True):
    """One value of a ConfigMap or Secret, and where it stands.

    Attributes:
        apart: whether it stands in a file that a generator names.
    """

    file: str
    value: Node
    held: HeldText
    apart: bool = False


class Document(Struct, frozen=True, kw_only=True, dict=True):
    """One object of a manifest.

    Attributes:
        generated: whether a kustomization makes it.
        made: what it puts there.
        open: whether it may hold more than is known.
    """

    file: str
    kind: str
    name: str
    root: Node
    generated: bool = False
    made: Mapping[str, ManifestEntry] = {}
    open: bool = False

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
        return dict.fromkeys(
            no_base64(place(one.file, one.value, key), self.name) for key, one in self.held.items() if one.held.refused
        )


def objects(root: Node, file: str, listed: str = "") -> Iterator[Document]:
    """The objects of a document: itself, or what a list of any kind holds; `listed` is the kind of a list's items."""
    kind = text(at(root, "kind")) or listed or ("Kustomization" if is_kustomization(file) else "")
    yield from _generated(root, file) if kind == "Kustomization" else ()
    if kind.endswith("List") and at(root, "items"):
        for one in items(at(root, "items")):
            yield from objects(one, file, kind.removesuffix("List"))
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
