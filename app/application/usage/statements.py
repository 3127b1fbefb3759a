"""The statements of a module, read into facts."""

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from app.application.usage.assignments import Assignments
from app.application.usage.facts import Conditions, Reference, WaitingBody
from app.application.usage.fixtures import fixture_name
from app.application.usage.scopes import NameScope, bound_names, parameter_names, spread_names
from app.application.usage.texts import FunctionNode

_CATCHING = frozenset({"AttributeError", "KeyError", "LookupError", "Exception", "BaseException", "BoxKeyError"})
_PROPERTIES = frozenset({"property", "cached_property"})
_ACCESSORS = frozenset({"setter", "getter", "deleter", "register", "fixture"})
_WRAPPING = frozenset({"functools", "contextlib", "abc", "typing", "pytest", "pytest_asyncio", "dataclasses"})
"""Packages whose decorators leave a function to whoever calls it."""

_ENDING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_ALWAYS = frozenset({"__name__", "TYPE_CHECKING"})


class Statements(Assignments):
    """Reads statements into facts.

    Raises:
        RecursionError: they are nested too deep.
    """

    def module(self, tree: ast.Module) -> Mapping[int, FunctionNode]:
        """Everything but the bodies of functions, which wait; the functions by their first lines."""
        self.nodes: dict[int, FunctionNode] = {}
        self.block(tree.body)
        return self.nodes

    def body(self, waiting: WaitingBody, node: FunctionNode) -> None:
        """The body of a function that has waited."""
        self.scopes, self.conditions = [*waiting.scopes], Conditions()
        self._within(waiting.symbol, waiting.owner, node)

    def _within(self, symbol: str, owner: tuple[str, str] | None, node: FunctionNode) -> None:
        names, outer = bound_names(node.body, walrus=self.has_walrus)
        own = {*names, *parameter_names(node.args), *spread_names(node.args)} - outer
        before, self.conditions = self.conditions, Conditions()
        scope = NameScope(kind="function", prefix=f"{symbol}:", names=own, outer=outer, owner=owner,
                          registered=any(map(_registers, node.decorator_list)))  # fmt: skip
        self._inside(scope, node.body)
        self.conditions = before

    def block(self, body: Sequence[ast.stmt]) -> None:
        """Statements one after another; behind one that may leave, the rest is under its condition."""
        before = self.conditions
        for statement in body:
            reader = _READERS.get(type(statement))
            if reader:
                reader(self, statement)
            else:
                self._other(statement)
        self.conditions = before

    def _other(self, statement: ast.AST) -> None:
        """Any other statement: its blocks, and its expressions."""
        for name, value in ast.iter_fields(statement):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                self.block(value)
            elif isinstance(value, list):
                self.use_all(one for one in value if isinstance(one, ast.AST))
            elif isinstance(value, ast.AST) and name != "target":
                self.use(value)
            elif isinstance(value, ast.AST):
                self.store(value, [])

    # What decides.

    def condition(self, node: ast.If | ast.While) -> None:
        """`if a: b`; behind one that leaves, the rest depends on it, too."""
        if isinstance(node.test, ast.Compare | ast.Name | ast.Attribute) and _is_always(node.test):
            self.block([*node.body, *node.orelse])
            return
        self.use(node.test, "truth")
        with self.under():
            self.block(node.body)
            self.block(node.orelse)
        if any(isinstance(body[-1], _ENDING) for body in (node.body, node.orelse) if body):
            self.conditions = replace(self.conditions, conditional=True)  # until the block ends

    def loop(self, node: ast.For | ast.AsyncFor) -> None:
        """`for a in b: c`."""
        self.use(node.iter)
        self.store(node.target, [])
        with self.under():
            self.block(node.body)
        self.block(node.orelse)

    def attempt(self, node: ast.Try) -> None:
        """`try: a`."""
        before = self.conditions
        caught = any(_catches(handler) for handler in node.handlers)
        self.conditions = replace(before, guarded=before.guarded or caught)
        self.block(node.body)
        self.conditions = before
        with self.under():
            for handler in node.handlers:
                if handler.type:
                    self.use(handler.type)
                self.block(handler.body)
            self.block(node.orelse)
        self.block(node.finalbody)

    def context(self, node: ast.With | ast.AsyncWith) -> None:
        """`with a as b: c`."""
        before = self.conditions
        for item in node.items:
            found = self.take(item.context_expr)
            if item.optional_vars is not None:
                self.store(item.optional_vars, found)
            for reference in found:
                self.mention(reference, item.context_expr, "value")
        if any(_selects(item.context_expr) for item in node.items):
            self.conditions = replace(before, other=True)
        self.block(node.body)
        self.conditions = before

    def choice(self, node: ast.Match) -> None:
        """`match a: case b: c`."""
        self.use(node.subject)
        with self.under():
            for case in node.cases:
                if case.guard:
                    self.use(case.guard)
                self.block(case.body)

    # What has names of its own.

    def importing(self, node: ast.Import) -> None:
        """`import a.b as c`."""
        for one in node.names:
            name = one.asname or one.name.partition(".")[0]
            self._imported(name, one.name if one.asname else name)

    def importing_from(self, node: ast.ImportFrom) -> None:
        """`from a import b as c`."""
        above = "." * node.level + (node.module or "")
        for one in node.names:
            if one.name == "*":
                self.facts.stars.append(above)
            else:
                self._imported(one.asname or one.name, above + ("" if above.endswith(".") else ".") + one.name)

    def _imported(self, name: str, dotted: str) -> None:
        symbol = self.symbol(name)
        self.facts.stores[symbol] += 1
        self.facts.imports[symbol] = dotted

    def class_body(self, node: ast.ClassDef) -> None:
        """`class A(b): c`."""
        self.use_all([*node.decorator_list, *(one.value for one in node.keywords)])
        bases = [one for base in node.bases for one in self.take(base)]
        symbol = self.symbol(node.name)
        self.facts.stores[symbol] += 1
        self.facts.classes[symbol] = tuple(bases)
        names, outer = bound_names(node.body, walrus=self.has_walrus)
        self._inside(NameScope(kind="class", prefix=f"{symbol}.", names=names, outer=outer), node.body)

    def function_body(self, node: FunctionNode) -> None:
        """`def a(b): c`."""
        self.use_all(node.decorator_list)
        symbol = self.symbol(node.name)
        self.facts.stores[symbol] += 1
        taken = parameter_names(node.args)
        owner = self._method(node, symbol, taken)
        self.facts.functions[symbol] = taken
        if fixture := fixture_name(node):
            self.facts.fixtures[fixture] = symbol
        self._parameters(node.args, f"{symbol}:")
        if any(scope.kind == "function" for scope in self.scopes):
            self._within(symbol, owner, node)
            return
        last, scopes = node.end_lineno or node.lineno, tuple(self.scopes)
        self.facts.waiting.append(WaitingBody(symbol, node.lineno, last, owner, scopes))
        self.nodes[node.lineno] = node

    def _method(self, node: FunctionNode, symbol: str, taken: Sequence[str]
                ) -> tuple[str, str] | None:  # fmt: skip
        if self.scopes[-1].kind != "class":
            return None
        self.facts.methods.add(symbol)
        decorators = {ast.unparse(one).rpartition(".")[2] for one in node.decorator_list}
        if decorators & _PROPERTIES:
            for name in (symbol, self.field(node.name)):
                self.bind(name, [Reference(f"{symbol}()")], node)
        return (self.prefix[:-1], taken[0]) if taken and "staticmethod" not in decorators else None

    def _parameters(self, taken: ast.arguments, prefix: str) -> None:
        """What parameters are where nothing is handed, and by their types."""
        positional = [*taken.posonlyargs, *taken.args]
        late: list[tuple[ast.arg, ast.expr | None]] = list(
            zip(positional[len(positional) - len(taken.defaults) :], taken.defaults, strict=True)
        )
        defaults = {one.arg: value for one, value in (*late, *zip(taken.kwonlyargs, taken.kw_defaults, strict=True))}
        for one in (*positional, *taken.kwonlyargs):
            self.facts.stores[prefix + one.arg] += 2  # whoever calls may hand over anything
            self.bind(prefix + one.arg, self._annotated(one.annotation, defaults.get(one.arg)), one)

    def _inside(self, scope: NameScope, body: Sequence[ast.stmt]) -> None:
        self.scopes.append(scope)
        self.block(body)
        self.scopes.pop()


def _is_always(test: ast.expr) -> bool:
    """Whether a test asks nothing of the process: whether a module is the program, or types are checked."""
    left = test.left if isinstance(test, ast.Compare) else test
    return getattr(left, "id", getattr(left, "attr", "")) in _ALWAYS


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught: Iterable[ast.expr] = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(getattr(one, "id", getattr(one, "attr", "")) in _CATCHING for one in caught)


def _registers(decorator: ast.expr) -> bool:
    """Whether a decorator has something else call a function: `@router.get("/")` does, `@functools.cache` does not."""
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    if not isinstance(named, ast.Attribute):
        return False
    home = getattr(named.value, "id", "")
    return home not in _WRAPPING and named.attr not in _ACCESSORS and "cache" not in named.attr


def _selects(node: ast.expr) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr in {"using_env", "from_env", "setenv"}


_READERS: Mapping[type[ast.stmt], Callable[[Any, Any], None]] = {
    ast.Assign: Statements.assignment,
    ast.AnnAssign: Statements.annotated,
    ast.AugAssign: Statements.augmented,
    ast.Delete: Statements.deletion,
    ast.Expr: Statements.expression,
    ast.Return: Statements.result,
    ast.If: Statements.condition,
    ast.While: Statements.condition,
    ast.For: Statements.loop,
    ast.AsyncFor: Statements.loop,
    ast.Try: Statements.attempt,
    ast.TryStar: Statements.attempt,
    ast.With: Statements.context,
    ast.AsyncWith: Statements.context,
    ast.Match: Statements.choice,
    ast.Import: Statements.importing,
    ast.ImportFrom: Statements.importing_from,
    ast.ClassDef: Statements.class_body,
    ast.FunctionDef: Statements.function_body,
    ast.AsyncFunctionDef: Statements.function_body,
}
