"""A Compose project: its files above each other, with what they include, and services with what they extend.

Source: the Compose specification, "Merge", "Extend", "Include"; `loader` of compose-go 2.9.
"""

from collections.abc import Iterator, Mapping, Sequence
from posixpath import dirname, join, normpath, relpath

from msgspec import Struct
from msgspec.structs import replace

from app.core import limits
from app.core.findings import Fault
from app.core.layers import Origin
from app.deployments.compose.command import commanded
from app.deployments.compose.environment import EnvironmentReader, filled
from app.deployments.compose.files import ComposeFiles
from app.deployments.compose.models import ComposeService, EnvFileEntry, StatedVariable, marked_below, moved
from app.deployments.docker.interpolation import Known
from app.deployments.expanding import ExpansionRoom
from app.deployments.nodes import RESET, Node, at, entries, items, text
from app.deployments.telling import missing_reference, place, unread

type Services = Mapping[str, ComposeService]

_SERVICE = 20
"""Variables that take as long as a service does that has none."""


class Scope(Struct, frozen=True, kw_only=True, eq=False):
    """A project, or one that it includes.

    Attributes:
        folder: where its paths begin, relative to the root.
        known: what its references find.
        reader: reads what its services say.
        read: the services that were read, by the ids of their keys.
        documents: those that services extend, by their files and the ways there.
        said: what nodes say, by their ids.
    """

    folder: str
    known: Known
    reader: EnvironmentReader
    read: dict[int, ComposeService] = {}
    documents: dict[tuple[str, str | None], "_DocumentReading"] = {}
    said: dict[int, Mapping[str, StatedVariable]] = {}


class ComposeProject:
    """A project that is being read."""

    def __init__(self, files: ComposeFiles, room: ExpansionRoom) -> None:
        self._files, self._room = files, room
        self._includes = 0

    def services(self, files: Sequence[str]) -> tuple[Services, Known]:
        """The services of files, each above the one before it, and what the `.env` beside the first says."""
        folder = dirname(files[0])
        scope = self._scope(folder, commanded(self._files, files))
        return self._whole(files, scope, ()), scope.known

    def _scope(self, folder: str, known: Known) -> Scope:
        return Scope(folder=folder, known=known, reader=EnvironmentReader(known, self._room, self._files.tell))

    def _whole(
        self, files: Sequence[str], scope: Scope, trail: tuple[str, ...], origin: Origin | None = None
    ) -> Services:
        found: dict[str, ComposeService] = {}
        for file in files:
            self._files.labour.take(_SERVICE * (len(found) + 1))
            for root in self._files.documents(file, origin):
                found = self._above(found, root, file, scope, (*trail, file))
        return {name: _resolved(one, scope) for name, one in found.items()}

    def _above(
        self, below: Services, root: Node, file: str, scope: Scope, trail: tuple[str, ...]
    ) -> dict[str, ComposeService]:
        """The services with those of one more document above them."""
        listed = at(root, "services")
        marked = marked_below(listed)
        reading = _DocumentReading(self._files, scope, file, root)
        own = {name: reading.service(name) for name in entries(listed)}
        own = self._included(own, root, file, scope, trail)
        kept = {} if () in marked else {name: one for name, one in below.items() if (name,) not in marked}
        found = {name: one.without(name, marked) for name, one in kept.items()}
        return {**found, **{name: found[name].below(one) if name in found else one for name, one in own.items()}}

    def _included(
        self, own: dict[str, ComposeService], root: Node, file: str, scope: Scope, trail: tuple[str, ...]
    ) -> dict[str, ComposeService]:
        for entry in items(at(root, "include")):
            origin = place(file, entry)
            services = self._of_include(entry, file, scope, trail, origin)
            self._files.labour.take(len(services) + len(own))
            for name in [name for name, one in services.items() if name in own and own[name] != one]:
                message = f"{origin} includes a service {name}, and there is one of that name: Compose refuses that."
                fix = "Name one of the two otherwise, or say what is to be otherwise in a file above both."
                self._files.tell(Fault(rule="DEP009", message=message, fix=fix, origin=origin))
            own = {**services, **own}
        return own

    def _of_include(self, entry: Node, file: str, scope: Scope, trail: tuple[str, ...], origin: Origin) -> Services:
        paths = self._texts(at(entry, "path") if entry.pairs is not None else entry, file, scope)
        self._includes += 1
        if not paths or self._includes > limits.FILES.figure or len(trail) > limits.DEPTH.figure:
            if paths:
                self._files.tell(_too_many(file, entry))
            return {}
        named = [normpath(join(scope.folder, path)) for path in paths]
        if set(named) & set(trail):
            message = f"{origin} includes what includes it: Compose refuses that."
            self._files.tell(Fault(rule="DEP009", message=message, fix="Take the include out.", origin=origin))
            return {}
        stated = self._texts(at(entry, "project_directory"), file, scope)
        folder = normpath(join(scope.folder, stated[0])) if stated else dirname(named[0])
        files = [normpath(join(scope.folder, path)) for path in self._texts(at(entry, "env_file"), file, scope)]
        known = self._files.said_in(files, scope.known, origin) if files else self._files.beside(folder, scope.known)
        services = self._whole(named, self._scope(folder, known), trail, origin)
        way = relpath(folder or ".", scope.folder or ".")
        return {name: one.seen_from(way) for name, one in services.items()}

    def _texts(self, node: Node | None, file: str, scope: Scope) -> list[str]:
        """One or several texts, without those that nobody here knows."""
        found = (scope.reader.text(text(one), place(file, one)) for one in _several(node))
        return [one for one in found if one]


class _DocumentReading:
    """The services of one document, each read once.

    Args:
        files: those of the project.
        scope: the project.
        file: the document's.
        root: the document.
        way: from the project's folder to the file's, where paths begin there; None where they begin in the former.
    """

    def __init__(self, files: ComposeFiles, scope: Scope, file: str, root: Node, way: str | None = None) -> None:
        self._files, self._scope, self.file, self._way = files, scope, file, way
        self.listed, self._marked = entries(at(root, "services")), marked_below(at(root, "services"))

    def service(self, name: str, trail: tuple[tuple[str, str], ...] = ()) -> ComposeService:
        """A service with what it extends."""
        key, node = self.listed[name]
        if id(key) not in self._scope.read:
            self._files.labour.take(_SERVICE)
            self._scope.read[id(key)] = self._extended(name, node, self._own(key, node), trail)
        return self._scope.read[id(key)]

    def _own(self, key: Node, node: Node) -> ComposeService:
        environment = at(node, "environment")
        found = self._environment(environment) if environment is not None else {}
        listed = _several(at(node, "env_file"))
        return ComposeService(
            origin=place(self.file, key),
            environment=found,
            form=None if environment is None else "table" if environment.pairs is not None else "list",
            env_files={one.path or one.named: one for one in map(self._entry, listed) if one},
            profiles=frozenset(self._profiles(node)),
        )

    def _profiles(self, node: Node) -> Iterator[str]:
        for one in items(at(node, "profiles")):
            yield self._scope.reader.text(text(one), place(self.file, one)) or ""

    def _environment(self, node: Node) -> Mapping[str, StatedVariable]:
        """What a node says, read once for all services that share it."""
        said = self._scope.said
        if id(node) not in said:
            said[id(node)] = self._scope.reader.environment(node, self.file)
        return said[id(node)]

    def _entry(self, entry: Node) -> EnvFileEntry | None:
        node = at(entry, "path") if entry.pairs is not None else entry
        named = text(node)
        if node is None or named is None or entry.mark == RESET:
            return None
        path = self._scope.reader.text(named, place(self.file, node))
        return EnvFileEntry(
            path=path if self._way is None else moved(path, self._way),
            named=named,
            origin=place(self.file, node),
            required=text(at(entry, "required")) not in {"false", "False", "FALSE"},
            is_raw=text(at(entry, "format")) == "raw",
        )

    def _extended(
        self, name: str, node: Node, own: ComposeService, trail: tuple[tuple[str, str], ...]
    ) -> ComposeService:
        """The service above the one that it extends, in this file or the one that it names."""
        extends = at(node, "extends")
        if extends is None:
            return own
        said = text(extends) or text(at(extends, "service"))
        origin = place(self.file, extends)
        other, file = self._scope.reader.text(said, origin), self._scope.reader.text(text(at(extends, "file")), origin)
        if other is None or (file is None and text(at(extends, "file"))):
            via = " of ".join(["the service that it extends", *filter(None, (said, text(at(extends, "file"))))])
            return replace(own, open=(place(self.file, extends, via, via),))
        base = self._base(other, file, origin, (*trail, (self.file, name)))
        if base is None:
            return own
        self._files.labour.take(len(base.environment) + len(base.env_files) + len(base.open))
        return base.without(name, self._marked).below(own)

    def _other(self, file: str, way: str, origin: Origin) -> "_DocumentReading | None":
        """The document of another file; the last one, where it has several."""
        known = self._scope.documents
        if (file, way) not in known and (roots := self._files.documents(file, origin)):
            known[file, way] = _DocumentReading(self._files, self._scope, file, roots[-1], way)
        return known.get((file, way))

    def _base(
        self, name: str, file: str | None, origin: Origin, trail: tuple[tuple[str, str], ...]
    ) -> ComposeService | None:
        reading: _DocumentReading | None = self
        if file is not None:
            whole = normpath(join(self._scope.folder if self._way is None else dirname(self.file), file))
            way = relpath(dirname(whole) or ".", self._scope.folder or ".")
            reading = self._other(whole, way, origin)
        if reading is None:
            return None
        if name not in reading.listed:
            fix = f"Name a service that {reading.file} has."
            what = f"{origin} extends {name}, which {reading.file} does not have."
            self._files.tell(missing_reference(origin, what, fix))
            return None
        if (reading.file, name) in trail or len(trail) > limits.DEPTH.figure:
            message = f"{origin} extends what extends it: Compose refuses the file."
            self._files.tell(Fault(rule="DEP009", message=message, fix="Take the extends out.", origin=origin))
            return None
        return reading.service(name, trail)


def _resolved(service: ComposeService, scope: Scope) -> ComposeService:
    """A service whose names without values, as far as they are in a list, are filled."""
    if service.form != "list":
        return service
    return replace(service, environment={name: filled(one, scope.known) for name, one in service.environment.items()})


def _too_many(file: str, entry: Node) -> Fault:
    message = f"{file} includes more than {limits.FILES}, those of others counted again for each that includes them."
    return unread(place(file, entry), message, "Include fewer.", limits.FILES.breach)


def _several(node: Node | None) -> list[Node]:
    """One or several entries."""
    return [] if node is None else node.items if node.items is not None else [node]
