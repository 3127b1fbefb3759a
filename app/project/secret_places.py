"""The keys that are secret by their place: whatever a secrets file sets, in any environment."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from app.core.layers import Path, fold, parse_key
from app.options import Options
from app.sources.dotenv import Dotenv
from app.sources.environ import variable_layers
from app.sources.project import Project
from app.sources.toml import TomlDocument

_STATEMENT = re.compile(r"""^\s*(?:\[\[?(?P<table>[^\[\]]+)\]|(?P<key>[A-Za-z0-9_."'-]+)\s*=)""")


class SecretPlaces(Struct, frozen=True, kw_only=True):
    """The paths that secrets files set, folded, lists without positions."""

    paths: frozenset[Path] = frozenset()

    def hold(self, path: Path) -> bool:
        """Whether a secrets file sets this key, or the table that it stands in as a whole."""
        named = _names(path) if self.paths else ()
        return any(named[:depth] in self.paths for depth in range(1, len(named) + 1))


def secret_places(project: Project, dotenv: Dotenv | None, hidden: Iterable[str] = ()) -> SecretPlaces:
    """The keys that the project's secrets files set, the `.env` file that it loads, and hidden variables.

    A file that does not parse counts by its lines, so that what it hides is not shown while somebody mends it.
    """
    documents = [document for entry, document in project.documents if entry.secret]
    said = [path for document in documents for path in _said(document, sectioned=project.options.sectioned)]
    if dotenv:
        layers = variable_layers(project.options, {}, None, dotenv)
        said += [(key,) for layer in layers for key in layer.values]
    for layer in variable_layers(project.options, dict.fromkeys(hidden, ""), None):
        said += [(key,) for key in layer.values]
    return SecretPlaces(paths=frozenset(_names(_split(path, project.options)) for path in said))


def _said(document: TomlDocument, *, sectioned: bool) -> Iterator[Path]:
    found = _flat(document.values, ()) if document.parses else _of_lines(document)
    for path in found:
        if not sectioned:
            yield path
        elif len(path) > 1:
            yield path[1:]


def _flat(value: Any, path: Path) -> Iterator[Path]:
    """The paths of a file's values; a list's items are their list."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _flat(item, (*path, key))
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for item in value:
            yield from _flat(item, path)
    elif path:
        yield path


def _of_lines(document: TomlDocument) -> Iterator[Path]:
    """The keys of a file that does not parse, as far as its lines tell them."""
    table: Path = ()
    for line in document.lines:
        found = _STATEMENT.match(line)
        if found is None:
            continue
        named = parse_key((found["table"] or found["key"]).strip().replace("'", '"'))
        if found["table"]:
            table = named or ()
        elif named:
            yield (*table, *named)


def _split(path: Path, options: Options) -> Path:
    """The parts of keys that Dynaconf takes for paths: `DATABASE__PASSWORD`, `"mail.password"`."""
    parts: list[str | int] = []
    for part in path:
        text = str(part).replace(options.separator, ".") if options.separator else str(part)
        parts += [name for name in text.split(".") if name] or [text]
    return tuple(parts)


def _names(path: Path) -> Path:
    return tuple(part for part in fold(path) if isinstance(part, str))
