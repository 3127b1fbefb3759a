"""The files of a project, each read once."""

from collections.abc import Mapping, Sequence
from functools import cached_property, partial, reduce
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from app.application import NO_CODE, Application
from app.core.opening import Bounds, is_there
from app.options import OPTIONS_FILES, Options
from app.sources.bounds import bounded
from app.sources.faults import outside
from app.sources.files import Listed, SourceFile, bounds, list_files, list_includes, placed_among, with_sibling
from app.sources.includes import said_includes
from app.sources.toml import TomlDocument, decode, read

if TYPE_CHECKING:
    from app.sources.project.earlier import EarlierReading


class ProjectFiles(Struct, frozen=True, kw_only=True, dict=True):
    """A snapshot of one project's files.

    Attributes:
        root: the folder that holds the options.
        options: how its profiles are laid out.
        overlay: bytes to read in place of a file's own, by the file's name: what it would be with an edit.
        added: files that are not there yet, and whose bytes the overlay has.
        application: the code that is configured, as far as it is read.
        earlier: what the reading before has left.
    """

    root: Path
    options: Options
    overlay: Mapping[str, bytes] = {}
    added: tuple[SourceFile, ...] = ()
    application: Application = NO_CODE
    earlier: "EarlierReading | None" = None

    @cached_property
    def entries(self) -> list[SourceFile]:
        """The files to read, includes last."""
        listed = reduce(placed_among, self.added, self.listed.entries)
        return reduce(partial(with_sibling, root=self.root), self.added, listed)

    @cached_property
    def listed(self) -> Listed:
        """What the options name, and what is in the way of it."""
        return list_files(self.root, self.options)

    @cached_property
    def documents(self) -> list[tuple[SourceFile, TomlDocument]]:
        """Every file that is there, in the order of merging, with what was read; includes of any section last."""
        sectioned = self.options.sectioned
        said = [name for _, document in self.main for _, name in said_includes(document.values, sectioned=sectioned)]
        return [*self.main, *self.included(said)]

    @cached_property
    def main(self) -> list[tuple[SourceFile, TomlDocument]]:
        """The files that every environment reads before anything that is included."""
        inherited = (*self.base_sections, "global") if self.options.sectioned else None
        return bounded([(entry, self._read(entry)) for entry in self.entries if self._is_readable(entry)], inherited)

    @cached_property
    def having(self) -> Mapping[str, list[int]]:
        """The places of the documents that have a section, by its name in lower case."""
        return sections_in(self.documents)

    def _read(self, entry: SourceFile) -> TomlDocument:
        raw = self.overlay.get(entry.name)
        if raw is not None:
            return decode(raw, entry.name)
        if not self.bounds.hold(entry.path):
            fault = outside(entry.path, entry.name, self.root, self.options, self.options_file)
            return TomlDocument(name=entry.name, text="", values={}, fault=fault)
        known = self.earlier.documents.get(entry.name) if self.earlier else None
        return read(entry.path, entry.name, self.bounds, known)

    @cached_property
    def bounds(self) -> Bounds:
        """Where the project's files may lie."""
        return bounds(self.root, self.options)

    def _is_readable(self, entry: SourceFile) -> bool:
        return entry.loader == "TOML" and self.options.loads("TOML") and self.is_present(entry)

    def is_present(self, entry: SourceFile) -> bool:
        """Whether there is a file to read, or one that must not be looked at."""
        return entry.name in self.overlay or not self.bounds.hold(entry.path) or is_there(entry.path)

    def is_missed(self, entry: SourceFile) -> bool:
        """Whether a file should be there: secrets and local files stay on their machine, a glob may match nothing."""
        may_be_absent = entry.secret or ".local." in entry.path.name or has_magic(entry.name)
        return not self.is_present(entry) and not may_be_absent

    def included(self, names: Sequence[str]) -> list[tuple[SourceFile, TomlDocument]]:
        """The files that profiles include by these names, then those that the options include; each once."""
        return [(entry, self._read_include(entry)) for entry in self.new_includes(names) if self._is_readable(entry)]

    def new_includes(self, names: Sequence[str]) -> list[SourceFile]:
        """The files that these names include, and the options, but for those that are read anyway."""
        asked = tuple(dict.fromkeys(names))
        if asked not in self._found_includes:
            taken = {entry.name for entry in self.entries}
            found = list_includes(self.root, self.options, self.first, asked)
            self._found_includes[asked] = [entry for entry in found.entries if entry.name not in taken]
        return self._found_includes[asked]

    @cached_property
    def _found_includes(self) -> dict[tuple[str, ...], list[SourceFile]]:
        """What includes come to, looked for once however many environments have them."""
        return {}

    @cached_property
    def _read_includes(self) -> dict[str, TomlDocument]:
        return {}

    def _read_include(self, entry: SourceFile) -> TomlDocument:
        """The included file, read once however many environments include it."""
        if entry.name not in self._read_includes:
            self._read_includes[entry.name] = self._read(entry)
        return self._read_includes[entry.name]

    @property
    def first(self) -> Path | None:
        """The first file that is there, beside which includes are looked for."""
        return next((entry.path for entry in self.entries if self._is_readable(entry)), None)

    def includes_of(self, name: str) -> Listed:
        """The files that one name includes."""
        return list_includes(self.root, replace(self.options, includes=[]), self.first, [name])

    def document(self, name: str) -> TomlDocument | None:
        """The file of that relative name."""
        return next((document for entry, document in self.documents if entry.name == name), None)

    @cached_property
    def options_file(self) -> str | None:
        """The file that holds the options; None where nothing does."""
        return next((name for name in OPTIONS_FILES if is_there(self.root / name)), None)

    @property
    def base_sections(self) -> tuple[str, ...]:
        """The sections below every environment's own: `default_env`, then the prefix's."""
        prefix = str(self.options.envvar_prefix or "dynaconf").lower()
        return tuple(dict.fromkeys((self.options.default_env.lower(), prefix)))


def sections_in(documents: Sequence[tuple[SourceFile, TomlDocument]]) -> dict[str, list[int]]:
    """The places of the files that have a section, by its name in lower case."""
    found: dict[str, list[int]] = {}
    for place, (_, document) in enumerate(documents):
        for name in dict.fromkeys(key.lower() for key, table in document.values.items() if isinstance(table, dict)):
            found.setdefault(name, []).append(place)
    return found
