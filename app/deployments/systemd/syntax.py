"""The syntax of systemd's units: sections and assignments, lines that go on, quoted words, specifiers.

Source: systemd.syntax(7); systemd.unit(5), "Specifiers"; `config_parse` and `extract_first_word` of systemd.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from itertools import count

from msgspec import Struct

SERVICE = "[Service]"
_SPACE = " \t\n\r"
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([abfnrtvs\\\"']))")
_LETTERS = dict(zip("abfnrtvs\\\"'", "\a\b\f\n\r\t\v \\\"'", strict=True))
SPECIFIER = re.compile(r"%[%A-Za-z0-9]")
_PATH_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})")

type Specifiers = Mapping[str, str]
"""What stands for a percent sign and a letter, by the letter, as far as a unit's name says it."""


class UnitSetting(Struct, frozen=True, kw_only=True):
    """One assignment of a section."""

    name: str
    value: str
    file: str
    line: int


def unit_settings(text: str, file: str, wanted: str = SERVICE) -> Iterator[UnitSetting]:
    """The assignments of a section, in their order."""
    section = ""
    for line, said in _whole_lines(text):
        if said.startswith("["):
            section = said
            continue
        name, equals, value = said.partition("=")
        if equals and section == wanted:
            yield UnitSetting(name=name.strip(_SPACE), value=value.strip(_SPACE), file=file, line=line)


def _whole_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines but for comments, each with those that a backslash at its end adds."""
    held: list[str] = []
    first = 1
    for number, line in zip(count(1), text.split("\n"), strict=False):
        if line.lstrip(_SPACE)[:1] in {"#", ";"}:
            continue
        first = first if held else number
        body = line.rstrip("\r")
        if (len(body) - len(body.rstrip("\\"))) % 2:
            held.append(f"{body[:-1]} ")
            continue
        yield first, "".join([*held, body]).strip(_SPACE)
        held = []
    if held:
        yield first, "".join(held).strip(_SPACE)


def words(text: str) -> tuple[list[str], bool]:
    """The words of a value, without quotes and escapes; and whether all could be read: what follows a fault is not."""
    found: list[str] = []
    at = 0
    while (at := _behind_space(text, at)) < len(text):
        word, at = _word(text, at)
        if word is None:
            return found, False
        found.append(word)
    return found, True


def _behind_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _word(text: str, at: int) -> tuple[str | None, int]:
    """The word at a place, and where it ends; None where a quote stays open or an escape is none."""
    letters, quote = list[str](), ""
    while at < len(text) and (quote or text[at] not in _SPACE):
        letter = text[at]
        if letter == "\\":
            found = _ESCAPE.match(text, at)
            if found is None:
                return None, at
            letters.append(_unescaped(found))
            at = found.end()
            continue
        if letter in {"'", '"'} and quote in {"", letter}:
            quote = "" if quote else letter
        else:
            letters.append(letter)
        at += 1
    return (None if quote else "".join(letters)), at


def _unescaped(found: re.Match[str]) -> str:
    two, four, eight, octal, letter = found.groups()
    if letter:
        return _LETTERS[letter]
    number = int(octal, 8) if octal else int(two or four or eight, 16)
    return chr(number) if number <= sys.maxunicode else "\ufffd"


def specifiers_of(unit: str) -> Specifiers:
    """What a unit's name says: all of it where it is an instance's or no template's.

    Source: systemd.unit(5), "Specifiers".

    Args:
        unit: its file's name, `orders@eu.service`.
    """
    whole = unit.rpartition(".")[0]
    prefix, at, instance = whole.partition("@")
    last = prefix.rpartition("-")[2]
    found = {"%": "%", "p": prefix, "P": _path(prefix), "j": last, "J": _path(last)}
    if at and not instance:  # a template, which is started under the name of one of its instances
        return found
    return found | {"n": f"{whole}.service", "N": whole, "i": instance, "I": _path(instance)}


def _path(name: str) -> str:
    """What a unit's name is escaped from: a path without its first slash."""
    return _PATH_ESCAPE.sub(lambda found: chr(int(found[1], 16)), name.replace("-", "/"))


def without_specifiers(text: str, known: Specifiers) -> str | None:
    """A text with what its specifiers say; None where what stands for one is known on the host alone."""
    if any(found[0][1] not in known for found in SPECIFIER.finditer(text)):
        return None
    return with_known(text, known)


def unknown_specifiers(text: str, known: Specifiers) -> list[str]:
    """The specifiers of a text that the host alone knows."""
    return [found[0] for found in SPECIFIER.finditer(text) if found[0][1] not in known]


def with_known(text: str, known: Specifiers) -> str:
    """A text with what its specifiers say, as far as they are known; the others stay."""
    return SPECIFIER.sub(lambda found: known.get(found[0][1], found[0]), text)
