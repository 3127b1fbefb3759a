"""What an expression comes to, as far as it can be said without running anything: names, paths, texts, lists."""

import ast
import posixpath
from collections.abc import Callable, Mapping
from pathlib import PurePath, PurePosixPath
from typing import Any

from app.sources.code.modules import Module

_DEEP = 60
_LONG = 4096
_MANY = 1000
_PATHS = frozenset({"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath"})
_HERE = frozenset({"os.getcwd", "pathlib.Path.cwd"})
_PARTS = frozenset({"parent", "parents", "name", "stem", "suffix", "parts"})


class Unclear(Exception):
    """The value depends on what only a run would tell."""


class Evaluation:
    """Evaluates the expressions of one module.

    Args:
        module: whose names count.
        local: the names of the function around, by themselves or unknown.
        depth: how many names and calls lie above.
    """

    def __init__(self, module: Module, local: Mapping[str, ast.expr | None] | None = None, depth: int = 0) -> None:
        self._module = module
        self._local = dict(local or {})
        self._depth = depth

    def value(self, node: ast.expr) -> Any:
        """The value: texts, numbers, booleans, None, lists, tables, and pure paths.

        Raises:
            Unclear: it cannot be known.
        """
        self._depth += 1
        try:
            if self._depth > _DEEP:
                raise Unclear
            found = self._value(node)
        except (TypeError, ValueError, LookupError, AttributeError, RecursionError):
            raise Unclear from None
        finally:
            self._depth -= 1
        if (isinstance(found, str) and len(found) > _LONG) or (isinstance(found, list | dict) and len(found) > _MANY):
            raise Unclear
        return found

    def meaning(self, node: ast.expr) -> str:
        """The dotted name that an expression stands for, its imports followed; empty for another expression."""
        if isinstance(node, ast.Name):
            is_own = node.id in self._local or node.id in self._module.names
            return "" if is_own else self._module.imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            above = self.meaning(node.value)
            return f"{above}.{node.attr}" if above else ""
        return ""

    def _value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return self._name(node.id)
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript():
                return self.value(node.value)[self.value(node.slice)]
            case ast.Call():
                return self._called(node)
        return self._composed(node)

    def _composed(self, node: ast.expr) -> Any:
        match node:
            case ast.List() | ast.Tuple() | ast.Set():
                return self._items(node.elts)
            case ast.Dict():
                return self._table(node)
            case ast.ListComp():
                return self._each(node)
            case ast.JoinedStr():
                return "".join(map(self._piece, node.values))
            case ast.BinOp():
                return _joined(node.op, self.value(node.left), self.value(node.right))
            case ast.UnaryOp(op=ast.Not()):
                return not self.value(node.operand)
        raise Unclear

    def _name(self, name: str) -> Any:
        if name == "__file__":
            return str(self._module.file)
        if name in self._local:
            return self._known(self._local[name])
        if name in self._module.names:
            outside = Evaluation(self._module, depth=self._depth)
            return outside._known(self._module.names[name])
        return self._elsewhere(self._module.imported.get(name, ""))

    def _known(self, node: ast.expr | None) -> Any:
        if node is None:
            raise Unclear
        return self.value(node)

    def _elsewhere(self, meaning: str) -> Any:
        """A name of another module of the project."""
        absolute = meaning.lstrip(".")
        above, _, name = absolute.rpartition(".")
        package = meaning[: len(meaning) - len(absolute)] + above
        module = self._module.code.find(package, self._module.file) if name and package else None
        if module is None or module is self._module:
            raise Unclear
        return Evaluation(module, depth=self._depth)._name(name)  # noqa: SLF001 - one of us

    def _items(self, nodes: list[ast.expr]) -> list[Any]:
        found: list[Any] = []
        for node in nodes:
            found += list(self.value(node.value)) if isinstance(node, ast.Starred) else [self.value(node)]
        return found

    def _table(self, node: ast.Dict) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            found |= self.value(value) if key is None else {self.value(key): self.value(value)}
        return found

    def _piece(self, node: ast.expr) -> str:
        if isinstance(node, ast.FormattedValue):
            if node.format_spec is not None or node.conversion not in {-1, ord("s")}:
                raise Unclear
            return str(self.value(node.value))
        return str(self.value(node))

    def _attribute(self, node: ast.Attribute) -> Any:
        constants = {"os.sep": "/", "os.path.sep": "/", "os.pardir": "..", "os.curdir": "."}
        meaning = self.meaning(node)
        if meaning in constants:
            return constants[meaning]
        if meaning:
            return self._elsewhere(meaning)
        found = self.value(node.value)
        if isinstance(found, PurePath) and node.attr in _PARTS:
            return getattr(found, node.attr)
        raise Unclear

    def _each(self, node: ast.ListComp) -> list[Any]:
        [loop] = node.generators
        if loop.ifs or not isinstance(loop.target, ast.Name):
            raise Unclear
        found = []
        for item in self.value(loop.iter):
            local = {**self._local, loop.target.id: _Given(item)}
            found.append(Evaluation(self._module, local, self._depth).value(node.elt))
        return found

    def _called(self, node: ast.Call) -> Any:
        given = self._items(node.args)
        meaning = self.meaning(node.func)
        if meaning in _PATHS:
            return PurePosixPath(*given)
        if meaning in _HERE and not given:
            return PurePosixPath(self._module.code.root)
        if meaning in _FUNCTIONS and not node.keywords:
            return _FUNCTIONS[meaning](*given)
        if meaning or not isinstance(node.func, ast.Attribute):
            raise Unclear
        return _method(self.value(node.func.value), node.func.attr, given)


class _Given(ast.Constant):
    """A value in the place of an expression."""


def _joined(operator: ast.operator, left: Any, right: Any) -> Any:
    if isinstance(operator, ast.Div) and (isinstance(left, PurePath) or isinstance(right, PurePath)):
        return left / right
    if isinstance(operator, ast.Add) and isinstance(left, str | list):
        return left + right
    raise Unclear


def _method(found: Any, name: str, given: list[Any]) -> Any:
    """What a method of a path or a text gives."""
    if isinstance(found, PurePath) and name in {"resolve", "absolute"}:
        return PurePosixPath(posixpath.normpath(found))
    if isinstance(found, PurePath) and name in {"glob", "rglob"}:
        return [found / ("**" if name == "rglob" else "") / given[0]]
    allowed = {"joinpath", "as_posix", "with_name", "with_suffix"} if isinstance(found, PurePath) else (
        {"split", "strip", "rstrip", "lstrip", "lower", "upper", "join", "removesuffix", "removeprefix"}
        if isinstance(found, str) else set())  # fmt: skip
    if name not in allowed:
        raise Unclear
    return getattr(found, name)(*given)


def _text(value: Any) -> str:
    if not isinstance(value, str | PurePath | int | float):
        raise Unclear
    return str(value)


def _join(*parts: Any) -> str:
    return posixpath.join(*map(_text, parts))


def _pattern(value: Any) -> list[str]:
    return [_text(value)]


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "os.path.join": _join,
    "os.path.dirname": lambda path: posixpath.dirname(_text(path)),
    "os.path.basename": lambda path: posixpath.basename(_text(path)),
    "os.path.abspath": lambda path: posixpath.normpath(_text(path)),
    "os.path.realpath": lambda path: posixpath.normpath(_text(path)),
    "os.path.normpath": lambda path: posixpath.normpath(_text(path)),
    "os.fspath": _text,
    "str": _text,
    "bool": bool,
    "list": list,
    "tuple": list,
    "sorted": list,
    "dict": dict,
    "glob.glob": _pattern,
    "glob.iglob": _pattern,
}
