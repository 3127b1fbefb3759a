"""The files that Compose's `env_file` names, and the `.env` beside a Compose file, as Compose reads them.

Other than for Dynaconf's own reader, `$NAME` is a reference, one in apostrophes is none, and `$$` is a dollar sign.
Source: Compose, "Syntax for environment files", and `format: raw` of the specification's `env_file`.
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping

from app.core.deployment import DeployedVariable
from app.deployments.docker.interpolation import InvalidReferenceError, interpolated
from app.deployments.expanding import ExpansionRoom
from app.deployments.telling import spot
from app.sources.dotenv import statements

type Stated = tuple[int, str, str | None]
"""A line, a name, and its text; None where that is known to nobody here."""


def read_env_file(
    text: str, file: str, known: Mapping[str, str], room: ExpansionRoom, *, is_raw: bool = False
) -> list[DeployedVariable]:
    """The variables of such a file; what stands there is not for everybody's eyes.

    Args:
        text: what it says.
        file: its name, relative to the root.
        known: what its references find before what the file itself says.
        room: what its references may put together.
        is_raw: whether each text is taken as it stands.
    """
    stated = _as_it_stands(text) if is_raw else _interpolated(text, known, room)
    return [
        DeployedVariable(name=name, value=value, origin=spot(file, line, 1, name), secret=True)
        for line, name, value in stated
    ]


def _as_it_stands(text: str) -> Iterator[Stated]:
    for line, said in enumerate(text.splitlines(), 1):
        name, equals, value = said.lstrip().partition("=")
        if equals and not name.startswith("#"):
            yield line, name, value


def _interpolated(text: str, known: Mapping[str, str], room: ExpansionRoom) -> Iterator[Stated]:
    found: dict[str, str] = {}
    look_up = ChainMap(dict(known), found)
    for line, name, value, quote in statements(text):
        # a name alone is what the operator has under it
        said = known.get(name) if value is None else _of_references(value, quote, look_up, room)
        found.pop(name, None)
        if said is not None:
            found[name] = said
        yield line, name, said


def _of_references(value: str, quote: str, look_up: Mapping[str, str], room: ExpansionRoom) -> str | None:
    """A text with what its references say, unless it stands in apostrophes."""
    if quote == "'":
        return value
    try:
        return interpolated(value.replace("\\$", "$$") if quote == '"' else value, look_up, room)
    except InvalidReferenceError:
        return None
