"""`.env` files, read by the reader that Dynaconf carries, so that Assay sees what the application sees."""

import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from dynaconf.vendor.dotenv.parser import parse_stream
from msgspec import Struct
from msgspec.structs import replace

_REFERENCE = re.compile(r"\$\{(?P<name>[^}:]*)(?::-(?P<default>[^}]*))?\}")


class DotenvVariable(Struct, frozen=True, kw_only=True):
    """One variable of a `.env` file: its value, and the line on which it begins."""

    value: str
    line: int


class Dotenv(Struct, frozen=True, kw_only=True):
    """A project's `.env` file: its name relative to the root, and what it sets."""

    name: str
    variables: Mapping[str, DotenvVariable]

    @property
    def texts(self) -> dict[str, str]:
        """The values by their names."""
        return {name: variable.value for name, variable in self.variables.items()}


def read_dotenv(root: Path, name: str, environ: Mapping[str, str]) -> Dotenv:
    """The project's `.env` file, or the one in its `config/`; empty where there is none that can be read.

    Args:
        root: the project's folder.
        name: the file, relative to it.
        environ: variables that `${NAME}` finds first.
    """
    for place in (name, f"config/{name}"):
        try:
            text = (root / place).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        return Dotenv(name=place, variables=parse_dotenv(text, environ))
    return Dotenv(name=name, variables={})


def parse_dotenv(text: str, environ: Mapping[str, str]) -> dict[str, DotenvVariable]:
    """The variables of a `.env` text, references resolved; of two lines for one name the later counts."""
    stated = {
        binding.key: DotenvVariable(value=binding.value, line=_line(binding.original.string, binding.original.line))
        for binding in parse_stream(StringIO(text))  # type: ignore[no-untyped-call]
        if binding.key is not None and binding.value is not None
    }
    found: dict[str, DotenvVariable] = {}

    def referred(match: re.Match[str]) -> str:
        earlier = found.get(match["name"])
        return environ.get(match["name"], earlier.value if earlier else match["default"] or "")

    for name, variable in stated.items():
        found[name] = replace(variable, value=_REFERENCE.sub(referred, variable.value))
    return found


def _line(statement: str, first: int) -> int:
    """The line of a statement whose text may begin with blank lines."""
    return first + statement[: len(statement) - len(statement.lstrip())].count("\n")
