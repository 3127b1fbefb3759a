"""Where a value has to stand so that an environment gets it: the choice that edits and fixes share."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct

from app.core.layers import MARKERS, Layer, fold
from app.core.layers import Path as KeyPath
from app.core.tree import Tree
from app.sources.files import SourceFile, placed_among
from app.sources.project import Project
from app.sources.sections import section_of
from app.sources.toml.outline import outline
from app.toml_edit.change import has
from app.toml_edit.choice import EditTarget, profiles, secrets_files
from app.toml_edit.spelling import own_statements, spelled


class Site(Struct, frozen=True, kw_only=True):
    """A place in a file.

    Attributes:
        section: as the file spells it; None in files without.
        key: below the section, as the file spells what it has of it.
        joined: whether a table of the key's own would take the place of the one that the environment has.
        resets: whether a list there is appended to what other layers say.
        in_tables: whether the file writes the key's value as tables.
        above: how many parts of the key the header has where the file writes the rest with dots; None elsewhere.
    """

    entry: SourceFile
    section: str | None
    key: KeyPath
    joined: bool = False
    resets: bool = False
    in_tables: bool = False
    above: int | None = None


def fitting(project: Project, tree: Tree, wanted: EditTarget, path: KeyPath, *, secret: bool) -> list[SourceFile]:
    """The files that may take the value, the most fitting first: one that says it already, else any that may."""
    stated = [entry for entry, _ in own_statements(project, tree, wanted, path) if entry.secret or not secret]
    return stated[:1] or (secrets_files(project, wanted) if secret else profiles(project, wanted))


def site(project: Project, tree: Tree, wanted: EditTarget, path: KeyPath, *, secret: bool) -> Site | None:
    """The place where the value takes effect; None where no file that may hold it is read late enough.

    Raises:
        ArgumentError: a file has two spellings of the key.
    """
    order = _Order(project=project, environment=wanted.environment)
    last = max((order.of(layer) for layer in _deciding(project, tree, path)), default=(-1, -1))
    level = order.section(wanted.section)
    entries = fitting(project, tree, wanted, path, secret=secret)
    more = [entry for entry, _ in reversed(project.documents) if not secret or entry.secret or ".local." in entry.name]
    for entry in [*entries, *more]:
        if (order.rank(entry), level) >= last:
            return _site(project, tree, wanted, path, entry)
    above = next((layer for layer in _deciding(project, tree, path) if order.of(layer) == last), None)
    entry_above = next((entry for entry in more if above and entry.name == above.file), None)
    if above is None or entry_above is None or (above.section or "").lower() in project.base_sections:
        return None
    other = EditTarget(
        environment=wanted.environment, shown=wanted.shown, section=(above.section or "").lower() or None
    )
    return _site(project, tree, other, path, entry_above)


class _Order(Struct, frozen=True, kw_only=True, dict=True):
    """The order in which sections of files are merged: files first, then sections inside each."""

    project: Project
    environment: str

    @cached_property
    def files(self) -> list[str]:
        """The files, there or not, then those that are included."""
        names = [*(entry.name for entry in self.project.entries), *(entry.name for entry, _ in self.project.documents)]
        return list(dict.fromkeys(names))

    def rank(self, entry: SourceFile) -> int:
        """The place of a file; one that no option names gets its own among those of its glob."""
        files = self.files
        if entry.name in files:
            return files.index(entry.name)
        return [one.name for one in placed_among(self.project.entries, entry)].index(entry.name)

    def section(self, name: str | None) -> int:
        if name is None:
            return 0
        names = self.project.sections(self.environment)
        return names.index(name.lower()) if name.lower() in names else 0

    def of(self, layer: Layer) -> tuple[int, int]:
        files = self.files
        return (files.index(layer.file) if layer.file in files else -1, self.section(layer.section))


def _deciding(project: Project, tree: Tree, path: KeyPath) -> Sequence[Layer]:
    """The layers of files that have the last word: about the key, or about the whole table that replaces others."""
    above = path if project.options.merge_enabled else path[:1]
    return [layer for layer in tree.layers_below(above) if layer.kind == "file"]


def _site(project: Project, tree: Tree, wanted: EditTarget, path: KeyPath, entry: SourceFile) -> Site:
    document = project.document(entry.name)
    values: Mapping[str, Any] = document.values if document else {}
    exact, is_there = spelled(values, tree, wanted, path, entry.name)
    start = 1 if wanted.section else 0
    return Site(
        entry=entry,
        section=str(exact[0]) if start else None,
        key=exact[start:],
        joined=not is_there and _would_replace(project, tree, wanted, path, entry, values),
        resets=_is_appended(project, tree, wanted, path, entry, values),
        in_tables=document is not None and has(values, exact) and _is_tables(values, exact, document.text.encode()),
        above=_header(values, exact, document.text, start) if document else None,
    )


def _header(values: Mapping[str, Any], exact: KeyPath, text: str, start: int) -> int | None:
    """How many parts below the section the header has, where dotted keys write the table that the key stands in."""
    table = exact[:-1]
    if len(table) <= start or not has(values, table) or f"[{'.'.join(map(str, table))}]" in text:
        return None
    for above in outline(text.encode()).tables:
        is_above = start <= len(above.path) < len(table)
        if is_above and any(len(one.path) > len(table) and one.path[: len(table)] == table for one in above.statements):
            return len(above.path) - start
    return None


def _would_replace(
    project: Project, tree: Tree, wanted: EditTarget, path: KeyPath, entry: SourceFile, values: Mapping[str, Any]
) -> bool:
    """Whether a new table would hide what lower layers say in it."""
    if len(path) == 1 or project.options.merge_enabled or _flag(wanted, values):
        return False
    if spelled(values, tree, wanted, path[:1], entry.name)[1]:
        return False
    beside = (leaf for leaf in tree.below(path[:1]) if fold(leaf.path) != fold(path))
    return any(leaf.layer is not None and leaf.layer.kind == "file" for leaf in beside)


def _is_appended(
    project: Project, tree: Tree, wanted: EditTarget, path: KeyPath, entry: SourceFile, values: Mapping[str, Any]
) -> bool:
    """Whether another layer has items of the list, and merging is in force here."""
    if project.options.lists == "replace" or not (project.options.merge_enabled or _is_marked(wanted, values, path)):
        return False
    own = (entry.name, (wanted.section or "").lower())
    having = tree.having.get(fold(path), ())
    return any((layer.file, (layer.section or "").lower()) != own for layer in having if layer.kind == "file")


def _flag(wanted: EditTarget, values: Mapping[str, Any]) -> bool:
    """Whether the file, or the section, says that it merges."""
    tables = [values, section_of(values, wanted.section)[1] if wanted.section else None]
    return any(
        isinstance(table, dict) and any(key.lower() in MARKERS and table[key] for key in table) for table in tables
    )


def _is_marked(wanted: EditTarget, values: Mapping[str, Any], path: KeyPath) -> bool:
    """Whether something around the list says that it merges."""
    node: Any = section_of(values, wanted.section)[1] if wanted.section else values
    if _flag(wanted, values):
        return True
    for part in path[:-1]:
        found = [key for key in node if str(key).lower() == str(part).lower()] if isinstance(node, dict) else []
        node = node[found[0]] if found else None
        if isinstance(node, dict) and any(str(key).lower() in MARKERS for key in node):
            return True
    return False


def _is_tables(values: Mapping[str, Any], exact: KeyPath, raw: bytes) -> bool:
    """Whether a list is written as `[[tables]]`, which no line can replace."""
    node: Any = values
    for part in exact:
        node = node[part]
    is_of_tables = isinstance(node, list) and bool(node) and all(isinstance(item, dict) for item in node)
    return is_of_tables and outline(raw).statement(exact) is None
