"""Whether what a container says of its variables has the form that Kubernetes takes: another is lost, or refused."""

from collections.abc import Iterator

from app.core.findings import Fault
from app.deployments.kubernetes.documents import Document
from app.deployments.nodes import Node, at, entries, items, text
from app.deployments.telling import not_taken, said_twice

_ENTRY = "Write - { name: NAME, value: … } for each variable."


def misshapen(document: Document, container: Node) -> Iterator[Fault]:
    """What is wrong with the form of a container's variables.

    Args:
        document: the workload's.
        container: the container.
    """
    yield from _repeated(document, container)
    for part in ("env", "envFrom"):
        node = at(container, part)
        if node is not None and node.items is None and node.type != "null":
            yield not_taken(document.place(node), f"is no list, as {part} has to be", _ENTRY)
    for entry in items(at(container, "env")):
        if entry.pairs is None:
            yield not_taken(document.place(entry), "is no entry with a name", _ENTRY)
        elif len(entry.pairs) > 1:
            yield from _of_entry(document, entry)


def _of_entry(document: Document, entry: Node) -> Iterator[Fault]:
    yield from _repeated(document, entry)
    value = at(entry, "value")
    if value is not None and value.text is None:
        yield not_taken(document.place(value), "is no text", "Put quotation marks around the value.")
    elif text(value) and at(entry, "valueFrom") is not None:
        yield not_taken(document.place(value), "stands beside a valueFrom", "Take one of the two out.")


def _repeated(document: Document, node: Node) -> Iterator[Fault]:
    """The first key that stands there twice."""
    if len(node.pairs or ()) == len(entries(node)):
        return
    seen = set[str | None]()
    for key, _ in node.pairs or ():
        if key.text is not None and key.text in seen:
            yield said_twice(document.place(key))
            return
        seen.add(key.text)
