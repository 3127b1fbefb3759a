"""What an application's code reads of its configuration: found without running it. Pure."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Literal

from msgspec import Struct

from app.core.layers import Origin, Path, Span, stem

type ReadVerdict = Literal["read", "unread", "unclear"]
type Look = tuple[str, ...]


class Read(Struct, frozen=True, kw_only=True):
    """A place in the code that reads a key.

    Attributes:
        path: the key's parts, as the code spells them.
        file: relative to the project's folder, with `/`.
        line: where it stands.
        column: the same, in characters from 1.
        default: whether something stands in where the key is missing.
        test: whether only tests read it there.
        sure: whether the place is reached whatever the configuration is, and means these settings.
        whole: whether all that is below the key is used with it.
    """

    path: tuple[str, ...]
    file: str
    line: int
    column: int = 1
    default: bool = False
    test: bool = False
    sure: bool = False
    whole: bool = True

    @property
    def place(self) -> str:
        """The place as people write it."""
        return f"{self.file}:{self.line}"

    @property
    def origin(self) -> Origin:
        """The place as findings have it."""
        span = Span(line=self.line, column=self.column, end_line=self.line, end_column=self.column)
        return Origin(kind="file", file=self.file, span=span)


class UnclearUse(Struct, frozen=True, kw_only=True):
    """A place in the code that may read any key of a table, or any that a glob matches.

    Attributes:
        path: the table; empty for all settings.
        glob: the keys of it, as far as they are known.
        message: what stands there, as a sentence.
    """

    path: tuple[str, ...]
    file: str
    line: int
    message: str
    glob: str = "*"


class Usage(Struct, frozen=True, kw_only=True, dict=True):
    """Everything that the code reads.

    Attributes:
        known: whether there is code whose settings these are; else nothing is known.
        file: where it makes its settings; None where nobody knows.
        line: the same.
        reads: where it reads a key.
        unclear: where it may read any.
        written: keys that the code sets itself.
        closed: whether the code sets no others, so that what no layer sets is missing.
        switches: where it chooses the environment itself, `settings.setenv(…)`; None where it leaves that alone.
        framework: `Flask` or `Django`, which read settings themselves; empty for neither.
    """

    known: bool = False
    file: str | None = None
    line: int = 1
    reads: tuple[Read, ...] = ()
    unclear: tuple[UnclearUse, ...] = ()
    written: tuple[tuple[str, ...], ...] = ()
    closed: bool = True
    switches: Read | None = None
    framework: str = ""

    @cached_property
    def _by_path(self) -> dict[Look, list[Read]]:
        return _grouped(self.reads)

    @cached_property
    def _through(self) -> dict[Look, list[Read]]:
        """The reads at and below every path: to read a part of a value is to read it."""
        found: dict[Look, list[Read]] = {}
        for path, read in _looked(self.reads):
            for depth in range(1, len(path) + 1):
                found.setdefault(path[:depth], []).append(read)
        return found

    @cached_property
    def _doubts(self) -> dict[Look, list[UnclearUse]]:
        found: dict[Look, list[UnclearUse]] = {}
        for one in self.unclear:
            found.setdefault(look(one.path), []).append(one)
        return found

    def reads_of(self, path: Path) -> list[Read]:
        """Where a leaf's key is read; a list is one key."""
        return self._through.get(look(stem(path)), [])

    def unclear_of(self, path: Path) -> list[UnclearUse]:
        """Where it may be read: its table is used as a whole, or its name is computed."""
        return list(self._unclear_of(look(stem(path))))

    def _unclear_of(self, path: Look) -> Iterator[UnclearUse]:
        for depth in range(len(path)):
            above, following = path[:depth], path[depth]
            yield from (one for one in self._doubts.get(above, ()) if fnmatchcase(following, one.glob.casefold()))
            yield from (_used_whole(read) for read in self._by_path.get(above, ()) if read.whole and not read.test)

    def verdict(self, path: Path) -> ReadVerdict:
        """Whether the code reads a leaf."""
        if self.reads_of(path):
            return "read"
        return "unclear" if not self.known or self.unclear_of(path) else "unread"

    def sets(self, path: Path) -> bool:
        """Whether the code itself may set a key, its table, or anything below it."""
        own = look(path)
        return any(own[: len(one)] == one or one[: len(own)] == own for one in self._written)

    @cached_property
    def _written(self) -> list[Look]:
        return [look(one) for one in self.written]

    @cached_property
    def is_seen(self) -> bool:
        """Whether any of the application's reads were found: where none were, they are rather somewhere else."""
        return self.known and any(not read.test for read in self.reads)

    @cached_property
    def wanted(self) -> dict[Look, list[Read]]:
        """The reads by key, as look-ups compare it."""
        return dict(self._by_path)


def look(path: Sequence[str | int]) -> Look:
    """A path as Dynaconf compares keys that are looked up: whatever their case, and a blank is an underscore.

    Source: `find_the_correct_casing` of Dynaconf 3.3.5.
    """
    return tuple(str(part).replace(" ", "_").casefold() for part in path)


def _grouped(reads: Sequence[Read]) -> dict[Look, list[Read]]:
    found: dict[Look, list[Read]] = {}
    for path, read in _looked(reads):
        found.setdefault(path, []).append(read)
    return found


def _looked(reads: Sequence[Read]) -> Iterator[tuple[Look, Read]]:
    """The reads, each with its path as look-ups compare it; few keys are read at many places."""
    paths = {path: look(path) for path in {read.path for read in reads}}
    return ((paths[read.path], read) for read in reads)


def _used_whole(read: Read) -> UnclearUse:
    what = ".".join(read.path)
    return UnclearUse(path=read.path, file=read.file, line=read.line, message=f"{what} is used as a whole there.")


NOTHING_READ = Usage()
"""What is known of code that nobody has read."""
