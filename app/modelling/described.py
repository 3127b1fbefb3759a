"""A model that is known by its JSON Schema alone: a project's own."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from app.core import limits
from app.core.layers import Path
from app.core.legible import quoted
from app.modelling.marks import is_marked
from app.modelling.shape import Kind, Shape

type _Schema = Mapping[str, Any]

_OPEN = Shape(kind="other", open=True)
_NOTHING = Shape(kind="other")
_URLS = ("uri", "multi-host-uri")
_FORMS = {
    "date": "2026-01-31", "date-time": "2026-01-31T12:00:00Z", "time": "12:00:00", "duration": '"PT1H"',
    "uuid": '"00000000-0000-4000-8000-000000000000"', "ipv4": '"192.0.2.1"', "ipv6": '"2001:db8::1"',
}  # fmt: skip
_UNIONS = ("anyOf", "oneOf", "allOf")


def shape_of_schema(schema: _Schema) -> Shape:
    """What a JSON Schema says about its keys; where a model holds itself, nothing is said about the inner one."""
    return _Reader(schema).shape(schema)


def defaults_of_schema(schema: _Schema) -> tuple[dict[str, Any], dict[Path, str]]:
    """The values that a model gives where nothing is set, and the name of each table; no default of a secret."""
    models: dict[Path, str] = {}
    return _Reader(schema).defaults(schema, (), models, ()), models


def schema_excess(schema: _Schema) -> limits.Limit | None:
    """The limit that a schema goes beyond, once its references are followed: two to one table double what is below."""
    if found := limits.excess(schema, limits.DEFINITIONS):
        return found.limit
    try:
        size, height = _Measure(schema).of(schema, 0)
    except RecursionError:
        return limits.DEPTH
    if height > limits.DEPTH.figure:
        return limits.DEPTH
    return limits.DEFINITIONS if size > limits.DEFINITIONS.figure else None


class _Measure:
    """How many keys a schema has, and how deep they stand; each definition is measured once."""

    def __init__(self, schema: _Schema) -> None:
        stated = schema.get("$defs")
        self._definitions: Mapping[str, _Schema] = stated if isinstance(stated, Mapping) else {}
        self._known: dict[str, tuple[int, int]] = {}

    def of(self, said: _Schema, depth: int) -> tuple[int, int]:
        """The keys and levels of a part; raises RecursionError where it is deeper than it may be."""
        if depth > limits.DEPTH.figure:
            raise RecursionError
        if "$ref" not in said:
            inner = [self.of(part, depth + 1) for part in _parts(said)]
            return 1 + sum(size for size, _ in inner), 1 + max((height for _, height in inner), default=0)
        name = _name(said)
        if name not in self._known:
            self._known[name] = (0, 0)  # inside of itself nothing is said about it
            found = self._definitions.get(name)
            self._known[name] = self.of(found if isinstance(found, Mapping) else {}, depth + 1)
        return self._known[name]


def _parts(said: _Schema) -> Iterator[_Schema]:
    """What a part of a schema is made of; what no schema has there is passed over."""
    tables = (said.get(key) for key in ("properties", "patternProperties"))
    parts = [part for table in tables if isinstance(table, Mapping) for part in table.values()]
    parts += [said.get("items"), said.get("additionalProperties")]
    parts += [part for union in _UNIONS if isinstance(choices := said.get(union), list) for part in choices]
    yield from (part for part in parts if isinstance(part, Mapping))


class _Reader:
    """Reads the parts of one schema, each of its definitions once."""

    def __init__(self, schema: _Schema) -> None:
        self._definitions: Mapping[str, _Schema] = schema.get("$defs", {})
        self._shapes: dict[str, Shape] = {}

    def shape(self, said: _Schema) -> Shape:
        found = self._shape(said)
        return replace(found, secret=True) if is_marked(said) and not found.secret else found

    def _shape(self, said: _Schema) -> Shape:
        if "$ref" in said:
            return self._defined(_name(said))
        choices = next((said[union] for union in _UNIONS if union in said), None)
        if choices is None:
            return self._one(said)
        shapes = [self.shape(choice) for choice in choices if choice.get("type") != "null"]
        return _union(shapes) if shapes else _NOTHING

    def _defined(self, name: str) -> Shape:
        if name not in self._shapes:
            self._shapes[name] = _OPEN  # as long as it is being read
            self._shapes[name] = self.shape(self._definitions.get(name, {}))
        return self._shapes[name]

    def _one(self, said: _Schema) -> Shape:
        kind = said.get("type")
        if kind == "object" or "properties" in said:
            return self._table(said)
        if kind == "array":
            item = self.shape(said["items"]) if isinstance(said.get("items"), Mapping) else _OPEN
            return Shape(kind="tables" if item.kind == "table" else "list", model=item.model, secret=item.secret,
                         fields=item.fields, rest=item.rest, open=item.open, ignores=item.ignores,
                         sample=item.example if item.kind in {"text", "other"} else "")  # fmt: skip
        if kind == "string":
            return Shape(kind="text", url=said.get("format") in _URLS, sample=_sample(said))
        return Shape(kind="other", sample=_sample(said)) if kind or {"enum", "const"} & said.keys() else _OPEN

    def _table(self, said: _Schema) -> Shape:
        """A table; one that lists its keys has no others, whatever it tolerates: those it ignores are no settings."""
        properties = said.get("properties", {})
        fields = {name: self.shape(field) for name, field in properties.items()}
        fields |= {name: replace(fields[name], required=True) for name in said.get("required", ()) if name in fields}
        for name, field in properties.items():
            fields |= dict.fromkeys(field.get("x-names", ()), fields[name])
        others = next(iter(said.get("patternProperties", {}).values()), said.get("additionalProperties", not fields))
        rest = _OPEN if others and not fields else None
        if isinstance(others, Mapping):
            rest = self.shape(others)
        ignores = bool(fields) and rest is None and said.get("additionalProperties") is None
        return Shape(kind="table", model=said.get("title", ""), fields=fields, rest=rest, ignores=ignores)

    def defaults(self, said: _Schema, path: Path, models: dict[Path, str], within: tuple[str, ...]) -> dict[str, Any]:
        """The defaults of a table, and of the tables below where they have no value of their own."""
        models[path] = str(said.get("title", ""))
        values: dict[str, Any] = {}
        for name, field in said.get("properties", {}).items():
            stated = field.get("default")
            if self.shape(field).secret or ("default" in field and stated is None):
                continue
            tables = [] if isinstance(stated, list) else list(self._tables(field, within))
            inner = self.defaults(tables[0][0], (*path, name), models, tables[0][1]) if len(tables) == 1 else {}
            if isinstance(stated, Mapping):
                inner |= stated
            if inner or stated is not None:
                values[name] = inner or stated
        return values

    def _tables(self, said: _Schema, within: tuple[str, ...]) -> Iterator[tuple[_Schema, tuple[str, ...]]]:
        """The tables that may stand there, but for those inside of themselves."""
        name = _name(said) if "$ref" in said else ""
        if name and name not in within:
            yield from self._tables(self._definitions.get(name, {}), (*within, name))
        for union in _UNIONS:
            for choice in said.get(union, ()):
                yield from self._tables(choice, within)
        if "properties" in said:
            yield said, within


def _sample(said: _Schema) -> str:
    """A value that a schema of a plain type takes, as TOML spells it; empty for any text."""
    chosen = next(iter(said.get("enum", ())), said.get("const"))
    if isinstance(chosen, str):
        return quoted(chosen)
    if isinstance(chosen, int | float):
        return str(chosen).lower() if isinstance(chosen, bool) else str(chosen)
    kind = said.get("type")
    if kind in {"integer", "number"}:
        return _number(said, whole=kind == "integer")
    return "true" if kind == "boolean" else _FORMS.get(said.get("format", ""), "") if kind == "string" else ""


def _number(said: _Schema, *, whole: bool) -> str:
    """A number within the limits of a schema, as far as they leave one that is plain."""
    least = said.get("minimum", said.get("exclusiveMinimum"))
    most = said.get("maximum", said.get("exclusiveMaximum"))
    number = 1 if whole else 1.5
    if isinstance(most, int | float) and number > most:
        number = most - ("exclusiveMaximum" in said)
    if isinstance(least, int | float) and number < least:
        number = least + ("exclusiveMinimum" in said)
    return str(int(number) if whole else float(number))


def _name(reference: _Schema) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def _union(shapes: list[Shape]) -> Shape:
    """What may be one or the other: every key that one of them knows; secret where one of them is."""
    if len(shapes) == 1:
        return shapes[0]
    kinds = {shape.kind for shape in shapes}
    kind: Kind = next(iter(kinds)) if len(kinds) == 1 else "table" if "table" in kinds else "other"
    return Shape(
        kind=kind,
        model=next((shape.model for shape in shapes if shape.model), ""),
        secret=any(shape.secret for shape in shapes),
        fields={name: field for shape in reversed(shapes) for name, field in shape.fields.items()},
        rest=next((shape.rest for shape in shapes if shape.rest), None),
        open=any(shape.open for shape in shapes),
        ignores=all(shape.ignores for shape in shapes if shape.kind == "table"),
        sample=shapes[0].sample,
    )
