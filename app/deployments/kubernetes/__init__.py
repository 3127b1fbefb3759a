"""The containers of Kubernetes workloads, each with the variables that the kubelet gives it.

`envFrom` first, in its order, then `env`; of one name the last counts, and `$(NAME)` in a value is what came before it.
Source: Kubernetes, "Define environment variables for a container", `makeEnvironmentVariables` of the kubelet.
"""

import re
from collections.abc import Container, Iterable, Iterator
from functools import cached_property
from itertools import product

from msgspec import Struct

from app.core.deployment import DeployedVariable, Runner
from app.core.findings import Fault
from app.core.layers import Origin
from app.deployments.expanding import Allowance, ExpansionRoom
from app.deployments.kubernetes.documents import Document, ManifestEntry
from app.deployments.kubernetes.expansion import expanded
from app.deployments.kubernetes.forms import misshapen, no_text
from app.deployments.kubernetes.manifests import ManifestSet
from app.deployments.kubernetes.references import KINDS, remote, way_of
from app.deployments.kubernetes.secret_texts import FILLED_IN, plain_text
from app.deployments.nodes import Node, at, entries, items, text
from app.deployments.telling import missing_reference, no_name

_ELSEWHERE = frozenset({"SealedSecret", "ExternalSecret"})
_ALONE: Container[str] = frozenset()
_WORKLOADS = frozenset({"Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"})
"""What has containers for sure; another object may call something else by that name."""
_TASKS = frozenset({"Job", "CronJob"})
_PROBES = ("readinessProbe", "livenessProbe", "startupProbe")
_WAYS = ("httpGet", "tcpSocket", "grpc")
_GUARDED = re.compile(r"--port|--bind|^-b$|^-p$")


class Containers(Struct, frozen=True, kw_only=True):
    """The containers of a set, and what is wrong with what they refer to."""

    runners: tuple[Runner, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_containers(
    found: ManifestSet, file: str, allowance: Allowance, *, name: str | None = None, container: str | None = None
) -> Containers:
    """The containers of every workload of a file, but for init containers that nobody asks for.

    Args:
        found: the manifests of the deployment.
        file: the one among them.
        allowance: how many variables there may be.
        name: the workload's name; None for all.
        container: the container's; None for all.

    Raises:
        TooManyVariablesError: there are more.
    """
    room, runners, faults = ExpansionRoom(), list[Runner](), dict[Fault, None]()
    checked = set[int]()
    for document, node in _chosen(found, found.of(file), name, container):
        reading = _WorkloadReading(found, document, node, room, allowance)
        runners.append(reading.runner())
        for one in (one for one in reading.documents if id(one) not in checked):
            checked.add(id(one))
            faults |= dict.fromkeys(misshapen(one))
        faults |= reading.faults  # several may ask for one Secret
    for one in found.of(file):
        if one.kind in _WORKLOADS and not items(at(one.pod, "containers")) and name in {None, one.name}:
            faults |= dict.fromkeys(misshapen(one))
    return Containers(runners=tuple(runners), faults=tuple(faults))


def _chosen(
    found: ManifestSet, documents: Iterable[Document], name: str | None, container: str | None
) -> Iterator[tuple[Document, Node]]:
    for document in documents:
        pod = document.pod
        if pod is None or found.is_patch(document) or (name is not None and document.name != name):
            continue
        listed = items(at(pod, "containers"))
        for node in [*items(at(pod, "initContainers")), *listed] if container else listed:
            if container is None or text(at(node, "name")) == container:
                yield document, node


class _WorkloadReading:
    """One container that is being read."""

    def __init__(
        self, found: ManifestSet, document: Document, node: Node, room: ExpansionRoom, allowance: Allowance
    ) -> None:
        self._set, self._document, self._node, self._allowance = found, document, node, allowance
        self._patches = found.patches(document)
        self._allowance.take(len(self._patches))  # each is looked through for each workload
        self.documents = (document, *self._patches)
        self._source = document  # of the entry that is being read
        self._room = room
        self.faults: dict[Fault, None] = {}
        self._open: list[Origin] = []

    def runner(self) -> Runner:
        links = not any(text(at(pod, "enableServiceLinks")) == "false" for pod in [one.pod for one in self.documents])
        services = self._set.linked if links else _ALONE
        variables = list(self._from_sources())
        known = {one.name: one for one in variables}
        for one in self._stated():
            known[one.name] = expanded(one, known, self._room, services)
            variables.append(known[one.name])
        label = f"container {text(at(self._node, 'name')) or '?'} of {self._document.kind} {self._document.name}"
        return Runner(
            label=label,
            origin=self._document.place(self._node),
            variables=tuple(variables),
            open=tuple(self._open),
            links=links,
            ports=tuple(self._ports()),
            probes=tuple(self._probed()),
            task=self._document.kind in _TASKS,
        )

    def _entries(self, part: str) -> Iterator[Node]:
        """The entries of a part of the container, those of patches first: they take the place of those of one name.

        Source: `kustomize build`, which merges `env` by name, and replaces `envFrom`.
        """
        if not self._patches:
            yield from (one for one in items(at(self._node, part)) if at(one, "$patch") is None)
            return
        name, taken = text(at(self._node, "name")) or "", set[str | None]()
        patches = ((one, one.containers.get(name)) for one in reversed(self._patches))
        for source, node in (*patches, (self._document, self._node)):
            listed = [one for one in items(at(node, part)) if text(at(one, "name")) not in taken or part == "envFrom"]
            for entry in listed:
                self._source = source
                yield from [entry] if at(entry, "$patch") is None else ()
            taken |= {text(at(one, "name")) for one in listed}
            if part == "envFrom" and listed:
                break
        self._source = self._document

    def _from_sources(self) -> Iterator[DeployedVariable]:
        """What `envFrom` gives, with its prefix."""
        for source in self._entries("envFrom"):
            prefix = text(at(source, "prefix")) or ""
            for word, kind in KINDS.items():
                if reference := at(source, f"{word}Ref"):
                    yield from self._all_of(kind, reference, prefix)

    def _all_of(self, kind: str, reference: Node, prefix: str) -> Iterator[DeployedVariable]:
        name = text(at(reference, "name")) or ""
        document = self._holder(kind, name)
        if document is None or document.kind == "ExternalSecret":
            self._is_elsewhere(kind, name, reference)
            return
        self.faults |= document.refused
        if document.open:
            self._is_open(kind, name, reference)
        self._allowance.take(len(document.held))
        for key, value in document.held.items():
            if "=" not in prefix + key:  # no object has such a key
                yield self._variable(prefix + key, value, kind, name)

    def _holder(self, kind: str, name: str) -> Document | None:
        """What holds the values of that name; what a controller makes the Secret of stands for it."""
        kinds, here = ((kind, *_ELSEWHERE) if kind == "Secret" else (kind,)), self._document.namespace
        return next((found for one in kinds if (found := self._set.holder(one, name, here))), None)

    def _is_elsewhere(self, kind: str, name: str, node: Node, variable: str | None = None) -> None:
        """A source that is not in the set: a Secret is kept elsewhere, a ConfigMap is missing."""
        if kind == "Secret":
            if variable is None:
                self._is_open(kind, name, node)
        elif text(at(node, "optional")) != "true":
            origin = self._source.place(at(node, "name") or node, variable)
            what = f"{variable or 'envFrom'} refers to the {kind} {name}, which is in none of the manifests."
            fix = f"Add the manifest of {name} to the deployment's sources, or write optional: true."
            self.faults[missing_reference(origin, what, fix)] = None

    def _is_open(self, kind: str, name: str, node: Node) -> None:
        """A source that may hold anything."""
        via = f"{kind.lower()} {name}"
        self._open.append(self._source.place(node, via, via))

    def _stated(self) -> Iterator[DeployedVariable]:
        """What `env` says, one by one; what an optional reference leads to nowhere is not set."""
        for entry in self._entries("env"):
            said = entries(entry)
            named = said["name"][1] if "name" in said else None
            name = text(named)
            if name is None or named is None:
                continue
            self._allowance.take(1)
            if "=" in name:
                self.faults[no_name(self._source.place(named))] = None
                continue
            source = said["valueFrom"][1] if "valueFrom" in said else None
            if source is not None and source.type != "null":
                yield from self._referred(name, source, named)
            else:
                yield self._plain(name, named, said["value"][1] if "value" in said else None)

    def _plain(self, name: str, named: Node, value: Node | None) -> DeployedVariable:
        """A variable whose text stands there, unless a tool puts it there at the deploy."""
        told = text(value) or ""
        known = plain_text(told).text
        via = FILLED_IN if known is None else None
        return DeployedVariable(name=name, value=known, origin=self._source.place(value or named, name, via),
                                secret=known is None, manifest=known is not None,
                                said=told if known is None else "")  # fmt: skip

    def _check(self, value: Node, origin: Origin) -> None:
        self.faults |= dict.fromkeys(no_text(value, origin))

    def _referred(self, name: str, source: Node, named: Node | None) -> Iterator[DeployedVariable]:
        for word, kind in KINDS.items():
            if reference := at(source, f"{word}KeyRef"):
                yield from self._one_of(name, kind, reference)
                return
        yield DeployedVariable(name=name, value=None, origin=self._source.place(named, name, way_of(source)))

    def _one_of(self, name: str, kind: str, reference: Node) -> Iterator[DeployedVariable]:
        holder, key = text(at(reference, "name")) or "", text(at(reference, "key")) or ""
        document = self._holder(kind, holder)
        via = f"{kind.lower()} {holder}, key {key}"  # another key is another source, though the object is the same
        origin = self._source.place(at(reference, "key") or reference, name, via)
        if document is None or document.kind == "ExternalSecret":
            self._is_elsewhere(kind, holder, reference, name)
            if kind == "Secret":
                said = remote(document.root, key) if document else ""
                yield DeployedVariable(name=name, value=None, origin=origin, secret=True, said=said)
        elif found := document.held.get(key):
            self.faults |= document.refused
            yield self._variable(name, found, kind, holder, key)
        elif document.open:
            yield DeployedVariable(name=name, value=None, origin=origin, secret=kind == "Secret")
        elif text(at(reference, "optional")) != "true":
            what = f"{name} refers to the key {key} of the {kind} {holder}, which has none of that name."
            fix = f"Add {key} to {holder} in {document.file}, or write optional: true."
            self.faults[missing_reference(origin, what, fix)] = None

    def _variable(self, name: str, value: ManifestEntry, kind: str, holder: str, key: str = "") -> DeployedVariable:
        """A variable with what an object holds; where that is not known, the key that is named tells its source."""
        named = f", key {key}" if key and value.held.text is None else ""
        tool = f", {FILLED_IN}" if value.held.filled_in else ""
        origin = value.place(name, f"{kind.lower()} {holder}{named}{tool}")
        self._check(value.value, origin)
        is_secret = kind == "Secret" or value.held.text is None or value.apart
        said = "" if value.held.text is not None else text(value.value) or ""
        return DeployedVariable(name=name, value=value.held.text, origin=origin, secret=is_secret,
                                manifest=not value.apart, said=said)  # fmt: skip

    def _ports(self) -> Iterator[tuple[int, Origin]]:
        """The ports that it says it listens on; none where its arguments say so themselves."""
        if not self._guarded:
            for port in items(at(self._node, "ports")):
                yield from self._number(at(port, "containerPort"))

    def _probed(self) -> Iterator[tuple[int, Origin]]:
        """The ports that its probes ask; a name among them is one of its own ports."""
        if not self._guarded:
            probes = [one for name in _PROBES if (one := at(self._node, name))]
            for probe, way in product(probes, _WAYS):
                yield from self._number(at(probe, way, "port"))

    @cached_property
    def _guarded(self) -> bool:
        said = [one.text or "" for part in ("command", "args") for one in items(at(self._node, part))]
        return any(_GUARDED.search(word) for word in said)

    def _number(self, node: Node | None) -> Iterator[tuple[int, Origin]]:
        if node is not None and (node.text or "").isdecimal() and len(node.text or "") < len("100000"):
            yield int(node.text or ""), self._document.place(node)
