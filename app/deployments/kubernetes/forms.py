"""Whether what a pod says of its containers' variables has the form that Kubernetes takes: another is lost, or refused.

Source: Kubernetes API, PodSpec and Container; `validateEnv` and `validateEnvFrom` of its server. Fields that are not
known are refused, too: `kubectl apply` and Helm ask for it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from app.core.errors import nearest
from app.core.findings import Fault
from app.core.layers import Origin
from app.deployments.kubernetes.documents import Document
from app.deployments.nodes import UNTAGGED, Node, Type, at, entries, items, text
from app.deployments.telling import changed, not_taken, said_twice

_LETTERS = frozenset({"y", "Y", "n", "N"})
_ENTRY_FIX = "Write - { name: NAME, value: … } for each variable."
_CONTAINER_FIX = "Write - name: …, image: … for each."
_SOURCE_FIX = "Write - configMapRef: { name: … }, or - secretRef: { name: … }."
_QUOTE = "Put quotation marks around the value."


class _Form(Struct, frozen=True, kw_only=True):
    """What a table of a manifest may say.

    Attributes:
        fields: its keys, each with the form of a table below it; None: a text.
        required: what has to be said.
        one_of: of which exactly one is said.
        fix: how it is written.
    """

    fields: Mapping[str, "_Form | None"]
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    fix: str


_OBJECT = _Form(fields={"name": None, "optional": None}, required=("name",),
                fix="Write { name: … }.")  # fmt: skip
_KEY = _Form(fields={"name": None, "key": None, "optional": None}, required=("name", "key"),
             fix="Write { name: …, key: … }.")  # fmt: skip
_FIELD = _Form(fields={"fieldPath": None, "apiVersion": None}, required=("fieldPath",),
               fix="Write { fieldPath: … }.")  # fmt: skip
_RESOURCE = _Form(fields={"resource": None, "containerName": None, "divisor": None}, required=("resource",),
                  fix="Write { resource: … }.")  # fmt: skip
_FILE = _Form(fields={"volumeName": None, "path": None, "key": None, "optional": None},
              required=("volumeName", "path", "key"), fix="Write { volumeName: …, path: …, key: … }.")  # fmt: skip
_WAYS = {"configMapKeyRef": _KEY, "secretKeyRef": _KEY, "fieldRef": _FIELD, "resourceFieldRef": _RESOURCE,
         "fileKeyRef": _FILE}  # fmt: skip
_FROM = _Form(fields=_WAYS, one_of=tuple(_WAYS), fix="Write valueFrom: { secretKeyRef: { name: …, key: … } }.")
_ENTRY = _Form(fields={"name": None, "value": None, "valueFrom": _FROM}, required=("name",), fix=_ENTRY_FIX)
_SOURCE = _Form(fields={"prefix": None, "configMapRef": _OBJECT, "secretRef": _OBJECT},
                one_of=("configMapRef", "secretRef"), fix=_SOURCE_FIX)  # fmt: skip
_PARTS = {"env": _ENTRY, "envFrom": _SOURCE}


def taken_for(node: Node) -> Type:
    """What Kubernetes makes of a scalar: YAML 1.1 on its way to JSON, in which a date is a text.

    Source: `sigs.k8s.io/yaml`.
    """
    if node.mark == UNTAGGED:
        return "text"
    if node.plain and node.text in _LETTERS:
        return "boolean"
    return "text" if node.type == "date" else node.type


def misshapen(document: Document) -> Iterator[Fault]:
    """What is wrong with the form of what a workload's pod says of variables.

    Args:
        document: the workload's.
    """
    links = at(document.pod, "enableServiceLinks")
    yield from _no_flag(links, document.place(links)) if links else ()
    for part in ("initContainers", "containers"):
        listed = at(document.pod, part)
        if listed is not None and listed.items is None and listed.type != "null":
            yield not_taken(document.place(listed), f"is no list, as {part} has to be", _CONTAINER_FIX)
        for container in items(listed):
            if container.pairs is not None:
                yield from _of_container(document, container)
            elif container.type != "null":
                yield not_taken(document.place(container), "is no container", _CONTAINER_FIX)


def _of_container(document: Document, container: Node) -> Iterator[Fault]:
    yield from _repeated(document, container)
    for key, (named, node) in entries(container).items():
        if key not in _PARTS:
            if key.casefold().startswith("env"):
                yield not_taken(document.place(named), "is no field of a container", "Write env or envFrom.")
            continue
        form = _PARTS[key]
        if node.items is None and node.type != "null":
            yield not_taken(document.place(node), f"is no list, as {key} has to be", form.fix)
        for entry in items(node):
            if not _is_plain(entry):
                yield from _table(
                    document, entry, form, key, variable=text(at(entry, "name")) if form is _ENTRY else None
                )


def _is_plain(entry: Node) -> bool:
    """Whether an entry is a name with a text, as most are: of those nothing is told."""
    if [key.text for key, _ in entry.pairs or ()] != ["name", "value"]:
        return False
    return all(one.text and one.type == "text" and one.text not in _LETTERS for _, one in entry.pairs or ())


def _table(document: Document, node: Node, form: _Form, name: str, variable: str | None = None) -> Iterator[Fault]:
    """What is wrong with a table below a name; `variable` is what it gives a value to."""
    if node.pairs is None:
        yield not_taken(document.place(node), f"is no table, as {name} has to be", form.fix)
        return
    said = entries(node)
    yield from _repeated(document, node)
    if unknown := next((key for key in said if key not in form.fields), None):
        if not unknown.startswith("$"):  # `$patch` is kustomize's
            near = nearest(unknown, form.fields)
            fix = f"Did you mean {near}?" if near else form.fix
            yield not_taken(document.place(said[unknown][0]), f"is no field of {name}", fix)
        return
    yield from _missing(document, node, form, name)
    for key, (_, value) in said.items():
        if (below := form.fields[key]) is None:
            where = document.place(value, variable if key == "value" else None)
            yield from _CHECKS.get(key, no_text)(value, where)
        elif value.type != "null":
            yield from _table(document, value, below, key)


def _missing(document: Document, node: Node, form: _Form, name: str) -> Iterator[Fault]:
    """What a table lacks, or says too much of."""
    said = {key: value for key, (_, value) in entries(node).items() if value.type != "null" and value.text != ""}
    if lost := next((key for key in form.required if key not in said), None):
        yield not_taken(document.place(node), f"has no {lost}, as {name} has to have", form.fix)
    ways = [key for key in form.one_of if key in said]
    if form.one_of and len(ways) != 1:
        what = f"names more than one source, as {name} may not" if ways else f"names no source, as {name} has to"
        yield not_taken(document.place(node), what, form.fix)
    if {"value", "valueFrom"} <= said.keys():
        yield not_taken(document.place(said["value"]), "stands beside a valueFrom", "Take one of the two out.")


def no_text(node: Node, origin: Origin) -> Iterator[Fault]:
    """What is wrong with a text; where it is a variable's, its place says so."""
    kind = taken_for(node)
    if node.text is None:
        yield not_taken(origin, "is no text", _QUOTE)
    elif kind not in {"text", "null"}:
        what = f"is a {kind} to YAML, no text"
        named = changed(origin, kind, "Kubernetes", refused=True)
        yield named if origin.name else not_taken(origin, what, _QUOTE)


def _no_flag(node: Node, origin: Origin) -> Iterator[Fault]:
    """What is wrong with what is true or false."""
    is_filled_in = "${" in (node.text or "")
    if taken_for(node) not in {"boolean", "null"} and not is_filled_in:
        yield not_taken(origin, "is neither true nor false", "Write true or false, without quotation marks.")


_CHECKS: Mapping[str, Callable[[Node, Origin], Iterable[Fault]]] = {
    "optional": _no_flag,
    "divisor": lambda _, __: (),  # a quantity may be a number
}
"""Of keys that are no texts."""


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
