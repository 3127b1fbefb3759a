"""JSON Schema of the merged settings, and of a profile file."""

import ast
import inspect
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from textwrap import dedent
from typing import Any, get_args

from pydantic import BaseModel

from app.modelling.public import public_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TOKEN = {"type": "string", "pattern": "^@", "description": "A token that Dynaconf reads."}
_FLAG = {"description": "Whether this table merges with what earlier layers say."}


def merged(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What the effective settings of an environment must look like, by their model's JSON Schema."""
    return {"$schema": DIALECT, **schema}


def layered(whole: Mapping[str, Any], sections: Sequence[str]) -> dict[str, Any]:
    """What a profile file may hold: sections, in which nothing is required and tokens may stand for values."""
    schema = dict(whole)
    definitions = {name: _partial(table) for name, table in schema.pop("$defs", {}).items()}
    definitions["Section"] = _partial(schema)
    return {
        "$schema": DIALECT,
        "title": "Profile",
        "type": "object",
        "properties": {name: {"$ref": "#/$defs/Section"} for name in sections} | {"dynaconf_merge": _FLAG},
        "$defs": definitions,
    }


def described(model: type[BaseModel]) -> dict[str, Any]:
    """Pydantic's schema, with the docstrings below fields as their descriptions."""
    schema = model.model_json_schema()
    tables = {model.__name__: schema, **schema.get("$defs", {})}
    for section in _sections(model):
        for name, text in descriptions(section).items():
            tables[section.__name__]["properties"][name].setdefault("description", text)
    return public_schema(schema)


def _sections(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from _sections(inner)


def descriptions(model: type[BaseModel]) -> dict[str, str]:
    """The docstring below each of a model's fields, and what a field says of itself."""
    said = {name: field.description for name, field in model.model_fields.items() if field.description}
    return said | field_docstrings(model)


def field_docstrings(cls: type) -> dict[str, str]:
    """The docstring below each field of a class that has one, read from its source."""
    body = ast.parse(dedent(inspect.getsource(cls))).body[0]
    statements = body.body if isinstance(body, ast.ClassDef) else []
    found = {}
    for field, below in pairwise(statements):
        match (field, below):
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text)
    return found


def _partial(table: dict[str, Any]) -> dict[str, Any]:
    """A table's schema with nothing required, where each value may be a token."""
    if "properties" not in table:
        return table
    kept = {key: value for key, value in table.items() if key != "required"}
    properties = {name: _or_token(value) for name, value in table["properties"].items()}
    return {**kept, "properties": properties | {"dynaconf_merge": _FLAG}}


def _or_token(value: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in value:
        return value
    said = {key: item for key, item in value.items() if key in {"title", "description", "default"}}
    rest = {key: item for key, item in value.items() if key not in said}
    return {**said, "anyOf": [*(rest.get("anyOf") or [rest]), _TOKEN]}
