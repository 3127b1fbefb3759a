"""What `dynaconf validate` checks: the validators of a TOML file."""

from collections.abc import Iterator
from typing import Any

from app.application.validation.validator_arguments import is_known
from app.core.layers import Path, Span
from app.core.validators import Hidden, Validator, ValidatorStep
from app.sources.toml import TomlDocument

VALIDATORS_FILE = "dynaconf_validators.toml"
"""What `dynaconf validate` reads, where it is not told another file."""
_NOWHERE = Span(line=1, column=1, end_line=1, end_column=1)


def demanded_by_file(document: TomlDocument, *, sectioned: bool) -> Iterator[ValidatorStep]:
    """What `dynaconf validate` checks; nothing where the file for it is not there, or does not parse.

    Source: Dynaconf, `cli.py`, `validate`.
    """
    sections = {(name,): table for name, table in document.values.items()} if sectioned else {(): document.values}
    validators = [one for path, table in sections.items() for one in _rules(document, path, table)]
    if validators:
        yield ValidatorStep(validators=tuple(validators), alone=True)


def _rules(document: TomlDocument, path: Path, table: Any) -> Iterator[Validator]:
    """The validators of one section; of the whole file where it has none."""
    for name, said in table.items() if isinstance(table, dict) else ():
        if isinstance(said, dict):
            arguments = {"env": str(path[0]).lower() if path else "default", **said}
            known = {key: value for key, value in arguments.items() if is_known(key, value)}
            hidden = tuple(Hidden(argument=key, text=str(arguments[key])) for key in arguments.keys() - known.keys())
            place = document.locate((*path, name)) or _NOWHERE
            yield Validator(file=document.name, span=place, names=(name,), arguments=known, hidden=hidden)
