"""Which parts of a JSON Schema are marked as secret, whatever they are called: `format: password`, `writeOnly`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

type Schema = Mapping[str, Any]
type Meant = tuple[Schema, ...]
"""All parts of a schema that say something about one value."""

DEFINED = ("$defs", "definitions")
CHOICES = ("anyOf", "oneOf", "allOf")
SAME = ("not", "if", "then", "else")
ITEMS = ("items", "contains", "unevaluatedItems", "prefixItems")
OTHERS = ("additionalProperties", "unevaluatedProperties")


def is_marked(said: Schema) -> bool:
    """Whether a part of a schema says of itself that it is secret."""
    return said.get("format") == "password" or said.get("writeOnly") is True


def is_kept(meant: Meant) -> bool:
    """Whether one of the parts says so."""
    return any(map(is_marked, meant))


def table(value: Any) -> Schema:
    """A table; an empty one where a schema has something else there."""
    return value if isinstance(value, Mapping) else {}


def referred(said: Schema) -> str:
    """The definition that a part refers to; empty where it refers to none."""
    return str(said.get("$ref", "")).rpartition("/")[2]


class SchemaParts:
    """Follows what a schema refers to, and what it lets choose."""

    def __init__(self, schema: Schema) -> None:
        self._root = schema

    def of(self, *parts: Any) -> Meant:
        """The parts, with everything else that is said about the same value."""
        found: dict[int, Schema] = {}
        waiting = list(parts)
        while waiting:
            said = waiting.pop()
            if isinstance(said, Mapping) and id(said) not in found:
                found[id(said)] = said
                waiting += self._beside(said)
        return tuple(found.values())

    def _beside(self, said: Schema) -> Iterator[Any]:
        if defined := referred(said):
            yield from (table(self._root.get(place)).get(defined) for place in DEFINED)
        for key in CHOICES:
            yield from _several(said.get(key))
        yield from (said.get(key) for key in SAME)
        yield from table(said.get("dependentSchemas")).values()

    def below(self, meant: Meant, key: str) -> Meant:
        """What is said about the value of a key; all that may be meant, where keys are told by a pattern."""
        own = [table(said.get("properties")).get(key) for said in meant]
        patterns = [one for said in meant for one in table(said.get("patternProperties")).values()]
        return self.of(*own, *patterns, *(said.get(other) for said in meant for other in OTHERS))

    def items(self, meant: Meant) -> Meant:
        """What is said about the items of a list, whichever it is."""
        return self.of(*(one for said in meant for key in ITEMS for one in _several(said.get(key))))


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]
