"""The environment of a running process, as `env`, `/proc/PID/environ`, `docker inspect` or a JSON object tells it.

What shells tell (`export -p`, `declare -x`) is written for a shell to read, in quotation marks.
"""

import json
import re
from collections.abc import Iterator

from app.core.deployment import DeployedVariable
from app.deployments.shell_words import WORD, unquoted
from app.deployments.telling import spot

_LINE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_.]*)=(?P<value>.*)", re.DOTALL)
_EXPORT = r"^(?:export|declare -[A-Za-wyz]*+x[A-Za-z]*+) (?P<exported>[A-Za-z_][A-Za-z0-9_]*)"
_STATEMENT = re.compile(
    rf"{_EXPORT}(?:$|=(?P<word>{WORD})(?P<rest>[^\n]*))|^(?P<name>[A-Za-z_][A-Za-z0-9_.]*)=(?P<value>[^\n]*)",
    re.MULTILINE | re.DOTALL,
)
_SHELL = "a shell"

_FIRST_NAME = re.compile(r"[^\0=\n]+=")
_BEGINNING = 10_000
"""Characters among which the first line is looked for that is not blank."""


def is_dump(text: str) -> bool:
    """Whether a text is one: texts that end with NUL, lines of `NAME=value`, or JSON that is no manifest."""
    if "\0" in text:
        return bool(_FIRST_NAME.match(text))
    if text.lstrip()[:1] in {"{", "["}:
        return bool(_of_json(text))
    return bool(_STATEMENT.match(text[:_BEGINNING].lstrip()))


def read_dump(text: str, file: str) -> list[DeployedVariable]:
    """Its variables; of one name the last counts."""
    return [
        DeployedVariable(
            name=name, value=value, origin=spot(file, line, 1, name, None if said is None else _SHELL), said=said or ""
        )
        for line, name, value, said in _statements(text)
    ]


def _statements(text: str) -> Iterator[tuple[int, str, str | None, str | None]]:
    """The lines, names and values; where a shell alone makes a value, its word."""
    if "\0" in text:
        yield from ((*one, None) for one in _matches([(1, one) for one in text.split("\0")]))
    elif text.lstrip()[:1] in {"{", "["}:
        yield from ((*one, None) for one in _placed(text, _of_json(text)))
    else:
        ends_so = text.count("\r\n") == text.count("\n")  # else a value has them
        yield from _of_lines(text.replace("\r\n", "\n") if ends_so else text)


def _of_lines(text: str) -> Iterator[tuple[int, str, str | None, str | None]]:
    """The variables of lines; one that names none goes on with the value before it, a shell's ends with its word."""
    line, at = 1, 0
    found = list(_STATEMENT.finditer(text))
    for one, end in zip(found, [*(one.start() for one in found[1:]), len(text)], strict=True):
        line, at = line + text.count("\n", at, one.start()), one.start()
        if one["name"]:
            yield line, one["name"], text[one.start("value") : end].rstrip("\n"), None
        elif one["word"] is not None and one["rest"].strip():
            yield line, one["exported"], None, text[one.start("word") : end]
        elif one["word"] is not None:
            yield line, one["exported"], unquoted(one["word"]), None


def _matches(said: list[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    for line, one in said:
        if found := _LINE.fullmatch(one):
            yield line, found["name"], found["value"]


def _of_json(text: str) -> list[tuple[str, str]]:
    """The variables of a JSON object of texts, of a list of `NAME=value`, or of what `docker inspect` prints."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if isinstance(said, list) and said and isinstance(said[0], dict) and isinstance(said[0].get("Config"), dict):
        said = said[0]["Config"].get("Env")
    if isinstance(said, list) and all(isinstance(one, str) for one in said):
        return [(name, value) for _, name, value in _matches([(1, one) for one in said])]
    if (
        isinstance(said, dict)
        and said
        and "apiVersion" not in said
        and all(isinstance(value, str) for value in said.values())
    ):
        return list(said.items())
    return []


def _placed(text: str, pairs: list[tuple[str, str]]) -> Iterator[tuple[int, str, str]]:
    """The variables with their lines, in one pass; where a name does not stand by itself, all have the same."""
    line, position = 1, 0
    for name, value in pairs:
        at = text.find(json.dumps(name), position) if position >= 0 else -1
        line, position = (line + text.count("\n", position, at) if at >= 0 else line), at
        yield line, name, value
