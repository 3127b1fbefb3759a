"""JSON Schema of the merged settings, and of a profile file."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TOKEN = {"type": "string", "pattern": "^@", "description": "A token that Dynaconf reads."}
_FLAG = {"description": "Whether this table merges with what earlier layers say."}


def merged_schema(model: type[BaseModel]) -> dict[str, Any]:
    """What the effective settings of an environment must look like."""
    return {"$schema": DIALECT, **model.model_json_schema()}


def layer_schema(model: type[BaseModel], sections: Sequence[str]) -> dict[str, Any]:
    """What a profile file may hold: sections, in which nothing is required and tokens may stand for values."""
    schema = model.model_json_schema()
    definitions = {name: _partial(table) for name, table in schema.pop("$defs", {}).items()}
    definitions["Section"] = _partial(schema)
    return {
        "$schema": DIALECT,
        "title": "Profile",
        "type": "object",
        "properties": {name: {"$ref": "#/$defs/Section"} for name in sections} | {"dynaconf_merge": _FLAG},
        "$defs": definitions,
    }


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
