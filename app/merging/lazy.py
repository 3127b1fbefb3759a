"""Our own evaluation of Dynaconf's lazy values: nothing in a profile runs, nothing reaches the process's environment.

`@format` and `@get` are evaluated over the settings and the variables that were handed in. Everything else that
Dynaconf evaluates late (`@jinja`, `@read_file`) can run code or read files, and stays *opaque*: its value is its text.
"""

import re
import string
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.core import limits
from app.core.layers import Path

_FIELD = r"(?P<root>this|env)(?P<rest>(?:\.[^.\[\]]+|\[[^\[\]]+\])+)"
_STEP = r"\.([^.\[\]]+)|\[([^\[\]]+)\]"
_REFERRED = r"\{(this|env)((?:\.[^.\[\]{}:!]+|\[[^\[\]{}]+\])+)"
_GOT = r"@get\s+(\S+)"
_LONGEST = 1_000_000
_DIGITS = 10
_WIDTH = r"\d{5,}"


class UnresolvedError(Exception):
    """A reference that leads nowhere; the text says what is missing."""


class AbsentSettingError(UnresolvedError):
    """A reference to a setting that does not exist."""


class AbsentVariableError(UnresolvedError):
    """A reference to a variable that is not set."""


class CircularError(UnresolvedError):
    """A reference that leads back to itself."""


class OpaqueError(UnresolvedError):
    """A reference to something that only running code would tell."""


class Formatter(string.Formatter):
    """`str.format` for `{this.key}`, `{this[key]}` and `{env[NAME]}`, and for nothing else.

    Args:
        look_up: gives the setting at a path of names, unwrapped; raises UnresolvedError where there is none.
        environ: the variables of the environment that is resolved.
    """

    def __init__(self, look_up: Callable[[Sequence[str | int]], Any], environ: Mapping[str, str]) -> None:
        self._look_up = look_up
        self._environ = environ
        self._length = 0

    def get_field(self, field_name: str, _args: Sequence[Any], _kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        """The value that a replacement field names."""
        match = re.fullmatch(_FIELD, field_name)
        if not match:
            message = f"{{{field_name}}} is neither {{this.key}} nor {{env[NAME]}}"
            raise UnresolvedError(message)
        names = _steps(match["rest"])
        if len(names) > limits.DEPTH.figure:
            message = f"the format names a key that {limits.DEPTH.breach}"
            raise UnresolvedError(message)
        if match["root"] == "env":
            return self._variable(names), field_name
        return self._look_up(names), field_name

    def _variable(self, names: Sequence[str | int]) -> str:
        name = str(names[0])
        if len(names) != 1:
            raise UnresolvedError("an environment variable is a text, of which no part can be named")
        if name not in self._environ:
            message = f"the environment variable {name} is not set"
            raise AbsentVariableError(message)
        return self._environ[name]

    def format_field(self, value: Any, format_spec: str) -> str:
        """The value in its format; what would fill the memory is refused."""
        if re.search(_WIDTH, format_spec):
            message = f"the format {format_spec!r} is too wide"
            raise UnresolvedError(message)
        text = str(super().format_field(value, format_spec))
        self._length += len(text)
        if self._length > _LONGEST:
            message = f"the text is longer than {_LONGEST} characters"
            raise UnresolvedError(message)
        return text


def references(text: str, rest: Path = ()) -> list[Path]:
    """The settings that a lazy token's text names.

    Args:
        text: the token's.
        rest: where a value stands in the table that `@get` copies.
    """
    found = [_steps(field) for root, field in re.findall(_REFERRED, text) if root == "this"]
    found += [(*name.split(".", limits.DEPTH.figure), *rest) for name in re.findall(_GOT, text)]
    return [names for names in found if len(names) <= limits.DEPTH.figure]


def variables_named(text: str) -> list[str]:
    """The variables that a lazy token's text names."""
    return [str(_steps(field)[0]) for root, field in re.findall(_REFERRED, text) if root == "env"]


def _steps(field: str) -> Path:
    steps = re.findall(_STEP, field)
    return tuple(dot or (int(key) if key.isdecimal() and len(key) < _DIGITS else key) for dot, key in steps)
