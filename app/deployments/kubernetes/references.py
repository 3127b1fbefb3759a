"""What the workloads of a set refer to by name: ConfigMaps, Secrets, and services whose variables the cluster adds."""

import re
from collections.abc import Iterable, Iterator, Sequence

from app.deployments.kubernetes.documents import Document
from app.deployments.kubernetes.manifest_texts import WORD, names_in
from app.deployments.nodes import Node, at, entries, items, text, walked

KINDS = {"configMap": "ConfigMap", "secret": "Secret"}
REFERENCE = re.compile(r"\$\$|\$\((?P<name>[^)$]*)\)")
_ADDED = re.compile(
    r"(?P<service>\w+?)_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)"
)
_LONGEST = 200
"""No variable of a service has a longer name: that of a service has 63 characters at most, as that of a port."""
_PARTS = ("containers", "initContainers")


class WorkloadReferences:
    """The names that workloads refer to.

    Args:
        documents: the workloads among others.
        words: what variables of the project begin with.
    """

    def __init__(self, documents: Iterable[Document], words: Sequence[str]) -> None:
        containers = [one for document in documents for part in _PARTS for one in items(at(document.pod, part))]
        sources, stated = _each(containers, "envFrom"), _each(containers, "env")
        self._words = tuple(words)
        self._services = {one for entry in stated for one in _services(entry)}
        self._names = {one for entry in sources for one in _names(entry, "Ref")}
        self._names |= {one for entry in stated for one in _names(at(entry, "valueFrom"), "KeyRef")}
        self._any = not all(map(WORD.fullmatch, self._names))

    def names(self, holder: str) -> bool:
        """Whether a workload refers to a ConfigMap or Secret of that name."""
        return holder in self._names

    def may_lead_to(self, document: str) -> bool:
        """Whether one of them may lead to an object of a document's text, or its service is told by name."""
        if self._any:
            return True
        names = names_in(document)
        is_named = not self._names.isdisjoint(names)
        return is_named or ("Service" in document and any(self._is_linked(variable_part(one)) for one in names))

    def _is_linked(self, service: str) -> bool:
        return service in self._services or bears(service, self._words)


def service_of(variable: str) -> str | None:
    """The service that a variable of that name is one of, as Kubernetes adds them."""
    found = _ADDED.fullmatch(variable) if len(variable) <= _LONGEST else None
    return found["service"] if found else None


def variable_part(service: str) -> str:
    """What a service is called in the names of the variables that Kubernetes adds for it."""
    return service.upper().replace("-", "_")


def bears(service: str, words: tuple[str, ...]) -> bool:
    """Whether a variable that is added for a service, as variables call it, looks like one of the project."""
    return f"{service}_PORT".startswith(words)


def _each(containers: Iterable[Node], part: str) -> list[Node]:
    """The entries of a part of containers, once those that documents of one shape share."""
    lists = {id(one): one for container in containers if (one := at(container, part))}
    return [entry for one in lists.values() for entry in items(one)]


def _names(source: Node | None, word: str) -> Iterator[str]:
    yield from (text(at(one, "name")) or "" for kind in KINDS if (one := at(source, f"{kind}{word}")))


def _services(entry: Node) -> Iterator[str]:
    value = text(at(entry, "value")) or ""
    for found in REFERENCE.finditer(value) if "$(" in value else ():
        yield from [service] if (service := service_of(found["name"] or "")) else ()


def way_of(source: Node) -> str:
    """How a value is told that the cluster alone knows: what has it, and all that this names there."""
    way, (_, named) = next(iter(entries(source).items()), ("valueFrom", (source, source)))
    return " ".join([way, *filter(None, (text(said) for _, said in entries(named).values()))])


def remote(secret: Node, key: str) -> str:
    """What an ExternalSecret says of where one of its keys is from: its store, and the entry of the key or of all."""
    own = [one for one in items(at(secret, "spec", "data")) if text(at(one, "secretKey")) == key]
    said = (at(secret, "spec", "secretStoreRef"), *(own or (at(secret, "spec", "dataFrom"),)))
    return "\0".join(one.text or "" for one in walked(one for one in said if one))
