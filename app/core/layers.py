"""What one source says for one environment, and where it says so.

A path is a tuple of key parts and list positions: `("cors", "allow_origins", 0)`.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal

from msgspec import Struct, field

from app.core import limits
from app.core.legible import quoted, unquoted

type Path = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def dotted(path: Path) -> str:
    """The key's one spelling: dots between parts, `[0]` for a position, quotes around what is no bare TOML key.

    What is not seen in a quoted part is escaped as TOML escapes it: a key makes no lines, wherever it is written.
    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
            continue
        shown = part if _BARE.fullmatch(part) else quoted(part)
        text += f".{shown}" if text else shown
    return text


_PART = re.compile(r"""\[(?P<index>[0-9]{1,9})\]|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^.\[\]"]+)""", re.DOTALL)


def parse_key(text: str) -> Path | None:
    """The path that a dotted key spells; None where it spells none, or one that is longer than any key may be."""
    path: Path = ()
    position = 0
    while position < len(text):
        match = _PART.match(text, position)
        if not match or len(path) >= limits.DEPTH.figure:
            return None
        if match["index"] is not None:
            path = (*path, int(match["index"]))
        elif match["quoted"] is not None:
            path = (*path, unquoted(match["quoted"]))
        else:
            path = (*path, match["bare"])
        position = match.end()
        if position < len(text) and text[position] == ".":
            position += 1
            if position == len(text):
                return None
        elif position < len(text) and text[position] != "[":
            return None
    return path if path and isinstance(path[0], str) else None


@lru_cache(maxsize=1 << 16)
def fold(path: Path) -> Path:
    """The path as look-ups compare it: Dynaconf finds keys whatever their case."""
    return tuple(part if isinstance(part, int) else part.casefold() for part in path)


@lru_cache(maxsize=1 << 16)  # all environments have the same keys
def stem(path: Path) -> Path:
    """The key of the outermost list that holds this path, else the path itself."""
    for depth, part in enumerate(path):
        if isinstance(part, int):
            return path[:depth]
    return path


class Span(Struct, frozen=True, kw_only=True):
    """A stretch of a text file: lines and columns count characters from 1, the end is one past the last."""

    line: int
    column: int
    end_line: int
    end_column: int


type Kind = Literal["default", "call", "file", "dotenv", "deployment", "variable", "validator"]
"""What says a value: a model, the application's Dynaconf call or a validator of it, a profile, or a variable."""

VARIABLES: frozenset[Kind] = frozenset({"dotenv", "deployment", "variable"})
"""The kinds that are variables, wherever they stand."""

CODE: frozenset[Kind] = frozenset({"call", "validator"})
"""The kinds that stand in the application's code, which is read, never run, and never written."""

COMPUTED = "the code computes it"
PLACED_BY_CODE = "it depends on where the code lies"
"""Why nobody knows what the application's code says; Dynaconf itself knows it, and takes it as it is."""


class Origin(Struct, frozen=True, kw_only=True):
    """Where a value was set.

    `file` and `section` belong to files (and `.env`), `name` to variables, `model` to defaults; code has a file, too.
    `via` is what a deployment has a variable from: a ConfigMap, a file, a container.
    """

    kind: Kind
    file: str | None = None
    section: str | None = None
    span: Span | None = None
    name: str | None = None
    model: str | None = None
    via: str | None = None

    def __str__(self) -> str:
        """The origin as people write it: `settings/production.toml:4:1`, `ASSAY_PORT`, `model default`."""
        if self.kind == "variable":
            return self.name or ""
        if self.kind == "default":
            return "model default"
        return f"{self.file}:{self.span.line}:{self.span.column}" if self.span else f"{self.file}"


type Locate = Callable[[Path], Span | None]


def nowhere(_: Path) -> Span | None:
    """The position of what no file says."""
    return None


class Layer(Struct, frozen=True, kw_only=True, eq=False):
    """What one source says for one environment.

    Attributes:
        kind: what the source is.
        values: values as the source spells them; a variable's keys may be dotted.
        file: the file's path relative to the project's root, also where it is code; None for variables and defaults.
        section: the section's name as it is spelled; None in files without sections.
        name: the variable's name.
        model: the class that declares the default.
        literal: the values are taken as they stand, nothing in them is parsed.
        merge: the source's own word on merging (`dynaconf_merge`); None where it says nothing.
        dotted_lookup: the source's own word on dotted keys; None where it says nothing.
        locate: the position of a path of `values` in the file; asked only when somebody wants to see it.
        aliases: paths of `values` that stand elsewhere in the source: a URL's parts at the URL's key.
        models: for defaults, the class that declares each path.
        urls: the folded paths at which the source had a URL that was taken apart.
        via: what a deployment has the variable from.
    """

    kind: Kind
    values: Mapping[str, Any]
    file: str | None = None
    section: str | None = None
    name: str | None = None
    literal: bool = False
    merge: Any = None
    dotted_lookup: bool | None = None
    locate: Locate = nowhere
    aliases: Mapping[Path, Path] = field(default_factory=dict)
    models: Mapping[Path, str] = field(default_factory=dict)
    urls: frozenset[Path] = frozenset()
    via: str | None = None

    def origin(self, path: Path) -> Origin:
        """The place that set this path of the layer's values."""
        if self.kind == "default":
            table = tuple(part for part in path if isinstance(part, str))[:-1]
            return Origin(kind="default", model=self.models.get(table, self.models.get(())))
        if self.kind == "variable":
            return Origin(kind="variable", name=self.name)
        if self.kind in VARIABLES:
            return Origin(kind=self.kind, file=self.file, name=self.name, span=self.locate(()), via=self.via)
        if self.kind in CODE:
            return Origin(kind=self.kind, file=self.file, span=self.locate(path))
        where = self.aliases.get(path, path)
        return Origin(kind="file", file=self.file, section=self.section, span=self.locate(where))


MARKER = "dynaconf_merge"
"""In a table or a list: it is merged with what lies below. In lower case, as the next ones are."""

MARKERS = frozenset({MARKER, "dynaconf_merge_unique"})
"""Keys by which a profile says to Dynaconf, and not to the application, what is merged; they are no settings."""

SCALARS: frozenset[type] = frozenset({str, int, float, bool})
"""The classes of most values, which hold nothing; a subclass of theirs, and a date, may be more."""

INCLUDE = "dynaconf_include"
"""The further files that a section, or a file without sections, reads."""


def is_include(path: Path) -> bool:
    """Whether a key names further files; it stays among the values, though no code asks for it."""
    return bool(path) and str(path[0]).lower() == INCLUDE
