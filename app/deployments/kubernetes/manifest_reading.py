"""The manifests of a deployment, read: what may matter of them, each document once."""

from collections.abc import Container, Mapping, Sequence

from app.core.findings import Fault
from app.deployments.kubernetes.document_shapes import DocumentShapes
from app.deployments.kubernetes.documents import Document, is_kustomization, objects, pod_of
from app.deployments.kubernetes.kustomization import GeneratorReading
from app.deployments.kubernetes.kustomize_refusals import refusals
from app.deployments.kubernetes.manifest_texts import ManifestText, manifest_texts, may_start
from app.deployments.kubernetes.manifests import ManifestSet
from app.deployments.kubernetes.references import WorkloadReferences
from app.deployments.source_files import FileReader
from app.deployments.templating import read_yaml
from app.deployments.yaml_reading import RepetitionRoom, is_sound

_PASSED_OVER = frozenset({
    "affinity", "annotations", "labels", "lifecycle", "managedFields", "nodeSelector", "resources", "securityContext",
    "selector", "status", "strategy", "tolerations", "topologySpreadConstraints", "updateStrategy",
    "volumeClaimTemplates", "volumeMounts", "volumes",
})  # fmt: skip
"""What a workload says that has nothing to do with its variables: often the half of it."""


def read_manifests(
    texts: Mapping[str, str], words: Sequence[str], meant: Container[str] = (), read_file: FileReader = lambda _: None
) -> ManifestSet:
    """The objects of several files; where no workload of ours is among them all that start anything, which may say why.

    Args:
        texts: by the files' names.
        words: what a workload says if it is any of ours; none: every workload is read.
        meant: the files that are named one by one: each is read, though it says nothing of ours.
        read_file: reads the files that generators name.
    """
    chosen = _chosen(texts, words, meant)
    if not words or any(may_start(one.text) for listed in chosen.values() for one in listed):
        found = _ManifestReading(chosen).manifests(words, read_file)
        if not words or any(map(pod_of, found.documents)):
            return found
    return _ManifestReading(_chosen(texts, (), meant)).manifests(words, read_file)


def _chosen(
    texts: Mapping[str, str], words: Sequence[str], meant: Container[str]
) -> Mapping[str, Sequence[ManifestText]]:
    return {file: manifest_texts(whole, file, words, is_meant=file in meant) for file, whole in texts.items()}


class _ManifestReading:
    """Files that are being read: first what starts anything, then what it refers to."""

    def __init__(self, chosen: Mapping[str, Sequence[ManifestText]]) -> None:
        self._chosen = chosen
        self._faults: list[Fault] = []
        self._waiting: dict[int, tuple[str, ManifestText]] = {}
        self._read: list[Sequence[Document]] = []
        self._shapes = DocumentShapes()

    def manifests(self, words: Sequence[str], read_file: FileReader) -> ManifestSet:
        """What there is, with the services that look like the project's variables."""
        for file, listed in self._chosen.items():
            self._read_file(file, listed)
        references = WorkloadReferences((one for found in self._read for one in found), words)
        for number, (file, one) in self._waiting.items():
            if references.may_lead_to(one.text):
                found = self._documents(file, one, RepetitionRoom())
                self._read[number] = () if isinstance(found, Fault) else found
        generators = GeneratorReading(read_file)
        documents = generators.filled([one for found in self._read for one in found], references.names)
        return ManifestSet(documents=tuple(documents), faults=(*self._faults, *generators.faults, *refusals(documents)))

    def _read_file(self, file: str, listed: Sequence[ManifestText]) -> None:
        """Reads the documents of a file up to the first that cannot be read, which is told."""
        room = RepetitionRoom()
        for one in listed:
            if one.waits and is_sound(one.text):
                self._waiting[len(self._read)] = file, one
                self._read.append(())
                continue
            found = self._documents(file, one, room)
            if isinstance(found, Fault):
                self._faults.append(found)
                return
            self._read.append(found)

    def _documents(self, file: str, said: ManifestText, room: RepetitionRoom) -> list[Document] | Fault:
        if (alike := self._shapes.roots(said.text)) is not None:
            return [one for root in alike for one in objects(root, file, said.line - 1)]
        passed_over = _PASSED_OVER if may_start(said.text) and not is_kustomization(file) else ()
        roots = read_yaml(said.text, file, said.line, room, passed_over)
        return roots if isinstance(roots, Fault) else [one for root in roots for one in objects(root, file)]
