"""A model's JSON Schema as everybody may read it: of a secret its type alone, and nothing that it could be."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.core import dsn
from app.core.layers import Path
from app.core.roles import infer, is_secret
from app.core.secrecy import without
from app.core.secrecy.taint import Taint, is_telling, taint

type Schema = Mapping[str, Any]
type Paths = frozenset[Path]
"""The keys, the last parts of them, at which a part of a schema stands: what is defined once may stand at several."""

_VALUES = ("default", "const", "example", "enum", "examples", "pattern")
"""What a schema says that is, or may be, the value itself."""
_TABLES = ("properties", "patternProperties", "dependentSchemas")
_DEFINED = ("$defs", "definitions")
_CHOICES = ("anyOf", "oneOf", "allOf")
_ITEMS = ("items", "contains", "unevaluatedItems", "prefixItems")
_OTHERS = ("additionalProperties", "unevaluatedProperties")
_SAME = ("not", "if", "then", "else")
_SENTENCES = ("description", "title", "$comment")
_OURS = "x-names"
_DEPTH = 3


def public_schema(schema: Schema) -> dict[str, Any]:
    """The schema without the values of secrets: neither in it, nor in what refers to it, nor in sentences."""
    found = _Secrets(schema)
    texts = frozenset(found.texts) - {""}
    shown: dict[str, Any] = _Public(found.paths, texts, taint(filter(is_telling, texts))).shown(schema, _TOP)
    return shown


_TOP: Paths = frozenset({()})


class _Secrets:
    """Where definitions are used, and every text that a schema gives as the value of a secret."""

    def __init__(self, schema: Schema) -> None:
        self._root = schema
        self.paths: dict[str, set[Path]] = {}
        self.texts: set[str] = set()
        self._read(schema, ())

    def _read(self, said: Any, path: Path) -> None:
        if not isinstance(said, Mapping):
            return
        kept = _is_kept(said, path)
        for value in (said[key] for key in _VALUES if key in said):
            self.texts |= set(_texts(value, path, all_of_it=kept))
        if defined := _name(said):
            self._use(defined, path)
        for inner, at in _parts(said, path):
            self._read(inner, at)

    def _use(self, name: str, path: Path) -> None:
        used = self.paths.setdefault(name, set())
        if path not in used:
            used.add(path)
            for defined in _DEFINED:
                self._read(_table(self._root.get(defined)).get(name), path)


class _Public:
    def __init__(self, used: Mapping[str, set[Path]], texts: frozenset[str], known: Taint) -> None:
        self._used = used
        self._texts = sorted(texts, key=len, reverse=True)
        self._known = known

    def shown(self, said: Any, paths: Paths) -> Any:
        if not isinstance(said, Mapping):
            return said
        kept = any(_is_kept(said, path) for path in paths)
        shown = {key: self._part(key, value, paths, kept=kept) for key, value in said.items() if key != _OURS}
        return {key: value for key, value in shown.items() if value is not _GONE}

    def _part(self, key: str, value: Any, paths: Paths, *, kept: bool) -> Any:
        if key in _VALUES:
            return self._value(key, value, paths, kept=kept)
        if key in _TABLES:
            return {self._open(name): self.shown(inner, _below(paths, name)) for name, inner in _table(value).items()}
        if key in _DEFINED:
            return {
                name: self.shown(inner, frozenset(self._used.get(name, _TOP))) for name, inner in _table(value).items()
            }
        if below := _BELOW.get(key):
            inner_paths = below(paths)
            return (
                [self.shown(one, inner_paths) for one in value]
                if isinstance(value, list)
                else self.shown(value, inner_paths)
            )
        return self._sentence(value, kept=kept) if key in _SENTENCES else self._harmless(value, ())

    def _value(self, key: str, value: Any, paths: Paths, *, kept: bool) -> Any:
        if kept:
            return value if value in _NOTHING and key == "default" else _GONE
        harmless = value
        for path in paths:
            harmless = self._harmless(harmless, path)
        return harmless if harmless == value or key == "default" else _GONE

    def _sentence(self, sentence: Any, *, kept: bool) -> Any:
        for text in self._texts if kept and isinstance(sentence, str) else ():
            sentence = without(sentence, text)
        return self._harmless(sentence, ())

    def _harmless(self, value: Any, path: Path) -> Any:
        """What is no secret; stars in place of what is one by its name or by itself."""
        if isinstance(value, Mapping):
            return {self._open(str(key)): self._harmless(item, (*path, str(key))) for key, item in value.items()}
        if isinstance(value, list):
            return [self._harmless(item, (*path, 0)) for item in value]
        if value in _NOTHING or not isinstance(value, str | int | float):
            return value
        if path and is_secret(infer(path[-_DEPTH:], value)):
            return "***"
        return self._known.masked(dsn.mask(value)) if isinstance(value, str) else value

    def _open(self, name: str) -> str:
        return self._known.masked(dsn.mask_addresses(name))


_GONE = object()
_NOTHING: tuple[Any, ...] = (None, "", [], {}, False, True)


def _item(paths: Paths) -> Paths:
    return frozenset((*path, 0)[-_DEPTH:] for path in paths)


def _below(paths: Paths, name: str = "*") -> Paths:
    return frozenset((*path, name)[-_DEPTH:] for path in paths)


def _here(paths: Paths) -> Paths:
    return paths


_BELOW: Mapping[str, Callable[[Paths], Paths]] = {
    **dict.fromkeys((*_CHOICES, *_SAME), _here),
    **dict.fromkeys(_ITEMS, _item),
    **dict.fromkeys(_OTHERS, _below),
}


def _parts(said: Schema, path: Path) -> Iterator[tuple[Any, Path]]:
    """What a schema holds, each with where it stands."""
    for key in _TABLES:
        yield from ((inner, (*path, name)[-_DEPTH:]) for name, inner in _table(said.get(key)).items())
    for key in _DEFINED:
        yield from ((inner, ()) for inner in _table(said.get(key)).values())
    for key, below in _BELOW.items():
        (at,) = below(frozenset({path}))
        inner = said.get(key, ())
        yield from ((one, at) for one in (inner if isinstance(inner, list) else [inner]))


def _is_kept(said: Schema, path: Path) -> bool:
    """Whether a part of a schema describes a secret: by its type, or by its name."""
    if said.get("format") == "password" or said.get("writeOnly") is True:
        return True
    return "properties" not in said and bool(path) and is_secret(infer(path, "text"))


def _name(said: Schema) -> str:
    return str(said.get("$ref", "")).rpartition("/")[2]


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: Any, path: Path, *, all_of_it: bool) -> Iterator[str]:
    """The secrets among values that stand at a path."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, (*path, str(key)), all_of_it=all_of_it)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, (*path, 0), all_of_it=all_of_it)
    elif isinstance(value, bool) or not isinstance(value, str | int | float):
        return
    elif all_of_it or (path and is_secret(infer(path[-_DEPTH:], value))):
        yield str(value)
