"""Pages that are tables of what the code says: `docs/options.md`, `docs/settings.md`."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from app.modelling.document import described, field_docstrings
from app.options import NAMES, Options
from app.settings import Settings

_OPTIONS = """\
# Project options

Written by `make docs` from `app/options/__init__.py`. Options stand in `[tool.assay]` of `pyproject.toml`, or without
header in `assay.toml`; the folder of that file is the project's root. Down to `dotted_lookup` they have the names of
Dynaconf's arguments and mean the same. An option that is not listed is an error with the nearest name. `assay init`
writes them.

| option | default | meaning | example |
|---|---|---|---|"""

_SETTINGS = """\
# Settings of the service

Written by `make docs` from `app/settings/`. They stand in the profiles of the service's own home (see
[operating.md](operating.md)): `port` in `[production.server]`, or in the variable `ASSAY_SERVER__PORT`, which beats
the files.
"""

_HEAD = "| key | type | default | meaning |\n|---|---|---|---|"


def options() -> str:
    """Every option of a project: its default, what it means, an example."""
    return "\n".join([_OPTIONS, *_option_rows()])


def _option_rows() -> Iterator[str]:
    said = field_docstrings(Options)
    defaults = Options()
    for field in msgspec.structs.fields(Options):
        if field.encode_name in NAMES:
            meaning, _, example = said[field.name].rpartition(": ")
            default = _toml(getattr(defaults, field.name))
            yield f"| `{field.encode_name}` | {default} | {meaning}. | `{field.encode_name} = {example.strip('`.')}` |"


def settings() -> str:
    """Every setting of the service, section by section."""
    schema = described(Settings)
    return "\n".join([_SETTINGS, *_sections(schema, schema["$defs"])])


def _sections(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[str]:
    for name, field in schema["properties"].items():
        table = _table(field, definitions)
        if table is not None:
            yield f"## `[{name}]`\n\n{field.get('description') or table.get('description', '')}\n\n{_HEAD}"
            yield from _setting_rows(name, table, definitions)
            yield ""


def _setting_rows(prefix: str, table: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[str]:
    for name, field in table["properties"].items():
        inner = _table(field, definitions)
        if inner is not None:
            yield from _setting_rows(f"{prefix}.{name}", inner, definitions)
        else:
            default = _toml(field["default"]) if "default" in field else ""
            yield f"| `{prefix}.{name}` | {_kind(field, definitions)} | {default} | {field.get('description', '')} |"


def _table(field: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found = definitions.get(field.get("$ref", "").rpartition("/")[2], {})
    return found if "properties" in found else None


def _kind(field: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return _kind(definitions[field["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in field:
        return " or ".join(kind for one in field["anyOf"] if (kind := _kind(one, definitions)) != "null") or "any"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if "items" in field:
        return f"list of {_kind(field['items'], definitions)}"
    bounds = [f"{sign} {field[key]}" for key, sign in _BOUNDS.items() if key in field]
    return " ".join([field.get("type", "any"), *bounds])


_BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "minLength": "characters ≥"}


def _toml(value: Any) -> str:
    return "unset" if value is None else f"`{json.dumps(value, ensure_ascii=False)}`"
