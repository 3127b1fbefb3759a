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

from collections.abc import Iterator, Mapping
from typing import Any

from app.findings import Finding, Severity
from app.layers import Layer, Path, dotted, fold
from app.rules.layering import place, stem
from app.rules.rule import Rule
from app.rules.subject import Subject
from app.tree import Leaf

_MARKERS = frozenset({"dynaconf_merge", "dynaconf_merge_unique"})


def check(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """Lists whose items come from several layers, one of which did not ask to be appended."""
    rank = {id(layer): number for number, layer in enumerate(subject.tree.layers)}
    for leaves in lists(subject).values():
        ranked = sorted(_first_of_each(leaves), key=lambda leaf: rank[id(leaf.layer)])
        if len(ranked) > 1 and not all(_asks(leaf) for leaf in ranked[1:]):
            *lower, last = ranked
            key = stem(last.path)
            places = " and ".join(place(leaf.layer) for leaf in ranked if leaf.layer)
            message = f"{dotted(key)} holds what {places} say: merge_enabled appended one to the other."
            related = tuple(origin for leaf in lower if (origin := leaf.origin))
            yield rule.finding(subject, key, message, _fix(last.layer), leaf=last, related=related)


def lists(subject: Subject) -> Mapping[Path, list[Leaf]]:
    """The leaves of each list by its folded key."""
    found: dict[Path, list[Leaf]] = {}
    for leaf in subject.tree.leaves:
        key = stem(leaf.path)
        if len(key) < len(leaf.path):
            found.setdefault(fold(key), []).append(leaf)
    return found


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
        return any(str(key).lower() in _MARKERS for key in value)
    if isinstance(value, list):
        return any(isinstance(item, str) and item in _MARKERS for item in value)
    return isinstance(value, str) and (value.startswith("@") or "dynaconf_merge" in value)


def _fix(layer: Layer | None) -> str:
    if layer is None or layer.file is None:
        return "Turn merge_enabled off, and mark what is to be merged."
    where = f"[{layer.section}] of {layer.file}" if layer.section else layer.file
    return f"Write dynaconf_merge = false in {where} to replace the list, or dynaconf_merge = true if this is meant."


RULE = Rule(
    id="SRC012",
    name="list-concatenated",
    severity=Severity.WARNING,
    speaks="always",
    summary="A list grew without anybody asking for it.",
    source="dynaconf.utils.object_merge",
    page=__doc__,
    check=check,
)
