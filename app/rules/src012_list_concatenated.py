"""A list grew because layers were appended to each other, and nobody asked for that at the list.

Under `merge_enabled` Dynaconf appends lists, so that an override only adds: an origin that production wanted to get
rid of is still allowed.

Wrong:

    # assay.toml
    merge_enabled = true

    # settings.toml
    [default]
    allow_origins = ["https://preview.example.com"]

    [production]
    allow_origins = ["https://orders.example.com"]

Right: the section says what it wants.

    # assay.toml
    merge_enabled = true

    # settings.toml
    [default]
    allow_origins = ["https://preview.example.com"]

    [production]
    dynaconf_merge = false
    allow_origins = ["https://orders.example.com"]
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from app.core.findings import Edit, Finding, Fix, Severity
from app.core.layers import MARKER, MARKERS, Layer, Path, dotted, fold, stem
from app.core.tree import Leaf, Tree
from app.rules.kit.comparing import listed
from app.rules.kit.layering import place
from app.rules.kit.remerging import Change, Effect, effect, elsewhere, setting
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.toml_text import toml_lines, toml_literal


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Lists whose items come from several layers, one of which did not ask to be appended."""
    rank = {id(layer): number for number, layer in enumerate(subject.tree.layers)}
    trials = _Trials(subject)
    for leaves in lists(subject).values():
        ranked = sorted(_first_of_each(leaves), key=lambda leaf: rank[id(leaf.layer)])
        if len(ranked) > 1 and not all(_asks(leaf) for leaf in ranked[1:]):
            *lower, last = ranked
            key = stem(last.path)
            places = " and ".join(place(leaf.layer) for leaf in ranked if leaf.layer)
            message = f"{dotted(key)} holds what {places} say: merge_enabled appended one to the other."
            related = tuple(origin for leaf in lower if (origin := leaf.origin))
            yield rule.finding(subject, key, message, _fix(subject, last, trials), leaf=last, related=related)


def lists(subject: EnvironmentContext) -> Mapping[Path, list[Leaf]]:
    """The leaves of each list by its folded key."""
    found: dict[Path, list[Leaf]] = {}
    for leaf, key in subject.found(_list_of):
        found.setdefault(key, []).append(leaf)
    return found


def _list_of(leaf: Leaf) -> Path | None:
    """The folded key of the list that holds a leaf."""
    key = stem(leaf.path)
    return fold(key) if len(key) < len(leaf.path) else None


def _first_of_each(leaves: list[Leaf]) -> list[Leaf]:
    """The first leaf of each layer that is known."""
    return list({id(leaf.layer): leaf for leaf in reversed(leaves) if leaf.layer}.values())


def _asks(leaf: Leaf) -> bool:
    """Whether the leaf's layer asks to be merged: for all it says, in a table around the list, or in the list."""
    layer = leaf.layer
    return layer is not None and (bool(layer.merge) or _is_marked(layer.values, leaf.source))


def _is_marked(value: Any, path: Path) -> bool:
    for part in path:
        if _says_merge(value):
            return True
        value = value[part] if _has(value, part) else None
    return _says_merge(value)


def _has(value: Any, part: str | int) -> bool:
    if isinstance(part, int):
        return isinstance(value, list) and part < len(value)
    return isinstance(value, Mapping) and part in value


def _says_merge(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(str(key).lower() in MARKERS for key in value)
    if isinstance(value, list):
        return any(isinstance(item, str) and item in MARKERS for item in value)
    return isinstance(value, str) and (value.startswith("@") or "dynaconf_merge" in value)


class _Way(Struct, frozen=True, kw_only=True):
    """One way to let a list replace the lower ones.

    Attributes:
        change: what it does to the layer.
        about: the key that it is about; nothing where it is about the whole layer.
    """

    fix: Fix
    change: Change
    about: Path = ()


class _Trials:
    """What each way does, here and in the other environments; one that is about a whole layer is tried once."""

    def __init__(self, subject: EnvironmentContext) -> None:
        self._subject = subject
        self._known: dict[tuple[int, str], Sequence[Effect]] = {}

    def effects(self, layer: Layer, way: _Way) -> Sequence[Effect]:
        """Those of a way in this environment, and then in the others; none where it cannot be tried."""
        if way.about:
            return self._tried(layer, way)
        key = id(layer), way.fix.text
        if key not in self._known:
            self._known[key] = self._tried(layer, way)
        return self._known[key]

    def _tried(self, layer: Layer, way: _Way) -> Sequence[Effect]:
        here = effect(self._subject.tree, layer, way.change, way.about)
        return [here, *elsewhere(self._subject, layer, way.change, way.about)] if here else []


def _fix(subject: EnvironmentContext, last: Leaf, trials: _Trials) -> Fix:
    """How the last layer's list replaces the others, and nothing else is another: each way is tried first."""
    layer = last.layer
    if layer is None or layer.file is None or layer.kind != "file":
        return Fix(text="Turn merge_enabled off, and mark what is to be merged.")
    where = _header(layer, ())
    ways = _ways(subject, last, layer)
    found = next((way.fix for way in ways if _replaces(subject.tree, last, trials.effects(layer, way))), None)
    meant = f"{MARKER} = true in {where} if this is meant"
    if found is None:
        return Fix(text=f"Say {dotted(stem(last.path))} in one layer alone, or write {meant}.")
    return Fix(text=f"{found.text} to replace the list, or {meant}.", edit=found.edit)


def _ways(subject: EnvironmentContext, last: Leaf, layer: Layer) -> Iterator[_Way]:
    """A marker in the list's table or in the whole section, a token at the list; the section's other tables merge."""
    no, source = False, stem(last.source)
    above = source[:-1]
    for table in dict.fromkeys((above, ())):
        yield _Way(fix=_marking(layer, table), change=setting((*table, MARKER), no), about=table)
    if above and not subject.is_secret(stem(last.path)):
        text = "@reset " + toml_literal(_at(layer.values, source))
        fix = Fix(text=f"Write {dotted(source[-1:])} = {toml_literal(text)} in {_header(layer, above)}",
                  edit=_edit(layer, source, text))  # fmt: skip
        yield _Way(fix=fix, change=setting(source, text), about=source)
    tables = [key for key, value in layer.values.items() if isinstance(value, Mapping)]
    if tables:
        places = listed([_header(layer, (key,)) for key in tables])
        text = f"Write {MARKER} = false in {_header(layer, ())} and {MARKER} = true in {places}"
        yield _Way(fix=Fix(text=text), change=_apart(tables))


def _marking(layer: Layer, table: Path) -> Fix:
    no = False
    return Fix(text=f"Write {MARKER} = false in {_header(layer, table)}", edit=_edit(layer, (*table, MARKER), no))


def _edit(layer: Layer, path: Path, value: object) -> Edit:
    above = path[:-1] if layer.section is None else (layer.section, *path[:-1])
    text = toml_lines(above, path[-1:], value)
    return Edit(kind="set", text=text, key=dotted(path), file=layer.file, section=layer.section, value=value)


def _apart(tables: Sequence[str]) -> Change:
    """The change that lets a section replace, but for its tables."""

    def change(layer: Layer) -> Layer:
        yes, no = True, False
        for table in tables:
            layer = setting((table, MARKER), yes)(layer)
        return setting((MARKER,), no)(layer)

    return change


def _replaces(tree: Tree, last: Leaf, effects: Sequence[Effect]) -> bool:
    """Whether the list is then what the last layer says, and nothing else is another, here and elsewhere."""
    key = fold(stem(last.path))
    touched = {fold(stem(path)) for one in effects for path in one.new | one.gone | one.changed}
    if not effects or not touched <= {key}:
        return False
    mine = [leaf.value for leaf in tree.below(key) if leaf.layer is last.layer]
    return repr([leaf.value for leaf in effects[0].after.below(key)]) == repr(mine)


def _at(values: Any, path: Path) -> Any:
    for part in path:
        values = values[part]
    return values


def _header(layer: Layer, table: Path) -> str:
    path = table if layer.section is None else (layer.section, *table)
    return f"[{dotted(path)}] of {layer.file}" if path else layer.file or ""


RULE = Rule(
    id="SRC012",
    name="list-concatenated",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A list grew without anybody asking for it.",
    source="dynaconf.utils.object_merge",
    page=__doc__,
    check=check,
)
