"""What a schema marks as secret is secret however it is put, and in whatever else is said about the same value."""

import json
from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import pytest

from app.modelling.public import public_schema

SECRET = "cAnary-of-schemas-7Qx2"
OPEN = "an open word"
type Schema = dict[str, Any]

MARKS: Mapping[str, Schema] = {"format": {"format": "password"}, "writeOnly": {"writeOnly": True}}
WAYS: Mapping[str, Callable[[Schema], Schema]] = {
    "itself": lambda marked: marked,
    "a reference": lambda marked: {"$ref": "#/$defs/Marked", "$defs": {"Marked": marked}},
    "an older reference": lambda marked: {"$ref": "#/definitions/Marked", "definitions": {"Marked": marked}},
    **{f"{key} of several": lambda marked, key=key: {key: [{"type": "null"}, marked]} for key in ("anyOf", "oneOf")},
    "allOf": lambda marked: {"allOf": [{"type": "string"}, marked]},
    **{key: lambda marked, key=key: {key: marked} for key in ("not", "if", "then", "else")},
    "dependentSchemas": lambda marked: {"dependentSchemas": {"other": marked}},
    "a choice within a choice": lambda marked: {"anyOf": [{"oneOf": [marked, {"type": "null"}]}]},
}
"""How a schema may say that a value is one of those that are marked."""


def model(said: Schema, **properties: Schema) -> Schema:
    """A model with a field of which that is said, and others."""
    defined: Schema = {key: said.pop(key) for key in ("$defs", "definitions") if key in said}
    return {"type": "object", "properties": {"field": said, **properties}, **defined}


@pytest.mark.parametrize(("mark", "way"), [*product(MARKS, WAYS)])
def test_the_default_of_what_is_marked_is_not_shown(mark: str, way: str) -> None:
    said = {**WAYS[way](dict(MARKS[mark])), "default": SECRET, "description": f"Such as {SECRET}, or none."}
    shown = public_schema(model(said, other={"type": "string", "default": OPEN}))
    assert SECRET not in json.dumps(shown)
    assert shown["properties"]["other"] == {"type": "string", "default": OPEN}


@pytest.mark.parametrize("way", WAYS)
def test_what_nothing_marks_is_shown(way: str) -> None:
    for harmless in ({"format": "email"}, {"writeOnly": False}, {"writeOnly": "password"}, {"type": "password"}):
        said = {**WAYS[way](dict(harmless)), "default": SECRET}
        assert public_schema(model(said))["properties"]["field"]["default"] == SECRET


WHERE: Mapping[str, tuple[Callable[[Schema], Schema], Callable[[str], Any]]] = {
    "a key": (lambda marked: {"properties": {"word": marked, "user": {}}}, lambda text: {"word": text, "user": OPEN}),
    "a key that a pattern names": (lambda marked: {"patternProperties": {"^w": marked}}, lambda text: {"word": text}),
    "any other key": (lambda marked: {"additionalProperties": marked}, lambda text: {"word": text}),
    "any key that is left": (lambda marked: {"unevaluatedProperties": marked}, lambda text: {"word": text}),
    "every item": (lambda marked: {"items": marked}, lambda text: [text]),
    "some item": (lambda marked: {"contains": marked}, lambda text: [OPEN, text]),
    "an item by its place": (lambda marked: {"prefixItems": [{}, marked]}, lambda text: [OPEN, text]),
    "an item that is left": (lambda marked: {"unevaluatedItems": marked}, lambda text: [text]),
    "an item of several kinds": (lambda marked: {"items": [{}, marked]}, lambda text: [OPEN, text]),
}


@pytest.mark.parametrize(("where", "way"), [*product(WHERE, WAYS)])
def test_in_the_default_of_a_table_or_a_list_what_is_marked_is_hidden(where: str, way: str) -> None:
    around, value = WHERE[where]
    said = WAYS[way]({"format": "password"})
    defined: Schema = {key: said.pop(key) for key in ("$defs", "definitions") if key in said}
    shown = public_schema(model({**around(said), "default": value(SECRET), **defined}))
    assert SECRET not in json.dumps(shown)
    assert shown["properties"]["field"]["default"] != OPEN


def test_beside_a_marked_key_an_open_one_is_shown() -> None:
    around, value = WHERE["a key"]
    shown = public_schema(model({**around({"writeOnly": True}), "default": value(SECRET)}))
    assert shown["properties"]["field"]["default"] == {"word": "***", "user": OPEN}


def test_a_definition_that_refers_to_itself_is_read_once() -> None:
    node: Schema = {"type": "object", "properties": {"below": {"$ref": "#/$defs/Node"}, "word": {"writeOnly": True}}}
    said = {"$ref": "#/$defs/Node", "default": {"below": {"below": {"word": SECRET}}, "word": SECRET}}
    shown = public_schema({"type": "object", "properties": {"field": said}, "$defs": {"Node": node}})
    assert shown["properties"]["field"]["default"] == {"below": {"below": {"word": "***"}}, "word": "***"}
