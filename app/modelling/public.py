"""A model's JSON Schema as everybody may read it: of a secret its type alone, and nothing that it could be."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.core import dsn
from app.core.layers import Path
from app.core.roles import infer, is_secret
from app.core.secrecy import without
from app.core.secrecy.taint import Taint, is_telling, taint
from app.modelling.marks import (
    CHOICES,
    DEFINED,
    ITEMS,
    OTHERS,
    SAME,
    Meant,
    Schema,
    SchemaParts,
    is_kept,
    is_marked,
    referred,
    table,
)

type Paths = frozenset[Path]
"""The keys, the last parts of them, at which a part of a schema stands: what is defined once may stand at several."""

_LISTED = ("enum", "examples")
_VALUES = ("default", "const", "example", "pattern", *_LISTED)
"""What a schema says that is, or may be, the value itself; or a list of those."""
_TABLES = ("properties", "patternProperties", "dependentSchemas")
_SENTENCES = ("description", "title", "$comment")
_OURS = "x-names"
_DEPTH = 3
_TOP: Paths = frozenset({()})
_SECRET: Path = ("\0secret",)
"""Where everything is secret: below what is marked as such."""


def public_schema(schema: Schema) -> dict[str, Any]:
    """The schema without the values of secrets: neither in it, nor in what refers to it, nor in sentences."""
    values = _Values(SchemaParts(schema))
    found = _Secrets(schema, values)
    texts = frozenset(found.texts) - {""}
    shown: dict[str, Any] = _Public(values, found.paths, texts, taint(filter(is_telling, texts))).shown(schema, _TOP)
    return shown


class _Values:
    """Which values are secrets: by their keys, or by what is said about them."""

    def __init__(self, meaning: SchemaParts) -> None:
        self.meaning = meaning

    def keeps(self, said: Schema, path: Path) -> bool:
        """Whether a part of a schema describes a secret: by a mark, or by its name."""
        if path == _SECRET or is_kept(self.meaning.of(said)):
            return True
        return "properties" not in said and bool(path) and is_secret(infer(path, "text"))

    def hides(self, value: Any, meant: Meant, path: Path) -> bool:
        """The same of a value that stands at a path."""
        return path == _SECRET or is_kept(meant) or (bool(path) and is_secret(infer(path, value)))

    def texts(self, value: Any, meant: Meant, path: Path) -> Iterator[str]:
        """The secrets among values."""
        if isinstance(value, Mapping):
            for key, item in value.items():
                yield from self.texts(item, self._below(meant, str(key)), _at(path, str(key)))
        elif isinstance(value, list):
            for item in value:
                yield from self.texts(item, self._items(meant), _at(path, 0))
        elif not isinstance(value, bool) and isinstance(value, str | int | float) and self.hides(value, meant, path):
            yield str(value)

    def shown(self, value: Any, meant: Meant, path: Path, known: Taint) -> Any:
        """What is no secret; stars in place of what is one."""
        if isinstance(value, Mapping):
            return {
                opened(str(key), known): self.shown(item, self._below(meant, str(key)), _at(path, str(key)), known)
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [self.shown(item, self._items(meant), _at(path, 0), known) for item in value]
        if value in _NOTHING or not isinstance(value, str | int | float):
            return value
        if self.hides(value, meant, path):
            return "***"
        return known.masked(dsn.mask(value)) if isinstance(value, str) else value

    def _below(self, meant: Meant, key: str) -> Meant:
        return meant if is_kept(meant) else self.meaning.below(meant, key)

    def _items(self, meant: Meant) -> Meant:
        return meant if is_kept(meant) else self.meaning.items(meant)


class _Secrets:
    """Where definitions are used, and every text that a schema gives as the value of a secret."""

    def __init__(self, schema: Schema, values: _Values) -> None:
        self._root = schema
        self._values = values
        self.paths: dict[str, set[Path]] = {}
        self.texts: set[str] = set()
        self._read(schema, ())

    def _read(self, said: Any, path: Path) -> None:
        if not isinstance(said, Mapping):
            return
        meant = self._values.meaning.of(said)
        at = _SECRET if self._values.keeps(said, path) else path
        for key in (key for key in _VALUES if key in said):
            for value in _given(key, said[key]):
                self.texts |= set(self._values.texts(value, meant, at))
        if defined := referred(said):
            self._use(defined, _within(said, path))
        for inner, below in _parts(said, path):
            self._read(inner, below)

    def _use(self, name: str, path: Path) -> None:
        used = self.paths.setdefault(name, set())
        if path not in used:
            used.add(path)
            for defined in DEFINED:
                self._read(table(self._root.get(defined)).get(name), path)


class _Public:
    def __init__(self, values: _Values, used: Mapping[str, set[Path]], texts: frozenset[str], known: Taint) -> None:
        self._values = values
        self._used = used
        self._texts = sorted(texts, key=len, reverse=True)
        self._known = known

    def shown(self, said: Any, paths: Paths) -> Any:
        if not isinstance(said, Mapping):
            return said
        kept = any(self._values.keeps(said, path) for path in paths)
        shown = {key: self._part(key, said, paths, kept=kept) for key in said if key != _OURS}
        return {key: value for key, value in shown.items() if value is not _GONE}

    def _part(self, key: str, said: Schema, paths: Paths, *, kept: bool) -> Any:
        value = said[key]
        if key in _VALUES:
            return self._value(key, said, paths, kept=kept)
        if key in DEFINED:
            used = {name: frozenset(self._used.get(name, _TOP)) for name in table(value)}
            return {name: self.shown(inner, used[name]) for name, inner in table(value).items()}
        within = frozenset(_within(said, path) for path in paths)
        if key in _TABLES:
            return {
                opened(name, self._known): self.shown(inner, _below(within, name))
                for name, inner in table(value).items()
            }
        if below := _BELOW.get(key):
            inner_paths = frozenset({_SECRET}) if kept and key in _TOGETHER else below(within)
            return (
                [self.shown(one, inner_paths) for one in value]
                if isinstance(value, list)
                else self.shown(value, inner_paths)
            )
        return self._sentence(value, kept=kept) if key in _SENTENCES else self._values.shown(value, (), (), self._known)

    def _value(self, key: str, said: Schema, paths: Paths, *, kept: bool) -> Any:
        value, meant = said[key], self._values.meaning.of(said)
        if kept:
            return value if value in _NOTHING and key == "default" else _GONE
        harmless = list(_given(key, value))
        for path in paths:
            harmless = [self._values.shown(one, meant, path, self._known) for one in harmless]
        shown = harmless if key in _LISTED and isinstance(value, list) else harmless[0]
        return shown if shown == value or key == "default" else _GONE

    def _sentence(self, sentence: Any, *, kept: bool) -> Any:
        for text in self._texts if kept and isinstance(sentence, str) else ():
            sentence = without(sentence, text)
        return self._values.shown(sentence, (), (), self._known)


def opened(name: str, known: Taint) -> str:
    """A key as it may be shown."""
    return known.masked(dsn.mask_addresses(name))


_GONE = object()
_NOTHING: tuple[Any, ...] = (None, "", [], {}, False, True)


def _given(key: str, value: Any) -> list[Any]:
    """The values that a schema gives there."""
    return value if key in _LISTED and isinstance(value, list) else [value]


def _at(path: Path, part: str | int) -> Path:
    return path if path == _SECRET else (*path, part)[-_DEPTH:]


def _within(said: Schema, path: Path) -> Path:
    """Where that stands which a part of a schema holds."""
    return _SECRET if is_marked(said) else path


def _item(paths: Paths) -> Paths:
    return frozenset(_at(path, 0) for path in paths)


def _below(paths: Paths, name: str = "*") -> Paths:
    return frozenset(_at(path, name) for path in paths)


def _here(paths: Paths) -> Paths:
    return paths


_TOGETHER = ("allOf", *SAME)
"""What holds at once: where one part says that it is a secret, what the others say is about that secret."""

_BELOW: Mapping[str, Callable[[Paths], Paths]] = {
    **dict.fromkeys((*CHOICES, *SAME), _here),
    **dict.fromkeys(ITEMS, _item),
    **dict.fromkeys(OTHERS, _below),
}


def _parts(said: Schema, path: Path) -> Iterator[tuple[Any, Path]]:
    """What a schema holds, each with where it stands."""
    path = _within(said, path)
    for key in _TABLES:
        yield from ((inner, _at(path, name)) for name, inner in table(said.get(key)).items())
    for key in DEFINED:
        yield from ((inner, ()) for inner in table(said.get(key)).values())
    for key, below in _BELOW.items():
        (at,) = below(frozenset({path}))
        inner = said.get(key, ())
        yield from ((one, at) for one in (inner if isinstance(inner, list) else [inner]))
