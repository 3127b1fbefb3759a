"""What the expressions of a module refer to, and where they use it."""

import ast
from collections.abc import Callable, Mapping
from typing import Any

from app.application.modules import parts_of
from app.application.usage.facts import ANYTHING, Handing, Reference
from app.application.usage.notes import FactNotes, References
from app.application.usage.scopes import NameScope, bound_names, parameter_names, spread_names

LOOKUPS = frozenset({"get", "get_fresh", "as_bool", "as_int", "as_float", "as_json", "exists", "get_environ",
                     "exists_in_environ", "pop", "setdefault", "is_overridden"})  # fmt: skip
"""Methods of settings and tables that look one key up; none raises where it is missing, or it is asked whether it is.

Source: `Settings` of Dynaconf 3.3.5, `base.py`.
"""

_SEVERAL = frozenset({"update", "from_mapping"})
_STEPS = 64
_TYPES = frozenset(
    {"dynaconf.Dynaconf", "dynaconf.LazySettings", "dynaconf.base.LazySettings", "dynaconf.base.Settings"}
)

type Taker = Callable[["Expressions", Any], References]


class Expressions(FactNotes):
    """Reads expressions into facts."""

    def take(self, node: ast.AST) -> References:
        """What an expression refers to; whatever else it uses is a mention."""
        taker = _TAKERS.get(type(node))
        if taker:
            return taker(self, node)
        for part in parts_of(type(node)):  # type: ignore[arg-type]  # a class has a hash
            found = getattr(node, part)
            if isinstance(found, list):
                self.use_all(one for one in found if one is not None)
            elif isinstance(found, ast.AST):
                self.use(found)
        return []

    # What each kind of expression refers to.

    def name(self, node: ast.Name) -> References:
        """`settings`."""
        return [Reference(self.symbol(node.id))]

    def attribute(self, node: ast.Attribute) -> References:
        """`settings.A`."""
        owner = self._owner() if isinstance(node.value, ast.Name) else None
        if owner and node.value.id == owner[1]:  # type: ignore[attr-defined]
            return [Reference(f"{owner[0]}.{node.attr}")]
        return self._on(node.value, f".{node.attr}")

    def _owner(self) -> tuple[str, str] | None:
        return next((scope.owner for scope in reversed(self.scopes) if scope.owner), None)

    def _on(self, node: ast.AST, *steps: str) -> References:
        above = self.take(node) or [Reference(ANYTHING)]
        return [one.step(*steps) for one in above if len(one.steps) < _STEPS]

    def subscript(self, node: ast.Subscript) -> References:
        """`settings["a"]`."""
        if isinstance(node.slice, ast.Slice):
            self.use(node.slice)
            return self._on(node.value, "?")
        return self._on(node.value, self.item(node.slice, "["))

    def call(self, node: ast.Call) -> References:
        """`settings.get("a")`, `getattr(settings, "a")`, and any other."""
        made = self.calls.get((node.lineno, node.col_offset))
        if made:
            self.use_all([*node.args, *(one.value for one in node.keywords)])
            return [Reference(made)]
        if isinstance(node.func, ast.Attribute):
            return self._method_called(node, node.func)
        if isinstance(node.func, ast.Name) and node.func.id in {"getattr", "hasattr", "setattr"} and len(node.args) > 1:
            return self._by_name(node, node.func.id)
        return self._called(node)

    def _method_called(self, node: ast.Call, method: ast.Attribute) -> References:
        is_first_known = node.args and not isinstance(node.args[0], ast.Starred)
        if method.attr in LOOKUPS and is_first_known:
            return self._looked_up(node, method.value)
        if method.attr == "set" and is_first_known and len(node.args) > 1:
            return self._set(node, method.value)
        if method.attr in _SEVERAL and (given := _given(node)):
            return self._set_several(node, method.value, given)
        if method.attr == "from_env":
            self.use_all([*node.args, *(one.value for one in node.keywords)])
            return self._on(method.value, "^")
        return self._called(node)

    def _looked_up(self, node: ast.Call, base: ast.expr) -> References:
        self.use_all([*node.args[1:], *(one.value for one in node.keywords)])
        return self._on(base, self.item(node.args[0], "("), "!")

    def _set(self, node: ast.Call, base: ast.expr) -> References:
        for reference in self._on(base, self.item(node.args[0], "(")):
            self.mention(reference, node, "set")
        self.use_all([*node.args[1:], *(one.value for one in node.keywords)])
        return []

    def _set_several(self, node: ast.Call, base: ast.expr, given: Mapping[str, ast.expr]) -> References:
        for name, value in given.items():
            for reference in self._on(base, f"[{name}"):
                self.mention(reference, value, "set")
        self._called(node)  # a method of the project's own may be handed something
        return []

    def _by_name(self, node: ast.Call, function: str) -> References:
        found = self._on(node.args[0], self.item(node.args[1], "[" if function == "setattr" else "."))
        self.use_all(node.args[2:])
        if function == "setattr":
            for reference in found:
                self.mention(reference, node, "set")
            return []
        if function == "hasattr" or len(node.args) > 2:  # noqa: PLR2004 - with a default
            found = [one.step("!") for one in found]
        if function == "hasattr":
            for reference in found:
                self.mention(reference, node, "test")
            return []
        return found

    def _called(self, node: ast.Call) -> References:
        callees = self.take(node.func) or [Reference(ANYTHING)]
        given: list[tuple[int | str | None, ast.expr]] = []
        for number, value in enumerate(node.args):
            is_spread = isinstance(value, ast.Starred)
            given.append((None if is_spread else number, value.value if isinstance(value, ast.Starred) else value))
        given += [(one.arg, one.value) for one in node.keywords]
        for place, value in given:
            for reference in self.take(value):
                mention = self.placed(reference, value)
                self.facts.handings += [Handing(callee, place, mention) for callee in callees[:4]]
        said = self.text(node.args[0]) if node.args else None
        return [one.step("()" + (said or "")) for one in callees if len(one.steps) < _STEPS]

    def either(self, node: ast.IfExp) -> References:
        """`a if b else c`."""
        self.use(node.test, "truth")
        with self.under():
            return [one.step("/") for one in (*self.take(node.body), *self.take(node.orelse))]

    def alternatives(self, node: ast.BoolOp) -> References:
        """`a or b`: what follows is used only where what precedes allows it."""
        first, *rest = node.values
        if isinstance(node.op, ast.And):
            self.use(first, "truth")
            found = []
        else:
            found = [one.step("!") for one in self.take(first)]
        with self.under():
            return [*found, *(one.step("/") for value in rest for one in self.take(value))]

    def negation(self, node: ast.UnaryOp) -> References:
        """`not a`."""
        self.use(node.operand, "truth")
        return []

    def comparison(self, node: ast.Compare) -> References:
        """`"a" in settings`."""
        text = self.text(node.left)
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.In | ast.NotIn) and text is not None:
            for reference in self._on(node.comparators[0], f"({text}", "!"):
                self.mention(reference, node, "test")
        elif all(isinstance(one, ast.Is | ast.IsNot) for one in node.ops):
            for one in (node.left, *node.comparators):
                self.use(one, "truth")
        else:
            self.use_all([node.left, *node.comparators])
        return []

    def walrus(self, node: ast.NamedExpr) -> References:
        """`(a := b)`."""
        found = self.take(node.value)
        symbol = self.symbol(node.target.id)
        self.facts.stores[symbol] += 1
        self.bind(symbol, found, node)
        return found

    def awaited(self, node: ast.Await) -> References:
        """`await a`."""
        return self.take(node.value)

    def function(self, node: ast.Lambda) -> References:
        """`lambda a: a`."""
        self.use_all([*node.args.defaults, *(one for one in node.args.kw_defaults if one)])
        names = {*parameter_names(node.args), *spread_names(node.args)}
        self.scopes.append(NameScope(kind="function", prefix=f"{self.prefix}<lambda>:", names=names))
        self.use(node.body)
        self.scopes.pop()
        return []

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> References:
        """`[a for a in b]`."""
        names, _ = bound_names((one.target for one in node.generators), walrus=False)
        self.use(node.generators[0].iter)
        self.scopes.append(NameScope(kind="function", prefix=f"{self.prefix}<for>:", names=names))
        for number, loop in enumerate(node.generators):
            if number:
                self.use(loop.iter)
            for test in loop.ifs:
                self.use(test, "truth")
        with self.under():
            self.use_all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self.scopes.pop()
        return []

    def is_settings_type(self, node: ast.expr | None) -> bool:
        """Whether an annotation says that something is Dynaconf's settings."""
        if isinstance(node, ast.Name | ast.Attribute):
            *above, last = ast.unparse(node).split(".")
            first = self.facts.imports.get(above[0] if above else last, "")
            return (".".join([first, *above[1:], last]) if above else first) in _TYPES
        return False


def _given(node: ast.Call) -> Mapping[str, ast.expr]:
    """What a call hands over by names that stand there; nothing where it may hand over more."""
    found: dict[str | None, ast.expr] = {one.arg: one.value for one in node.keywords}
    for table in node.args:
        if not isinstance(table, ast.Dict):
            return {}
        names = [
            one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else None for one in table.keys
        ]
        found |= dict(zip(names, table.values, strict=True))
    return {str(name): value for name, value in found.items()} if None not in found else {}


_TAKERS: Mapping[type[ast.AST], Taker] = {
    ast.Name: Expressions.name,
    ast.Attribute: Expressions.attribute,
    ast.Subscript: Expressions.subscript,
    ast.Call: Expressions.call,
    ast.IfExp: Expressions.either,
    ast.BoolOp: Expressions.alternatives,
    ast.Compare: Expressions.comparison,
    ast.UnaryOp: Expressions.negation,
    ast.NamedExpr: Expressions.walrus,
    ast.Await: Expressions.awaited,
    ast.Lambda: Expressions.function,
    ast.ListComp: Expressions.comprehension,
    ast.SetComp: Expressions.comprehension,
    ast.GeneratorExp: Expressions.comprehension,
    ast.DictComp: Expressions.comprehension,
    ast.Constant: lambda _, __: [],
}
