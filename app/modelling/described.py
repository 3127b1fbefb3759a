"""A model that is known by its JSON Schema alone: a project's own."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from app.core.layers import Path
from app.modelling.shape import Kind, Shape

type _Schema = Mapping[str, Any]

_OPEN = Shape(kind="other", open=True)
_NOTHING = Shape(kind="other")
_UNIONS = ("anyOf", "oneOf", "allOf")


def shape_of_schema(schema: _Schema) -> Shape:
    """What a JSON Schema says about its keys; where a model holds itself, nothing is said about the inner one."""
    return _Reader(schema).shape(schema)


def defaults_of_schema(schema: _Schema) -> tuple[dict[str, Any], dict[Path, str]]:
    """The values that a model gives where nothing is set, and the name of each table; no default of a secret."""
    models: dict[Path, str] = {}
    return _Reader(schema).defaults(schema, (), models, ()), models


class _Reader:
    """Reads the parts of one schema, each of its definitions once."""

    def __init__(self, schema: _Schema) -> None:
        self._definitions: Mapping[str, _Schema] = schema.get("$defs", {})
        self._shapes: dict[str, Shape] = {}

    def shape(self, said: _Schema) -> Shape:
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
        kind, secret = said.get("type"), said.get("format") == "password" or said.get("writeOnly") is True
        if kind == "object" or "properties" in said:
            return self._table(said)
        if kind == "array":
            item = self.shape(said["items"]) if isinstance(said.get("items"), Mapping) else _OPEN
            return Shape(kind="tables" if item.kind == "table" else "list", model=item.model, secret=item.secret,
                         fields=item.fields, rest=item.rest, open=item.open, ignores=item.ignores)  # fmt: skip
        if kind == "string":
            return Shape(kind="text", secret=secret)
        return Shape(kind="other", secret=secret) if kind or {"enum", "const"} & said.keys() else _OPEN

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
    )
