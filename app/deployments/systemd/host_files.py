"""The files that units name by their paths on the host, as far as they are at hand."""

import re
from collections.abc import Iterable, Iterator
from glob import escape
from posixpath import basename, join, normpath

from app.core import limits
from app.core.findings import Fault
from app.deployments.docker.wildcards import in_order
from app.deployments.source_files import SourceFiles
from app.deployments.systemd import is_unit
from app.deployments.systemd.syntax import SPECIFIER


class HostFiles:
    """The files that units name.

    Args:
        sources: the files below the project's root.
        listed: those that the deployment names.

    Attributes:
        read: the names of those that units have read.
    """

    def __init__(self, sources: SourceFiles, listed: Iterable[str]) -> None:
        self._sources = sources
        self._listed = {basename(file): file for file in listed}
        self._fitting: dict[str, str] = {}
        self._units: dict[str, bool] = {}
        self.read: set[str] = set()

    def drop_ins(self, file: str) -> Iterator[tuple[str, str]]:
        """The names and texts of a unit's drop-ins, in the order of their names."""
        for name in sorted(self._sources.matches(f"{escape(file)}.d/*.conf")):
            if (said := self._sources.text(name)) is not None:
                self.read.add(name)
                yield name, said

    def find(self, path: str, folder: str = "") -> tuple[str, str] | None:
        """The name and text of a file that a unit names: one below the root, or a source of its name in its stead.

        Args:
            path: from the host's root, or the folder.
            folder: the unit's, relative to the root.
        """
        near = normpath(join(folder, path)) if not path.startswith(("/", "%")) else None
        name = near or self._sources.below_root(path) or self._listed_as(basename(path))
        said = self._sources.read(name) if name else None
        if isinstance(said, Fault):
            self._sources.faults.append(said)
        if not isinstance(said, str) or not name or self._is_unit(name, said):
            return None
        self.read.add(name)
        return name, said

    def _is_unit(self, name: str, said: str) -> bool:
        """Whether a file is a unit: that is a process of its own, whoever names it."""
        if name not in self._units:
            self._units[name] = is_unit(said)
        return self._units[name]

    def _listed_as(self, name: str) -> str:
        """The source of a name, in which specifiers that nobody here knows may be anything; none where several fit."""
        if name in self._listed or not SPECIFIER.search(name):
            return self._listed.get(name, "")
        if name not in self._fitting and len(self._fitting) < limits.FILES.figure:  # of more nobody here knows
            pattern = re.compile(in_order([re.escape(piece) for piece in SPECIFIER.split(name)], "[^/]+"))
            fitting = [file for listed, file in self._listed.items() if pattern.fullmatch(listed)]
            self._fitting[name] = fitting[0] if len(fitting) == 1 else ""
        return self._fitting.get(name, "")
