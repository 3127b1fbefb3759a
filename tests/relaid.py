"""The same TOML in other layouts: tables under headers, with dots or in braces, lists of tables both ways."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import tomlkit

from app.toml_edit.literal import written

type _Block = tuple[str, Mapping[str, Any]]


def relaid(text: str, random: Random) -> str:
    """The file's values, every table and list in a layout that is drawn for it."""
    lines, below = _lines("", tomlkit.parse(text).unwrap(), random)
    return "\n".join([*lines, *(line for block in below for line in _block(block, random))]) + "\n"


def _block(block: _Block, random: Random) -> Iterator[str]:
    """A header, its lines, and the headers below it."""
    header, table = block
    lines, below = _lines(header.strip("[]"), table, random)
    yield from ["", header, *lines]
    for inner in below:
        yield from _block(inner, random)


def _lines(above: str, table: Mapping[str, Any], random: Random) -> tuple[list[str], list[_Block]]:
    lines: list[str] = []
    below: list[_Block] = []
    for name, value in table.items():
        key = tomlkit.key(name).as_string()
        path = f"{above}.{key}" if above else key
        if isinstance(value, dict) and value:
            style = random.choice("hhdi" if above else "hhhhhhdi")
            if style == "h":
                below.append((f"[{path}]", value))
            else:
                lines += _dotted(key, value, random) if style == "d" else [f"{key} = {written(value).toml}"]
        elif _is_tables(value) and random.random() < 0.5:
            below += [(f"[[{path}]]", item) for item in value]
        else:
            lines.append(f"{key} = {_spread(value, random)}{random.choice(('', '', '  # kept'))}")
    return lines, below


def _dotted(key: str, table: Mapping[str, Any], random: Random) -> Iterator[str]:
    for name, value in table.items():
        path = f"{key}.{tomlkit.key(name).as_string()}"
        if isinstance(value, dict) and value and random.random() < 0.7:
            yield from _dotted(path, value, random)
        else:
            yield f"{path} = {_spread(value, random)}"


def _spread(value: Any, random: Random) -> str:
    """The value; a list now and then over several lines."""
    if not isinstance(value, list) or not value or random.random() < 0.5:
        return written(value).toml
    return "[\n" + "".join(f"  {written(item).toml},\n" for item in value) + "]"


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)
