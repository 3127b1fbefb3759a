"""What `kustomize build` refuses a kustomization for, as far as its files are at hand: one object said twice.

Source: kustomize 5.8, `api/resmap`: objects are one where group, version, kind, name and namespace are; asked by
`kubectl kustomize`.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from posixpath import dirname, join, normpath

from msgspec import Struct

from app.core import limits
from app.core.findings import Fault
from app.deployments.expanding import Allowance, TooManyVariablesError
from app.deployments.given import STDIN
from app.deployments.kubernetes.documents import GENERATORS, Document
from app.deployments.nodes import Node, at, entries, items, text
from app.deployments.telling import unread

_LISTS = ("resources", "bases")
_PLAIN = frozenset({"apiVersion", "kind", "metadata", *_LISTS})
"""What a kustomization may say that changes no object of others."""
_ABOVE = frozenset({"merge", "replace"})
_REFUSES = "kustomize refuses to build"

type Identity = tuple[str, str, str, str]


class _Named(Struct, frozen=True, kw_only=True):
    """A path that a kustomization names, or one that it names does: relative to the root; `node` is its own entry."""

    path: str
    node: Node


def refusals(documents: Sequence[Document]) -> Iterator[Fault]:
    """What is told of the kustomizations among the objects of a set: of each the first, at which kustomize stops."""
    builds = {dirname(one.file): one for one in documents if one.kind == "Kustomization"}
    by_file: dict[str, list[Document]] = {}
    for one in documents if builds else ():
        if not one.generated:
            by_file.setdefault(one.file, []).append(one)
    room = Allowance(limits.WORK)
    try:
        for build in builds.values():
            yield from islice(_refused(build, builds, by_file, room), 1)
    except TooManyVariablesError:
        message, fix = f"{build.file}: kustomizations {limits.WORK.breach}.", "Name fewer."
        yield unread(build.place(None), message, fix, limits.WORK.breach)


def _refused(
    build: Document, builds: Mapping[str, Document], by_file: Mapping[str, Sequence[Document]], room: Allowance
) -> Iterator[Fault]:
    paths, known = set[str](), set[Identity]()
    for named in _named(build, builds, ()) if build.file != STDIN else ():
        if named.path in paths:
            message = f"{build.place(named.node)} names what is named before it, {named.path}: {_REFUSES}."
            yield _fault(build, named.node, message, "Name it once.")
        paths.add(named.path)
        listed = by_file.get(named.path, ())
        room.take(len(listed) + 1)
        for one in listed:
            what = _identity(one.root, one)
            if what in known:
                message = (
                    f"{one.place(at(one.root, 'metadata', 'name'))} is a second {one.kind} {one.name}: {_REFUSES}."
                )
                yield _fault(one, at(one.root, "metadata", "name"), message, "Name one of the two otherwise.")
            known.add(what)
    is_alone = not any(at(build.root, key) for key in (*_LISTS, "components", "generators", "helmCharts"))
    for part, kind in GENERATORS.items():
        for generator in items(at(build.root, part)):
            yield from _generator(build, generator, kind, known, is_alone=is_alone)


def _named(build: Document, builds: Mapping[str, Document], trail: tuple[str, ...]) -> Iterator[_Named]:
    """What a kustomization names, with what plain ones that it names do."""
    folder = dirname(build.file)
    for part in _LISTS:
        for entry in items(at(build.root, part)):
            if not (said := text(entry)) or "://" in said:
                continue
            path = normpath(join(folder, said))
            yield _Named(path=path, node=entry)
            other = builds.get(path)
            if (
                other
                and path not in trail
                and len(trail) < limits.DEPTH.figure
                and entries(other.root).keys() <= _PLAIN
            ):
                yield from (_Named(path=one.path, node=entry) for one in _named(other, builds, (*trail, path)))


def _generator(build: Document, generator: Node, kind: str, known: set[Identity], *, is_alone: bool) -> Iterator[Fault]:
    """What is told of a generator, which then is known itself."""
    named, name = at(generator, "name"), text(at(generator, "name")) or ""
    what = ("v1", kind, name, _space(text(at(generator, "namespace"))))
    is_above = text(at(generator, "behavior")) in _ABOVE
    if what in known and not is_above:
        message = f"{build.place(named or generator)} generates the {kind} {name}, which is there: {_REFUSES}."
        yield _fault(build, named or generator, message, "Write behavior: merge, or name it otherwise.")
    elif is_above and is_alone and what not in known:
        message = (
            f"{build.place(named or generator)} has a behavior, and there is no {kind} {name} below it: {_REFUSES}."
        )
        yield _fault(build, named or generator, message, f"Take the behavior out, or name the {kind} in resources.")
    known.add(what)
    for one in items(at(generator, "literals")):
        if (one.text or "").find("=") < 1:
            message = f"{build.place(one)} is no KEY=value: {_REFUSES}."
            yield _fault(build, one, message, "Write KEY=value.")


def _identity(root: Node, one: Document) -> Identity:
    return text(at(root, "apiVersion")) or "", one.kind, one.name, _space(one.namespace)


def _space(namespace: str | None) -> str:
    return "" if namespace in {None, "default"} else str(namespace)


def _fault(document: Document, node: Node | None, message: str, fix: str) -> Fault:
    return Fault(rule="DEP009", message=message, fix=fix, origin=document.place(node))
