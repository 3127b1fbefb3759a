"""Where one table holds a connection URL and, beside it, parts that the URL states too."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from app.core import dsn
from app.core.errors import TargetError
from app.core.layers import Path
from app.core.roles import words
from app.core.secrecy.names import Words
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
    return _part((key,), ())


def is_database(path: Path) -> bool:
    """Whether a table's name says that it describes a database, or another service with a URL."""
    return bool(path) and service_named(words(str(path[-1]))) is not None


def contradictions(table: Mapping[str, Any], path: Path = ()) -> Iterator[Contradiction]:
    """Every contradiction in a table and in those below it."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from contradictions(value, (*path, key))
    yield from UrlTable(table, path).contradictions()


def _stated(text: str) -> Mapping[str, str] | None:
    """What a URL states, by part; None for what is no URL of a database."""
    if is_reference(text) or not dsn.looks_like_dsn(text):
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


type _Beside = tuple[str, Path, Any]
"""The part that a value beside a URL says, its key below the table, and the value."""


class UrlTable:
    """A table with what its URLs state, and what stands beside each: in the table, or in one below it.

    Args:
        table: as the file has it, URLs in one piece.
        path: its own, which may tell what it describes.
    """

    def __init__(self, table: Mapping[str, Any], path: Path) -> None:
        self._table, self._path = table, path
        told = ((key, text) for key, text in table.items() if isinstance(text, str) and ("://" in text or "=" in text))
        texts = ((key, text) for key, text in told if self._is_read(key))  # nearly every text is told from a URL above
        self._urls = {key: stated for key, text in texts if (stated := _stated(text))}
        self._keys: dict[int, dict[Words, list[str]]] = {}
        self._parts: dict[Words, list[_Beside]] = {}

    def _is_read(self, key: str) -> bool:
        """Whether a key may hold a URL of which the table has the parts."""
        return words(key)[-1:] in URL_WORDS and (len(words(key)) > 1 or is_database(self._path))

    def contradictions(self) -> Iterator[Contradiction]:
        """Where a URL and what stands beside it disagree."""
        for url, stated in self._urls.items():
            for part, at, value in self._beside(words(url)[:-1]):
                if part in stated and not _agree(part, stated[part], value):
                    said = () if part == "password" else (stated[part], str(value))
                    yield Contradiction(url=(*self._path, url), part=(*self._path, *at), noun=_NOUNS[part], said=said)

    def counterparts(self, at: Path) -> list[Path]:
        """The keys that say the same as one, there or not: the URLs that state it, or the parts that a URL states."""
        key = str(at[0])
        if len(at) == 1 and self._is_read(key):
            stated = self._urls.get(key, _NOUNS)  # nobody knows what one will state that is not there
            return [(*self._path, *other) for part, other, _ in self._beside(words(key)[:-1]) if part in stated]
        return [(*self._path, url) for url, stated in self._urls.items() if _part(at, words(url)[:-1]) in stated]

    def _beside(self, stem: Words) -> list[_Beside]:
        """What says a part of the connection whose names begin so."""
        if stem not in self._parts:
            plain = (one for key in self._fitting(stem) for one in _plain(key, self._table[key]))
            self._parts[stem] = [(part, at, value) for at, value in plain if (part := _part(at, stem))]
        return self._parts[stem]

    def _fitting(self, stem: Words) -> list[str]:
        """The keys that begin with these words; a table may hold thousands of URLs with a stem each."""
        if len(stem) not in self._keys:
            keys = self._keys[len(stem)] = {}
            for key in self._table:
                keys.setdefault(words(key)[: len(stem)], []).append(key)
        return self._keys[len(stem)].get(stem, [])


def _part(at: Path, stem: Words) -> str | None:
    """The part that a key says of the connection whose names begin so, if a URL may state it too."""
    if words(str(at[0]))[: len(stem)] != stem:
        return None
    part = part_named(words("_".join(map(str, at)))[len(stem) :])
    return part if part in _NOUNS else None


def _plain(key: str, value: Any) -> Iterator[tuple[Path, Any]]:
    """The plain values at a key of a table: its own, or those of the table that stands there."""
    if isinstance(value, Mapping):
        yield from (((key, inner), item) for inner, item in value.items() if _is_plain(item))
    elif _is_plain(value):
        yield (key,), value


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
