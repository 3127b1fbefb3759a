"""Options for a project that has a settings class (pydantic-settings), and no Dynaconf call."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import tomlkit

from app.checking.adopt.settings_classes import SettingsModel, find_models


def model_options(root: Path) -> tuple[str, list[str]] | None:
    """What `assay.toml` is to say, and what the reader should know about it; None where there is no such class.

    Args:
        root: the project's folder.
    """
    found = find_models(root)
    return (_text(found[0]), list(_notes(found))) if found else None


def _text(model: SettingsModel) -> str:
    document = tomlkit.document()
    document.add(tomlkit.comment(f"From the settings class in {model.place}."))
    document.add("schema", model.schema)
    if model.prefix.endswith("_") and len(model.prefix) > 1:
        document.add("envvar_prefix", model.prefix[:-1].upper())
    if model.delimiter:
        document.add("nested_separator", model.delimiter)
    return tomlkit.dumps(document)


def _notes(found: Sequence[SettingsModel]) -> Iterator[str]:
    model, *others = found
    yield f"read {model.place}: the class {model.name}"
    yield from (f"not read: {other.place}, another settings class" for other in others)
    if not (model.prefix.endswith("_") and len(model.prefix) > 1):
        yield "the class has no prefix that Dynaconf knows: variables that override begin with DYNACONF_"
    yield "a check asks the class in a process of its own, which imports its module: take schema out where none may run"
    yield "write profiles from a .env file: assay init --from .env"
