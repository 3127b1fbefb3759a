"""The files that Compose's `env_file` names, and the `.env` beside a Compose file, as Compose reads them.

Other than for Dynaconf's own reader, `$NAME` is a reference, one in apostrophes is none, `$$` is a dollar sign, and
`NAME: value` is an assignment. Source: Compose, "Syntax for environment files"; `dotenv` of compose-go 2.9; for
`format: raw`, `kvfile` of the Docker client.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from app.core.deployment import DeployedVariable
from app.core.findings import Fault
from app.deployments.docker.interpolation import InvalidReferenceError, Known, interpolated, names_in
from app.deployments.expanding import ExpansionRoom
from app.deployments.telling import left_open, no_reference, spot
from app.sources.dotenv import BOM, COMPLETE

_SPACE = " \t\v\f\r\x85\xa0"
_START = re.compile(r"(?:\s++|#[^\n]*+)*+")
_EXPORT = re.compile(rf"export(?=\s)[{_SPACE}]*+")
_NAME = re.compile(rf"([\w.\-\[\]{_SPACE}]*+)([=:\n])")
_QUOTED = re.compile(r"'((?:\\.|[^'\\])*+)'|\"((?:\\.|[^\"\\])*+)\"", re.DOTALL)
_ESCAPE = re.compile(r"\\([abcfnrtv$\"\\]|0\d{0,3})", re.ASCII)
_LETTERS = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True)) | {"\\": "\\", '"': '"', "$": "$$"}
_OCTAL = 4
_BYTE = 0o377


class EnvStatement(Struct, frozen=True, kw_only=True):
    """One statement of such a file.

    Attributes:
        line: counts from 1.
        name: the variable's.
        text: what it says; None for a name alone, which is what the operator has under it.
        is_template: whether the text may hold references.
    """

    line: int
    name: str
    text: str | None
    is_template: bool = False


class EnvFile(Struct, frozen=True, kw_only=True):
    """The statements of such a file, and the lines that Compose refuses it for."""

    file: str
    statements: tuple[EnvStatement, ...]
    refused: tuple[int, ...] = ()

    @property
    def faults(self) -> list[Fault]:
        """What is told of those lines."""
        return [_unread(self.file, line) for line in self.refused]


def parse_env_file(text: str, file: str, *, is_raw: bool = False) -> EnvFile:
    """What such a file says.

    Args:
        text: its text.
        file: its name, relative to the root.
        is_raw: whether each value is taken as it stands.
    """
    found = list((_raw if is_raw else _stated)(text.removeprefix(BOM)))
    return EnvFile(file=file, statements=tuple(one for one in found if isinstance(one, EnvStatement)),
                   refused=tuple(one for one in found if isinstance(one, int)))  # fmt: skip


def _stated(text: str) -> Iterator[EnvStatement | int]:
    """The statements, and the lines that are none; what follows such a line is read all the same."""
    at, line, counted = 0, 1, 0
    while (at := _behind(_START, text, at)) < len(text):
        line, counted = line + text.count("\n", counted, at), at
        found = _NAME.match(text, _behind(_EXPORT, text, at))
        name = found[1].rstrip() if found else ""
        if found is None or " " in name or (not name and found[2] != "\n"):
            at = _line_end(text, at)
            yield line
        elif found[2] == "\n":
            at = found.end()
            yield from [EnvStatement(line=line, name=name, text=None)] if name else ()
        else:
            value, at = _value(text, _behind_space(text, found.end()))
            yield line if value is None else EnvStatement(line=line, name=name, **value)


def _behind(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _behind_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return found if found >= 0 else len(text)


def _value(text: str, at: int) -> tuple[dict[str, Any] | None, int]:
    """A value, and the place behind it; None where its quotation mark is not closed."""
    if not text.startswith(("'", '"'), at):
        end = _line_end(text, at)
        return {"text": text[at:end].partition(" #")[0].rstrip(), "is_template": True}, end
    found = _QUOTED.match(text, at)
    if found is None:
        return None, _line_end(text, at)
    if found[1] is not None:
        return {"text": found[1].replace("\\'", "'")}, found.end()
    return {"text": _ESCAPE.sub(_unescaped, found[2].replace('\\"', '"')), "is_template": True}, found.end()


def _unescaped(found: re.Match[str]) -> str:
    said = found[1]
    if not said.startswith("0"):
        return _LETTERS.get(said, found[0])
    is_octal = len(said) == _OCTAL and not set(said) & set("89") and int(said, 8) <= _BYTE
    return chr(int(said, 8)) if is_octal else found[0]


def _raw(text: str) -> Iterator[EnvStatement | int]:
    for line, said in enumerate(text.split("\n"), 1):
        name, equals, value = said.removesuffix("\r").lstrip().partition("=")
        if not name.startswith("#") and (name or equals):
            is_name = bool(name) and not set(name) & set(" \t")
            yield EnvStatement(line=line, name=name, text=value if equals else None) if is_name else line


def env_variables(
    read: EnvFile, known: Known, room: ExpansionRoom, tell: Callable[[Fault], None]
) -> Iterator[DeployedVariable]:
    """The variables of such a file; what stands there is not for everybody's eyes.

    Args:
        read: what it says.
        known: what its references find; asked again for each statement, so that it may grow by what came before.
        room: what its references may put together.
        tell: is told each reference that Compose refuses the file for.
    """
    for one in read.statements:
        origin = spot(read.file, one.line, 1, one.name)
        try:  # a name alone is what the operator has under it
            text = known.get(one.name) if one.text is None else one.text
            said = interpolated(text, known, room) if text and one.is_template else text
        except InvalidReferenceError as error:
            tell(no_reference(origin, error.required))
            said = None
        left = left_open(text, map(known.get, names_in(text))) if text and said is None else ""
        yield DeployedVariable(name=one.name, value=said, origin=origin, secret=True, said=left)


def _unread(file: str, line: int) -> Fault:
    message = f"{file}:{line} is no NAME=value: Compose refuses the file."
    return Fault(rule="DEP009", message=message, fix=COMPLETE, origin=spot(file, line))
