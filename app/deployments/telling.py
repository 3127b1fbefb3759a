"""Faults and origins of a deployment's sources. No message quotes what a source says: it may be a secret."""

from collections.abc import Iterable
from itertools import islice

from msgspec.structs import replace

from app.core.findings import Fault, Severity
from app.core.layers import Origin, Span
from app.deployments.nodes import Node

_NAMES = 3


def place(file: str, node: Node | None, name: str | None = None, via: str | None = None, *, above: int = 0) -> Origin:
    """Where a node stands; of a variable, where it is named. `above` are the lines above the text of the node."""
    line, column = (node.line, node.column) if node else (1, 1)
    return spot(file, line + above, column, name, via)


def spot(file: str, line: int, column: int = 1, name: str | None = None, via: str | None = None) -> Origin:
    """A place by its numbers, which count from 1."""
    span = Span(line=line, column=column, end_line=line, end_column=column)
    return Origin(kind="deployment" if name else "file", file=file, span=span, name=name, via=via)


def shortly(names: Iterable[str]) -> str:
    """The first of some names, as a source is told; whoever looks there sees the others."""
    first, more = list(islice(dict.fromkeys(names), _NAMES + 1)), ""
    if len(first) > _NAMES:
        first, more = first[:_NAMES], ", …"
    return ", ".join(first) + more


def left_open(said: str, values: Iterable[str | None]) -> str:
    """A text of which a part is not known, with marks of what is known of its references.

    It differs where its value may. A mark is short, however much a reference stands for, and is one of this process.
    """
    return "\0".join([said, *(str(hash(value or "")) for value in values)])


def unread(origin: Origin, message: str, fix: str, hides: str) -> Fault:
    """A source that cannot be read: what it says for its environment is not known."""
    return Fault(rule="DEP009", message=message, fix=fix, origin=origin, hides=hides)


def missing_reference(origin: Origin, what: str, fix: str) -> Fault:
    """A reference to what is not in the set."""
    return Fault(rule="DEP002", message=what, fix=fix, origin=origin)


def no_reference(origin: Origin, required: str | None = None) -> Fault:
    """A reference that Compose refuses a file for: a brace that is none, or a required variable that is empty."""
    said = f"{origin.name or 'A text'} at {origin}"
    if required is not None:
        message = f"{said} requires {required}, which is empty: Compose refuses the file."
        return unread_value(origin, message, f"Give {required} a value in the .env beside the Compose file.")
    message = f"{said} has a ${{ that begins no reference: Compose refuses the file."
    return unread_value(origin, message, "Write $$ for a dollar sign, or close the brace of ${NAME}.")


def unread_value(origin: Origin, message: str, fix: str) -> Fault:
    """A variable's text that is not known, told at its place: of a key that is supplied nothing else is told."""
    return Fault(rule="DEP009", message=message, fix=fix, origin=replace(origin, kind="file", name=None))


def no_name(origin: Origin) -> Fault:
    """A variable's name that holds what belongs into its value."""
    message = f"{origin} is no name of a variable, since it has a = in it: Kubernetes refuses the manifest."
    return Fault(rule="DEP009", message=message, fix="Write name: NAME, value: … apart.", origin=origin)


def not_taken(origin: Origin, what: str, fix: str) -> Fault:
    """What Kubernetes takes no manifest with, at its place."""
    where = replace(origin, kind="file", name=None)
    return Fault(rule="DEP009", message=f"{where} {what}: Kubernetes refuses the manifest.", fix=fix, origin=where)


def said_twice(origin: Origin) -> Fault:
    """A key that its mapping has before: what stood there is lost."""
    message = f"{origin} says a key a second time: kustomize refuses that, and elsewhere what stands first is lost."
    fix = "Put both under one key, or take one of the two out."
    return Fault(rule="DEP009", message=message, fix=fix, origin=origin, severity=Severity.WARNING)


def no_base64(origin: Origin, holder: str) -> Fault:
    """A value of a Secret's `data` that stands there as it is."""
    message = f"{origin.name} of the Secret {holder} is no base64: Kubernetes refuses the whole Secret."
    fix = "Write it under stringData, or encode it: printf %s … | base64 -w0"
    return Fault(rule="DEP007", message=message, fix=fix, origin=origin, severity=Severity.ERROR)


def changed(origin: Origin, kind: str, platform: str, *, refused: bool) -> Fault:
    """A value that YAML takes for something else than a text."""
    what = f"is a {kind} to YAML, no text: " + (
        f"{platform} refuses the manifest" if refused else f"{platform} writes it in another way"
    )
    message, fix = f"{origin.name} {what}.", "Put quotation marks around the value."
    return Fault(rule="DEP007", message=message, fix=fix, origin=origin,
                 severity=Severity.ERROR if refused else Severity.WARNING)  # fmt: skip
