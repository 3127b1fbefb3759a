"""A database URL is shorthand for its parts, in the layer where it stands."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from msgspec.structs import replace

from app.core import dsn
from app.core.errors import TargetError
from app.core.layers import Path, fold
from app.core.roles import Role
from app.core.tree import UNTOLD, Leaf, Tree, in_order
from app.modelling.shape import Shape

_TOLD = (("host",), ("port",), ("username",), ("password",), ("name",), ("tls", "mode"))
"""What any URL may say: none of it is known where the URL cannot be read."""


class Expanded(NamedTuple):
    """Values with their URLs taken apart.

    Attributes:
        aliases: for each part, the URL's own path.
        urls: the folded paths of the URLs.
    """

    values: dict[str, Any]
    aliases: dict[Path, Path]
    urls: frozenset[Path]


def url_paths(shape: Shape) -> Iterator[Path]:
    """The model's keys that hold a URL whose parts are keys beside it."""
    for path, field in shape.walk():
        beside = shape.at(path[:-1])
        if field.role is Role.DSN and beside and {"host", "port"} <= beside.fields.keys():
            yield path


def parts_of(text: str) -> dict[str, Any] | None:
    """A URL's parts as the keys beside it; None for what is no URL."""
    try:
        return dsn.database_parts(text)
    except TargetError:
        return None


def expand(values: Mapping[str, Any], shape: Shape) -> Expanded:
    """The values with each URL taken apart; one that cannot be read stays, and `settle` sees to it."""
    result, aliases, urls = dict(values), dict[Path, Path](), set[Path]()
    for path in url_paths(shape):
        expanded = _expanded(result, path, (), aliases)
        if expanded is not None:
            result = expanded
            urls.add(fold(path))
    return Expanded(result, aliases, frozenset(urls))


def _expanded(table: dict[str, Any], path: Path, above: Path, aliases: dict[Path, Path]) -> dict[str, Any] | None:
    """The table with the URL at this path taken apart; None where none stands there, or one that cannot be read."""
    name = next((key for key in table if key.casefold() == path[0]), None)
    value = None if name is None else table[name]
    if name is not None and len(path) > 1 and isinstance(value, dict):
        inner = _expanded(value, path[1:], (*above, name), aliases)
        return None if inner is None else {**table, name: inner}
    parts = parts_of(value) if len(path) == 1 and isinstance(value, str) else None
    if parts is None:
        return None
    stated = {key: item for key, item in table.items() if key != name}
    explicit = {fold(part) for part in leaves(stated)}
    for part in leaves(parts):
        if fold(part) not in explicit:
            aliases[(*above, *part)] = (*above, str(name))
    return _under(parts, stated)


def _under(parts: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    """What stands there in so many words counts before what a URL says in the same table."""
    merged = dict(parts)
    for key, value in stated.items():
        beneath = merged.pop(next((name for name in merged if name.casefold() == key.casefold()), key), None)
        merged[key] = _under(beneath, value) if isinstance(beneath, dict) and isinstance(value, dict) else value
    return merged


def leaves(parts: Mapping[str, Any], above: Path = ()) -> Iterator[Path]:
    """The paths of nested parts."""
    for key, value in parts.items():
        if isinstance(value, dict):
            yield from leaves(value, (*above, key))
        else:
            yield (*above, key)


def value_at(parts: Mapping[str, Any], path: Path) -> Any:
    """The part at a path."""
    value: Any = parts
    for part in path:
        value = value[part]
    return value


def settle(tree: Tree, shape: Shape) -> Tree:
    """The tree in which a URL that was still in one piece counts for all that it may say.

    One that a reference gave is taken apart. Where one cannot be read, nobody knows host or password: what lower
    layers say of them counts no more, and is unresolved.
    """
    for path in url_paths(shape):
        leaf = tree.get(*path)
        if leaf is not None and (leaf.state == "unresolved" or _is_text(leaf.value)):
            tree = _settled(tree, leaf)
    return tree


def _is_text(value: object) -> bool:
    """Whether something stands there: a variable that is set to nothing sets nothing."""
    return isinstance(value, str) and bool(value.strip())


def _settled(tree: Tree, url: Leaf) -> Tree:
    ranks = {id(layer): rank for rank, layer in enumerate(tree.layers)}
    rank = ranks.get(id(url.layer), 0)
    if any(fold(url.path) in layer.urls for layer in tree.layers[rank + 1 :]):
        return _with(tree, {}, without=url)  # a higher layer has another URL in its stead
    parts = parts_of(url.value) if url.state == "plain" else None
    told = {(*url.path[:-1], *part): value_at(parts, part) for part in leaves(parts)} if parts is not None else {}
    lost = () if parts is not None else tuple((*url.path[:-1], *part) for part in _TOLD)
    new: dict[Path, Leaf] = {}
    for path in (*told, *lost):
        leaf = tree.get(*path)
        if leaf is None or ranks.get(id(leaf.layer), -1) < rank:
            new[fold(path)] = _part(url, path, told.get(path))
    return _with(tree, new, without=url if parts is not None else None)


def _part(url: Leaf, path: Path, value: object) -> Leaf:
    if value is None:
        return replace(url, path=path, value=None, state="unresolved", reason=UNTOLD)
    return replace(url, path=path, value=value)


def _with(tree: Tree, new: Mapping[Path, Leaf], without: Leaf | None) -> Tree:
    kept = [leaf for leaf in tree.leaves if leaf is not without and fold(leaf.path) not in new]
    return replace(tree, leaves=tuple(in_order([*kept, *new.values()])))
