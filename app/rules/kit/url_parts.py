"""Where one table holds a connection URL and, beside it, parts that the URL states too."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from app.core import dsn
from app.core.errors import TargetError
from app.core.layers import Path
from app.core.roles import words
from app.rules.kit.connection_names import URL_WORDS, part_named
from app.rules.kit.known_defaults import is_reference
from app.rules.kit.services import SQLITE, Protection, service_named, service_of_scheme, tls_of_mode

_NOUNS: Mapping[str, str] = {
    "host": "host", "port": "port", "username": "username", "password": "password", "name": "name", "tls": "tls mode",
}  # fmt: skip
"""The parts that a URL states too, as messages name them."""


class Contradiction(Struct, frozen=True, kw_only=True):
    """A URL and a part that disagree.

    Attributes:
        url: the URL's path in the layer.
        part: the other's path.
        noun: what they disagree about.
        said: what the URL and the part say; empty for a secret.
    """

    url: Path
    part: Path
    noun: str
    said: tuple[str, ...]


def part_of(key: str) -> str | None:
    """The part of a connection that a key of this name holds, if a URL may state it too."""
    part = part_named(words(key))
    return part if part in _NOUNS else None


def is_database(path: Path) -> bool:
    """Whether a table's name says that it describes a database, or another service with a URL."""
    return bool(path) and service_named(words(str(path[-1]))) is not None


def contradictions(table: Mapping[str, Any], path: Path = ()) -> Iterator[Contradiction]:
    """Every contradiction in a table and in those below it."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from contradictions(value, (*path, key))
        elif isinstance(value, str) and (stated := _stated(key, value)):
            yield from _against(stated, table, path, key)


def _stated(key: str, text: str) -> Mapping[str, str] | None:
    """What a URL states, by part; None for what is no URL of a database."""
    if "://" not in text and "=" not in text:
        return None  # as nearly every text: told before anything is looked at closely
    if words(key)[-1:] not in URL_WORDS or is_reference(text) or not dsn.looks_like_dsn(text):
        return None
    try:
        parts = dsn.parse(text)
    except TargetError:
        return None
    if service_of_scheme(parts.scheme) in {None, SQLITE}:
        return None
    (host, port), *others = parts.hosts or ((None, None),)
    tls = next((text for name, text in parts.query.items() if part_of(name) == "tls"), None)
    login = {"username": parts.username, "password": parts.password, "name": parts.name, "tls": tls}
    said: dict[str, str | int | None] = {**login, **({} if others else {"host": host, "port": port})}
    return {part: str(value) for part, value in said.items() if value is not None and not is_reference(str(value))}


def _against(stated: Mapping[str, str], table: Mapping[str, Any], path: Path, url: str) -> Iterator[Contradiction]:
    stem = words(url)[:-1]
    if not (stem or is_database(path)):
        return
    for at, value in _beside(table, stem):
        part = part_named(words("_".join(str(name) for name in at))[len(stem) :])
        if part is not None and part in _NOUNS and part in stated and not _agree(part, stated[part], value):
            said = () if part == "password" else (stated[part], str(value))
            yield Contradiction(url=(*path, url), part=(*path, *at), noun=_NOUNS[part], said=said)


def _beside(table: Mapping[str, Any], stem: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The plain values whose names begin with the stem: beside the URL, or in a table beside it."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from (((key, inner), item) for inner, item in value.items() if _is_plain(item) and _fits(key, stem))
        elif _is_plain(value) and words(key)[: len(stem)] == stem:
            yield (key,), value


def _fits(key: str, stem: tuple[str, ...]) -> bool:
    """Whether a table beside the URL speaks of the same connection."""
    return words(key)[: len(stem)] == stem


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return not value.startswith("@") and not is_reference(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _agree(part: str, left: str, right: object) -> bool:
    if part == "host":
        return left.strip("[]").casefold() == str(right).strip("[]").casefold()
    if part == "tls":
        modes = {tls_of_mode(left), tls_of_mode(right)}
        return len(modes) == 1 or None in modes or (Protection.ON in modes and Protection.OFF not in modes)
    return left == str(right)
