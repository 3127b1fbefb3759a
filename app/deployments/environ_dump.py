"""The environment of a running process, as `env`, `/proc/PID/environ`, `docker inspect` or a JSON object tells it."""

import json
import re
from collections.abc import Iterator

from app.core.deployment import DeployedVariable
from app.deployments.telling import spot

_LINE = re.compile(r"(?:export |declare -x )?(?P<name>[A-Za-z_][A-Za-z0-9_.]*)=(?P<value>.*)", re.DOTALL)


_BEGINNING = 10_000
"""Characters among which the first line is looked for that is not blank."""


def is_dump(text: str) -> bool:
    """Whether a text is one: texts that end with NUL, lines of `NAME=value`, or JSON that is no manifest."""
    if "\0" in text:
        return True
    if text.lstrip()[:1] in {"{", "["}:
        return bool(_of_json(text))
    first = next((line for line in text[:_BEGINNING].splitlines() if line.strip()), "")
    return bool(_LINE.match(first))


def read_dump(text: str, file: str) -> list[DeployedVariable]:
    """Its variables; of one name the last counts."""
    pairs = list(_pairs(text))
    return [DeployedVariable(name=name, value=value, origin=spot(file, line, 1, name)) for line, name, value in pairs]


def _pairs(text: str) -> Iterator[tuple[int, str, str]]:
    if "\0" in text:
        yield from _matches([(1, one) for one in text.split("\0")])
    elif text.lstrip()[:1] in {"{", "["}:
        yield from _placed(text, _of_json(text))
    else:
        yield from _matches(list(_lines(text)))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The statements: a line that names no variable goes on with the one before."""
    number, held = 1, ""
    for count, line in enumerate(text.splitlines(), 1):
        if _LINE.match(line):
            if held:
                yield number, held
            number, held = count, line
        elif held and line.strip():
            held += f"\n{line}"
    if held:
        yield number, held


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
