"""The files that Compose's `env_file` names, and the `.env` beside a Compose file, as Compose reads them.

Other than for Dynaconf's own reader, `$NAME` is a reference, one in apostrophes is none, and `$$` is a dollar sign.
Source: Compose, "Syntax for environment files", and `format: raw` of the specification's `env_file`.
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping

from msgspec import Struct

from app.core.deployment import DeployedVariable
from app.core.findings import Fault
from app.deployments.docker.interpolation import InvalidReferenceError, interpolated
from app.deployments.expanding import ExpansionRoom
from app.deployments.telling import no_reference, spot
from app.sources.dotenv import BOM, COMPLETE, statements, unread_lines

type Stated = tuple[int, str, str | None]
"""A line, a name, and its text; None where that is known to nobody here."""


class EnvFile(Struct, frozen=True, kw_only=True):
    """The variables of such a file, and what is wrong with it; what stands there is not for everybody's eyes."""

    variables: tuple[DeployedVariable, ...]
    faults: tuple[Fault, ...] = ()


def read_env_file(
    text: str, file: str, known: Mapping[str, str], room: ExpansionRoom, *, is_raw: bool = False
) -> EnvFile:
    """What such a file sets.

    Args:
        text: what it says.
        file: its name, relative to the root.
        known: what its references find before what the file itself says.
        room: what its references may put together.
        is_raw: whether each text is taken as it stands.
    """
    text = text.removeprefix(BOM).replace("\r\n", "\n")
    faults = [] if is_raw else [_unread(file, line) for line in unread_lines(text)]
    stated = _as_it_stands(text, known) if is_raw else _interpolated(text, file, known, room, faults)
    variables = tuple(
        DeployedVariable(name=name, value=value, origin=spot(file, line, 1, name), secret=True)
        for line, name, value in stated
    )
    return EnvFile(variables=variables, faults=tuple(faults))


def _as_it_stands(text: str, known: Mapping[str, str]) -> Iterator[Stated]:
    for line, said in enumerate(text.split("\n"), 1):
        name, equals, value = said.lstrip().partition("=")
        if name and not name.startswith("#"):
            yield line, name, value if equals else known.get(name)


def _interpolated(
    text: str, file: str, known: Mapping[str, str], room: ExpansionRoom, faults: list[Fault]
) -> Iterator[Stated]:
    found: dict[str, str] = {}
    look_up = ChainMap(dict(known), found)
    for line, name, value, quote in statements(text):
        try:  # a name alone is what the operator has under it
            said = known.get(name) if value is None else _of_references(value, quote, look_up, room)
        except InvalidReferenceError:
            faults.append(no_reference(spot(file, line, 1, name)))
            said = None
        found.pop(name, None)
        if said is not None:
            found[name] = said
        yield line, name, said


def _of_references(value: str, quote: str, look_up: Mapping[str, str], room: ExpansionRoom) -> str | None:
    """A text with what its references say, unless it stands in apostrophes.

    Raises:
        InvalidReferenceError: a dollar sign begins none.
    """
    return value if quote == "'" else interpolated(value.replace("\\$", "$$") if quote == '"' else value, look_up, room)


def _unread(file: str, line: int) -> Fault:
    message = f"{file}:{line} is no NAME=value: what it was to set is not set, if Compose takes the file at all."
    return Fault(rule="DEP009", message=message, fix=COMPLETE, origin=spot(file, line))
