"""Functions and operators whose results are known without running anything of the project's."""

import ast
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from glob import has_magic
from pathlib import PurePath, PurePosixPath
from typing import Any

from app.core import limits
from app.core.opening import is_text

PATHS = frozenset({"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath"})
HERE = frozenset({"os.getcwd", "pathlib.Path.cwd"})
ENVIRON = frozenset({"os.environ"})
GETENV = frozenset({"os.environ.get", "os.getenv"})
CONSTANTS: Mapping[str, str] = {"os.sep": "/", "os.path.sep": "/", "os.pardir": "..", "os.curdir": "."}

_OF_PATHS = frozenset({"joinpath", "as_posix", "with_name", "with_suffix", "with_stem", "relative_to", "__str__"})
_OF_TEXTS = frozenset({"split", "strip", "rstrip", "lstrip", "lower", "upper", "title", "join", "removesuffix",
                       "removeprefix", "replace", "startswith", "endswith", "isdigit"})  # fmt: skip
_OF_TABLES = frozenset({"get", "copy", "keys", "values", "items"})
_LONG = 4096
_PLAIN_FIELD = re.compile(r"\{\w*\}")
_PLAIN_DIRECTIVE = re.compile(r"%(?:\(\w+\))?[sd%]")


class Unclear(Exception):
    """The value depends on what only a run would tell."""


def is_beyond(found: Any, most: int) -> bool:
    """Whether a value is none that settings have: too long, or nothing that could be written down.

    Args:
        found: the value.
        most: so many items a list or table may have.
    """
    if isinstance(found, str):
        return len(found) > _LONG or not is_text(found)
    if isinstance(found, int):
        return limits.is_long(found)
    return isinstance(found, list | dict) and len(found) > most


def joined(operator: ast.operator, left: Any, right: Any) -> Any:
    """What two values come to: paths, texts, lists and tables are put together, small numbers are reckoned with."""
    match operator:
        case ast.Div() if isinstance(left, PurePath) or isinstance(right, PurePath):
            return left / right
        case ast.Add() if isinstance(left, str | list):
            return left + right
        case ast.BitOr() if isinstance(left, dict):
            return left | right
        case ast.Mod() if _size(left) * _size(right) > limits.TIMES.figure:
            raise Unclear
        case ast.Mod() if isinstance(left, str) and "%" not in _PLAIN_DIRECTIVE.sub("", left):
            return left % (tuple(right) if isinstance(right, list) else right)
    return _reckoned(operator, left, right)


def _reckoned(operator: ast.operator, left: Any, right: Any) -> Any:
    if not all(isinstance(one, int | float) for one in (left, right)):
        raise Unclear
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right
        case ast.FloorDiv():
            return left // right
    raise Unclear


def compared(operator: ast.cmpop, left: Any, right: Any) -> bool:
    """Whether a comparison holds."""
    match operator:
        case ast.Eq():
            return bool(left == right)
        case ast.NotEq():
            return bool(left != right)
        case ast.In():
            return bool(left in right)
        case ast.NotIn():
            return bool(left not in right)
        case ast.Is() if right is None or isinstance(right, bool):
            return left is right
        case ast.IsNot() if right is None or isinstance(right, bool):
            return left is not right
    raise Unclear


def method(found: Any, name: str, given: list[Any], named: Mapping[str, Any]) -> Any:
    """What a method of a path, a text or a table gives.

    Raises:
        Unclear: it is no method of which that is known.
    """
    if _size(found) * _size(given, named) > limits.TIMES.figure:
        raise Unclear
    if isinstance(found, PurePath) and name in {"resolve", "absolute"}:
        return PurePosixPath(posixpath.normpath(found))
    if isinstance(found, PurePath) and name in {"glob", "rglob"}:
        return [found / ("**" if name == "rglob" else "") / given[0]]
    if isinstance(found, str) and name == "format" and not set("{}") & set(_PLAIN_FIELD.sub("", found)):
        return found.format(*given, **named)
    kinds = ((PurePath, _OF_PATHS), (str, _OF_TEXTS), (dict, _OF_TABLES))
    if named or not any(isinstance(found, kind) and name in allowed for kind, allowed in kinds):
        raise Unclear
    result = getattr(found, name)(*given)
    return list(result) if name in {"keys", "values", "items"} else result


def _size(*values: Any) -> int:
    """How many characters values have, about."""
    return sum(len(value) if isinstance(value, str) else _size(*_items(value)) for value in values) or 1


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return [*value, *value.values()]
    return value if isinstance(value, list | tuple) else ()


def _text(value: Any) -> str:
    if not isinstance(value, str | PurePath | int | float):
        raise Unclear
    return str(value)


def _join(*parts: Any) -> str:
    return posixpath.join(*map(_text, parts))


def _pattern(value: Any) -> list[str]:
    return [_text(value)]


def _sorted(values: Any) -> list[Any]:
    """In order; what a pattern will match takes no place among others."""
    if len(values) > 1 and any(has_magic(str(one)) for one in values):
        raise Unclear
    return sorted(values)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "os.path.join": _join,
    "os.path.dirname": lambda path: posixpath.dirname(_text(path)),
    "os.path.basename": lambda path: posixpath.basename(_text(path)),
    "os.path.abspath": lambda path: posixpath.normpath(_text(path)),
    "os.path.realpath": lambda path: posixpath.normpath(_text(path)),
    "os.path.normpath": lambda path: posixpath.normpath(_text(path)),
    "os.path.split": lambda path: list(posixpath.split(_text(path))),
    "os.path.splitext": lambda path: list(posixpath.splitext(_text(path))),
    "os.fspath": _text,
    "str": _text,
    "int": int,
    "float": float,
    "len": len,
    "bool": bool,
    "list": list,
    "tuple": list,
    "sorted": _sorted,
    "set": list,
    "glob.glob": _pattern,
    "glob.iglob": _pattern,
}
