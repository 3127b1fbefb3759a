"""What an expression comes to, as far as it can be said without running anything: names, paths, texts, lists."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePath, PurePosixPath
from typing import Any

from app.application import functions as known
from app.application.functions import Unclear
from app.application.handed_on import GivenValue, filled, returned
from app.application.modules import Module
from app.application.wording import text_of
from app.merging.provenance_tags import Computed

_DEEP = 60
_PARTS = frozenset({"parent", "parents", "name", "stem", "suffix", "parts"})
_UNSET = object()

type Scope = Mapping[str, ast.expr | None]


class Evaluation:
    """Evaluates the expressions of one module.

    Args:
        module: whose names count.
        local: the names of the function around, by themselves or unknown.
        depth: how many names and calls lie above.
        environ: the variables of the process that would run it; those that are asked for are kept in `selecting`.
        selecting: the names of variables that decided something, for whoever asks.
    """

    _most: int = 1000  # items of a list or table: settings have no more

    def __init__(self, module: Module, local: Scope | None = None, depth: int = 0, *,
                 environ: Mapping[str, str] | None = None, selecting: dict[str, None] | None = None
                 ) -> None:  # fmt: skip
        self._module = module
        self._local = dict(local or {})
        self._depth = depth
        self._environ = environ or {}
        self.selecting: dict[str, None] = {} if selecting is None else selecting

    def value(self, node: ast.expr | None) -> Any:
        """The value: texts, numbers, booleans, None, lists, tables, and pure paths.

        Raises:
            Unclear: it cannot be known.
        """
        self._depth += 1
        try:
            self._module.code.effort.spend()
            if node is None or self._depth > _DEEP:
                raise Unclear
            found = self._value(node)
        except (TypeError, ValueError, LookupError, AttributeError, RecursionError, ArithmeticError):
            raise Unclear from None
        finally:
            self._depth -= 1
        if known.is_beyond(found, self._most):
            raise Unclear
        return found

    def said(self, node: ast.expr) -> Any:
        """The value with the text of the expression for every part of it that cannot be known."""
        try:
            return self.value(node)
        except Unclear:
            return self._said_in_part(node)

    def _said_in_part(self, node: ast.expr) -> Any:
        if self._module.code.effort.is_spent:
            return Computed(text_of(node))
        match node:
            case ast.Dict(keys=keys, values=values) if all(isinstance(key, ast.Constant) for key in keys):
                return {str(self.value(key)): self.said(item) for key, item in zip(keys, values, strict=True) if key}
            case ast.List(elts=items) | ast.Tuple(elts=items) if not any(isinstance(i, ast.Starred) for i in items):
                return [self.said(item) for item in items]
            case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords) if all(one.arg for one in keywords):
                return {str(one.arg): self.said(one.value) for one in keywords}
            case ast.Name():
                return self._said_name(node)
        return Computed(text_of(node))

    def _said_name(self, node: ast.Name) -> Any:
        """What a name stands for in part: a table of which some values are known."""
        bound = self._local.get(node.id) or (None if node.id in self._local else self._module.names.get(node.id))
        if bound is None or self._depth > _DEEP or isinstance(bound, ast.Name):
            return Computed(text_of(node))
        self._depth += 1
        found = self.said(bound)
        self._depth -= 1
        return found if isinstance(found, dict | list) else Computed(text_of(node))

    def meaning(self, node: ast.expr) -> str:
        """The dotted name that an expression stands for, its imports followed; empty for another expression."""
        if isinstance(node, ast.Name):
            is_own = node.id in self._local or node.id in self._module.names
            return "" if is_own else self._module.imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            above = self.meaning(node.value)
            return f"{above}.{node.attr}" if above else ""
        return ""

    def _value(self, node: ast.expr) -> Any:  # noqa: PLR0911 - one for each kind of expression
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return self.named(node.id)
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript():
                return self._item(node)
            case ast.Call():
                return self._called(node)
            case ast.NamedExpr():
                return self.value(node.value)
        return self._composed(node)

    def _composed(self, node: ast.expr) -> Any:
        match node:
            case ast.List() | ast.Tuple() | ast.Set():
                return self._items(node.elts)
            case ast.Dict():
                return self._table(node)
            case ast.ListComp() | ast.GeneratorExp():
                return self._each(node)
            case ast.JoinedStr():
                return "".join(map(self._piece, node.values))
            case ast.BinOp():
                return known.joined(node.op, self.value(node.left), self.value(node.right))
        return self._decided(node)

    def _decided(self, node: ast.expr) -> Any:
        match node:
            case ast.UnaryOp(op=ast.Not()):
                return not self.value(node.operand)
            case ast.UnaryOp(op=ast.USub()):
                return -self.value(node.operand)
            case ast.IfExp():
                return self.value(node.body if self.value(node.test) else node.orelse)
            case ast.BoolOp():
                return self._either(node)
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return known.compared(operator, self.value(left), self.value(right))
        raise Unclear

    def _either(self, node: ast.BoolOp) -> Any:
        found = None
        for operand in node.values:
            found = self.value(operand)
            if bool(found) is isinstance(node.op, ast.Or):
                return found
        return found

    def named(self, name: str) -> Any:
        """What a name of the module comes to.

        Raises:
            Unclear: it cannot be known.
        """
        if name == "__file__":
            return str(self._module.file)
        if name == "__name__":
            raise Unclear
        if name in self._local:
            return self.value(self._local[name])
        if name in self._module.names:
            return self._in(self._module).value(self._module.names[name])
        imported = self._module.imported.get(name)
        return self._starred(name) if imported is None else self._elsewhere(imported)

    def _in(self, module: Module, local: Scope | None = None) -> "Evaluation":
        return Evaluation(module, local, depth=self._depth, environ=self._environ, selecting=self.selecting)

    def _starred(self, name: str) -> Any:
        """A name of a module of which everything is imported."""
        for package in self._module.stars:
            module = self._module.code.find(package, self._module.file)
            if module and module is not self._module and (name in module.names or name in module.imported):
                return self._in(module).named(name)
        raise Unclear

    def _elsewhere(self, meaning: str) -> Any:
        """A name of another module of the project."""
        absolute = meaning.lstrip(".")
        above, _, name = absolute.rpartition(".")
        package = meaning[: len(meaning) - len(absolute)] + above
        module = self._module.code.find(package, self._module.file) if name and package else None
        if module is None or module is self._module or self._depth > _DEEP:
            raise Unclear
        self._depth += 1
        try:
            return self._in(module).named(name)
        finally:
            self._depth -= 1

    def _items(self, nodes: list[ast.expr]) -> list[Any]:
        found: list[Any] = []
        for node in nodes:
            found += list(self.value(node.value)) if isinstance(node, ast.Starred) else [self.value(node)]
        return found

    def _item(self, node: ast.Subscript) -> Any:
        if self.meaning(node.value) in known.ENVIRON:
            return self._variable([self.value(node.slice)])
        if isinstance(node.slice, ast.Slice):
            lower, upper = (self.value(one) if one else None for one in (node.slice.lower, node.slice.upper))
            return self.value(node.value)[lower:upper]
        return self.value(node.value)[self.value(node.slice)]

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
        meaning = self.meaning(node)
        if meaning in known.CONSTANTS:
            return known.CONSTANTS[meaning]
        if meaning:
            return self._elsewhere(meaning)
        found = self.value(node.value)
        if isinstance(found, PurePath) and node.attr in _PARTS:
            return getattr(found, node.attr)
        raise Unclear

    def _each(self, node: ast.ListComp | ast.GeneratorExp) -> list[Any]:
        [loop] = node.generators
        if loop.ifs or not isinstance(loop.target, ast.Name):
            raise Unclear
        found = []
        for item in self.value(loop.iter):
            local = {**self._local, loop.target.id: GivenValue(item)}
            inner = Evaluation(self._module, local, self._depth, environ=self._environ, selecting=self.selecting)
            found.append(inner.value(node.elt))
        return found

    def _called(self, node: ast.Call) -> Any:  # noqa: PLR0911 - one for each kind of function
        meaning = self.meaning(node.func)
        function = self._module.definitions.get(meaning)
        if isinstance(function, ast.FunctionDef) and returned(function):
            return self._returned(function, node)
        given = self._items(node.args)
        if meaning in known.GETENV:
            named = {one.arg: self.value(one.value) for one in node.keywords if one.arg}
            return self._variable([*given, *(named[key] for key in ("default",) if key in named)], default=None)
        if meaning in known.PATHS:
            return PurePosixPath(*given)
        if meaning in known.HERE and not given:
            return PurePosixPath(self._module.code.root)
        if meaning == "dict":
            return dict(*given, **dict(self._spread(node.keywords)))
        if meaning in known.FUNCTIONS and not node.keywords:
            return known.FUNCTIONS[meaning](*given)
        if meaning or not isinstance(node.func, ast.Attribute):
            raise Unclear
        return known.method(self.value(node.func.value), node.func.attr, given, dict(self._spread(node.keywords)))

    def _returned(self, function: ast.FunctionDef, site: ast.Call) -> Any:
        """What a function of the module gives that does nothing but return, whatever of its arguments is known."""
        local = filled(function, site, self.given, self._in(self._module).given)
        return self._in(self._module, local).value(returned(function))

    def given(self, node: ast.expr | None) -> ast.expr | None:
        """What an argument comes to, in the place of the parameter."""
        try:
            return GivenValue(self.value(node))
        except Unclear:
            return None

    def _spread(self, keywords: list[ast.keyword]) -> Iterator[tuple[str, Any]]:
        for keyword in keywords:
            if keyword.arg:
                yield keyword.arg, self.value(keyword.value)
            else:
                yield from self.value(keyword.value).items()

    def _variable(self, given: list[Any], default: Any = _UNSET) -> Any:
        """What a variable of the process holds, or what the code takes in its place."""
        name, *fallback = given
        self.selecting[str(name)] = None
        if name in self._environ:
            return self._environ[name]
        found = fallback[0] if fallback else default
        if found is _UNSET:
            raise Unclear
        return found
