"""Kubernetes manifests as one set: the documents of several files, found by kind and name."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from operator import itemgetter

from msgspec import Struct

from app.core.findings import Fault
from app.deployments.kubernetes.documents import Document
from app.deployments.kubernetes.references import variable_part


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
        return dict.fromkeys(map(variable_part, named))

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
