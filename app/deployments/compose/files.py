"""The files of a Compose project: read and parsed once, and what Compose refuses anywhere in them."""

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from posixpath import join, normpath

from app.core import limits
from app.core.findings import Fault
from app.core.layers import Origin
from app.deployments.docker.env_file import EnvFile, env_variables, parse_env_file
from app.deployments.docker.interpolation import InvalidReferenceError, Known, interpolated
from app.deployments.expanding import Allowance, ExpansionRoom
from app.deployments.nodes import Node, walked
from app.deployments.telling import missing_reference, no_reference, place, unread
from app.deployments.templating import read_yaml

type FileReader = Callable[[str], str | Fault | None]
"""Gives a file's text by its name relative to the root; None where it is not there."""

_NONE = EnvFile(file="", statements=())


class ComposeFiles:
    """The files that a project's Compose files name.

    Args:
        texts: those that are at hand, by name.
        read_file: reads the others.
        room: what references may put together.

    Attributes:
        labour: what may be put together on the way to the services' variables: what is extended, what is included.
    """

    def __init__(self, texts: Mapping[str, str], read_file: FileReader, room: ExpansionRoom) -> None:
        self._texts, self._read_file, self._room = texts, read_file, room
        self._faults: dict[Fault, None] = {}
        self._roots: dict[str, list[Node]] = {}
        self._env_files: dict[tuple[str, bool], EnvFile] = {}
        self.labour = Allowance(limits.WORK)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong, each once."""
        return tuple(self._faults)

    def tell(self, fault: Fault) -> None:
        """Takes a fault down."""
        self._faults[fault] = None

    def documents(self, file: str, origin: Origin | None = None) -> list[Node]:
        """The documents of a Compose file; none where it cannot be read, which is told at what names it."""
        if file not in self._roots:
            self._roots[file] = self._parsed(file, origin)
        return self._roots[file]

    def _parsed(self, file: str, origin: Origin | None) -> list[Node]:
        if len(self._roots) >= limits.FILES.figure and origin:
            self.tell(unread(origin, f"{file} is beyond {limits.FILES}.", "Name fewer.", limits.FILES.breach))
            return []
        found = self._text(file, origin, f"{file} is named here, and not there.", f"Put {file} there, or name another.")
        roots = read_yaml(found, file) if found is not None else []
        if isinstance(roots, Fault):
            self.tell(roots)
            return []
        for fault in _refused(roots, file):
            self.tell(fault)
        return roots

    def _text(self, file: str, origin: Origin | None, what: str, fix: str) -> str | None:
        found = self._texts.get(file) or self._read_file(file)
        if isinstance(found, Fault):
            self.tell(found)
        elif found is None and origin:
            self.tell(missing_reference(origin, what, fix))
        return found if isinstance(found, str) else None

    def env_file(self, file: str, *, is_raw: bool = False, origin: Origin | None = None) -> EnvFile:
        """The statements of a file of variables; none where it is not there, which is told where an origin is given."""
        if (file, is_raw) not in self._env_files:
            fix = f"Put {file} there, or write {{ path: {file}, required: false }} for an env_file that may be absent."
            found = self._text(file, origin, f"env_file refers to {file}, which is not there.", fix)
            read = parse_env_file(found, file, is_raw=is_raw) if found is not None else _NONE
            for fault in read.faults:
                self.tell(fault)
            if found is None and origin is None:
                return read
            self._env_files[file, is_raw] = read
        return self._env_files[file, is_raw]

    def line_of(self, file: str, name: str) -> int:
        """The line on which a file of variables says one the last time."""
        return max((one.line for one in self.env_file(file).statements if one.name == name), default=1)

    def beside(self, folder: str, known: Known) -> Known:
        """What the `.env` of a project's folder says, below what is known."""
        return self.said_in([normpath(join(folder, ".env"))], known)

    def said_in(self, files: list[str], known: Known, origin: Origin | None = None) -> Known:
        """What such files say, below what is known."""
        found: dict[str, str | None] = {}
        look_up = ChainMap(dict(known), found)
        for file in files:
            read = self.env_file(file, origin=origin)
            self.labour.take(len(read.statements) + 1)
            for one in env_variables(read, look_up, self._room, self.tell):
                found[one.name] = one.value
        return {**found, **known}


def _refused(roots: list[Node], file: str) -> Iterator[Fault]:
    """What Compose refuses a file for, wherever it stands: a name said twice in a table, a brace that is none."""
    for node in walked(roots):
        seen = set[str]()
        for key, _ in node.pairs or ():
            if key.text is not None and key.text in seen:
                origin = place(file, key)
                message = f"{origin} says a key a second time: Compose refuses the file."
                yield Fault(rule="DEP009", message=message, fix="Take one of the two out.", origin=origin)
            seen.add(key.text or "")
        for one in (*(node.items or ()), *(value for _, value in node.pairs or ())):
            if "${" in (one.text or "") and not _is_template(one.text or ""):
                yield no_reference(place(file, one))


def _is_template(said: str) -> bool:
    try:
        interpolated(said, {}, ExpansionRoom())
    except InvalidReferenceError:
        return False
    return True
