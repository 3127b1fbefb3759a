"""The services of Compose files, each with the variables that its container gets.

`env_file` first, in its order, then `environment`; what a service `extends` is below it. Source: the Compose
specification, and its interpolation.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import isfinite
from posixpath import dirname, isabs, join, normpath

from msgspec import Struct
from msgspec.structs import replace

from app.core import limits
from app.core.deployment import DeployedVariable, Runner
from app.core.findings import Fault
from app.core.layers import Origin
from app.deployments.docker.env_file import read_env_file
from app.deployments.docker.interpolation import InvalidReferenceError, interpolated
from app.deployments.expanding import Allowance, ExpansionRoom
from app.deployments.nodes import Node, at, entries, items, text
from app.deployments.telling import changed, missing_reference, no_reference, place
from app.deployments.templating import read_yaml

_NAME = re.compile(r"[^\s=:{}\[\]\"']+")

_LARGE = 1e21
"""From here on Go writes numbers with an exponent."""

type FileReader = Callable[[str], str | Fault | None]
"""Gives a file's text by its name relative to the root; None where it is not there."""


class Services(Struct, frozen=True, kw_only=True):
    """The services of a file, and what is wrong with them."""

    runners: tuple[Runner, ...] = ()
    faults: tuple[Fault, ...] = ()
    files: tuple[str, ...] = ()


def read_services(
    source: str,
    file: str,
    read_file: FileReader,
    allowance: Allowance,
    *,
    name: str | None = None,
) -> Services:
    """The services of a Compose file.

    Args:
        source: its text.
        file: its name, relative to the root.
        read_file: reads the files that it names.
        allowance: how many variables there may be.
        name: the service that counts; None for all.

    Raises:
        TooManyVariablesError: there are more.
    """
    root = read_yaml(source, file)
    if isinstance(root, Fault):
        return Services(faults=(root,))
    reading = _ServiceReading(read_file)
    runners = tuple(_counted(reading.runners(next(iter(root), None), file, name), allowance))
    return Services(runners=runners, faults=tuple(dict.fromkeys(reading.faults)), files=tuple(reading.files))


def _counted(runners: Iterable[Runner], allowance: Allowance) -> Iterator[Runner]:
    for runner in runners:
        allowance.take(len(runner.variables))
        yield runner


class _ServiceReading:
    """One Compose file that is being read, with the files that it names."""

    def __init__(self, read_file: FileReader) -> None:
        self._read_file = read_file
        self.faults: list[Fault] = []
        self.files: list[str] = []
        self._known: Mapping[str, str] = {}
        self._roots: dict[str, list[Node] | Fault | None] = {}
        self._said: dict[tuple[str, bool], Sequence[DeployedVariable]] = {}
        self._room = ExpansionRoom()

    def runners(self, root: Node | None, file: str, name: str | None) -> Iterator[Runner]:
        self._known = self._beside(file)
        for service, (key, node) in entries(at(root, "services")).items():
            if name is None or service == name:
                variables, unseen = self._variables(root, file, node)
                yield Runner(label=f"service {service}", origin=place(file, key), variables=tuple(variables),
                             open=tuple(unseen))  # fmt: skip

    def _beside(self, file: str) -> Mapping[str, str]:
        """What the `.env` beside the file says, which its references find."""
        found = self._text_of(join(dirname(file), ".env"))
        if not isinstance(found, str):
            return {}
        said = read_env_file(found, normpath(join(dirname(file), ".env")), {}, self._room)
        self.faults += said.faults
        return {one.name: one.value for one in said.variables if one.value is not None}

    def _text_of(self, file: str) -> str | Fault | None:
        self.files.append(file)
        return self._read_file(file)

    def _variables(self, root: Node | None, file: str, node: Node) -> tuple[list[DeployedVariable], list[Origin]]:
        """Files first, then what `environment` says: that of a service it extends is above its own files, too."""
        variables, unseen = list[DeployedVariable](), list[Origin]()
        parts = self._parts(root, file, node)
        for where, part in parts:
            for entry in _last_of_each(_several(at(part, "env_file"))):
                self._from_file(entry, where, variables, unseen)
        for where, part in parts:
            variables += self._environment(at(part, "environment"), where)
        return variables, unseen

    def _parts(self, root: Node | None, file: str, node: Node) -> list[tuple[str, Node]]:
        """The service, behind those that it extends, in this file or the one that it names; each with its file."""
        found = [(file, node)]
        while len(found) <= limits.DEPTH.figure:
            extends = at(node, "extends")
            if (other := text(extends) or text(at(extends, "service"))) is None:
                break
            if named := text(at(extends, "file")):
                file = normpath(join(dirname(file), named))
                root = self._root(file, place(file, extends))
            if (target := at(root, "services", other)) is None:
                break
            node = target
            found.append((file, node))
        return found[::-1]

    def _root(self, file: str, origin: Origin) -> Node | None:
        """What another Compose file says, read once; None where that is nothing."""
        if file not in self._roots:
            found = self._text_of(file)
            self._roots[file] = read_yaml(found, file) if isinstance(found, str) else found
        roots = self._roots[file]
        if isinstance(roots, list):
            return next(iter(roots), None)
        self._missing(file, roots, origin, f"extends refers to {file}")
        return None

    def _from_file(self, entry: Node, file: str, variables: list[DeployedVariable], unseen: list[Origin]) -> None:
        path = at(entry, "path") if entry.pairs is not None else entry
        named = text(path) or ""
        name = normpath(join(dirname(file), named))
        via = f"env_file {named}"
        if "$" in named or isabs(named) or name.startswith(".."):
            unseen.append(place(file, path, via, via))
            return
        found = self._text_of(name)
        if isinstance(found, str):
            key = name, text(at(entry, "format")) == "raw"
            if key not in self._said:
                said = read_env_file(found, name, self._known, self._room, is_raw=key[1])
                self.faults += said.faults
                self._said[key] = said.variables
            variables += [replace(one, origin=replace(one.origin, via=via)) for one in self._said[key]]
        elif text(at(entry, "required")) != "false":
            self._missing(name, found, place(file, path), f"env_file refers to {name}")

    def _missing(self, name: str, found: Fault | None, origin: Origin, what: str) -> None:
        if isinstance(found, Fault):
            self.faults.append(found)
            return
        fix = f"Put {name} there, or write {{ path: {name}, required: false }} for an env_file that may be absent."
        self.faults.append(missing_reference(origin, f"{what}, which is not there.", fix))

    def _environment(self, node: Node | None, file: str) -> Iterator[DeployedVariable]:
        """What `environment` says, as a map or a list; a name without a value is the operator's to give."""
        for name, (key, value) in entries(node).items() if node is not None and node.pairs is not None else ():
            yield self._stated(name, None if value.type == "null" else value, key, file)
        for one in items(node):
            name, equals, _ = (one.text or "").partition("=")
            if not _NAME.fullmatch(name):
                self.faults.append(_nameless(place(file, one)))
            else:
                yield self._stated(name, one if equals else None, one, file)

    def _stated(self, name: str, value: Node | None, key: Node, file: str) -> DeployedVariable:
        if value is None:
            known = self._known.get(name)
            origin = place(file, key, name, "the operator's environment")
            return DeployedVariable(name=name, value=known, origin=origin, secret=known is not None)
        said = value.text or ""
        if value is key:
            said = said.partition("=")[2]
        origin = place(file, value, name)
        told = _spelled(said, value) if value is not key else said
        if told != said or (value is not key and value.type == "date"):
            self.faults.append(changed(origin, value.type, "Compose", refused=False))
        known_text = self._interpolated(told, origin)
        via = "the operator's environment" if known_text is None else None
        is_filled = known_text != told
        return DeployedVariable(name=name, value=known_text, origin=replace(origin, via=via), secret=is_filled,
                                manifest=not is_filled)  # fmt: skip

    def _interpolated(self, said: str, origin: Origin) -> str | None:
        try:
            return interpolated(said, self._known, self._room)
        except InvalidReferenceError:
            self.faults.append(no_reference(origin))
            return None


def _nameless(origin: Origin) -> Fault:
    """An entry of a list that names no variable; what stands there may be a secret."""
    message = f"An entry of environment at {origin} is no NAME=value: no variable of the project is set by it."
    fix = "Write NAME=value, or make environment a map."
    return Fault(rule="DEP009", message=message, fix=fix, origin=origin)


def _last_of_each(listed: list[Node]) -> list[Node]:
    """The entries without those of a file that a later one names again: that one has the last word in all."""
    named = {text(at(one, "path") if one.pairs is not None else one): one for one in reversed(listed)}
    return list(reversed(named.values()))


def _several(node: Node | None) -> list[Node]:
    """One or several entries."""
    return [] if node is None else node.items if node.items is not None else [node]


def _spelled(said: str, node: Node) -> str:
    """A number or a boolean as Compose writes it: Go's way to print what YAML has read."""
    if node.type == "boolean" and said.lower() in {"true", "false"}:
        return said.lower()
    return _number(said) if node.type == "number" else said


def _number(said: str) -> str:
    digits = said.replace("_", "")
    try:
        if re.fullmatch(r"[-+]?0o?[0-7]+", digits) and digits.strip("+-") != "0":
            return str(int(digits.replace("o", ""), 8))
        if re.fullmatch(r"[-+]?0[xb][0-9a-fA-F]+", digits):
            return str(int(digits, 0))
        if re.fullmatch(r"[-+]?\d+", digits):
            return str(int(digits))
        value = float(digits)
    except ValueError:
        return said
    if not isfinite(value) or abs(value) >= _LARGE:
        return repr(value)
    return str(int(value)) if value == int(value) else repr(value)
