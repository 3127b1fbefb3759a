"""What names, attributes and items get: assignments, and what functions return."""

import ast

from app.application.usage.expressions import Expressions
from app.application.usage.facts import Reference
from app.application.usage.notes import References
from app.application.usage.scopes import NameScope

OTHER = "%1"
"""Settings that are not known to be the project's own."""


class Assignments(Expressions):
    """Reads what binds something into facts."""

    def assignment(self, node: ast.Assign) -> None:
        """`a = b`."""
        if isinstance(node.value, ast.Tuple) and all(_matches(one, node.value) for one in node.targets):
            for target in node.targets:
                for place, value in zip(target.elts, node.value.elts, strict=True):  # type: ignore[attr-defined]
                    self.store(place, self.take(value), value)
            return
        found = self.take(node.value)
        if not any(isinstance(one, ast.Name | ast.Attribute) for one in node.targets):
            for reference in found:
                self.mention(reference, node.value, "value")
        for target in node.targets:
            self.store(target, found, node.value)

    def annotated(self, node: ast.AnnAssign) -> None:
        """`a: b = c`."""
        found = self._annotated(node.annotation, node.value)
        if node.value is not None or isinstance(node.target, ast.Name):
            self.store(node.target, found, node.value)

    def _annotated(self, annotation: ast.expr | None, value: ast.expr | None) -> References:
        """What something is by its value, or by its type: settings, or what FastAPI injects."""
        found = self.take(value) if value and not _is_injected(value) else []
        if self.is_settings_type(annotation):
            found.append(Reference(OTHER))
        for one in (value, *(annotation.slice.elts if _is_annotated(annotation) else ())):  # type: ignore[union-attr]
            if isinstance(one, ast.Call) and _is_injected(one) and one.args:
                found += [reference.step("()") for reference in self.take(one.args[0])]
        return found

    def augmented(self, node: ast.AugAssign) -> None:
        """`a += b`."""
        self.use(node.value)
        self.store(node.target, [])

    def store(self, target: ast.AST, found: References, value: ast.AST | None = None) -> None:
        """Something gets what these references lead to."""
        if isinstance(target, ast.Name):
            symbol = self.symbol(target.id)
            self.facts.stores[symbol] += 1
            self.bind(symbol, found, target)
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                self.facts.texts[symbol] = value.value
            if self.scopes[-1].kind == "class":
                self.bind(self.field(target.id), found, target)
        elif isinstance(target, ast.Attribute):
            self._store_attribute(target, found)
        elif isinstance(target, ast.Subscript):
            for reference in self.take(target):
                self.mention(reference, target, "set")
        elif isinstance(target, ast.Tuple | ast.List | ast.Starred):
            for one in ast.iter_child_nodes(target):
                self.store(one, [])

    def _store_attribute(self, target: ast.Attribute, found: References) -> None:
        for reference in self.take(target):
            self.mention(reference, target, "set")
            if not reference.steps:  # of the method's own object
                self.facts.stores[reference.root] += 1
                self.bind(reference.root, found, target)
        self.bind(self.field(target.attr), found, target)

    def deletion(self, node: ast.Delete) -> None:
        """`del a`."""
        for target in node.targets:
            for reference in self.take(target):
                self.mention(reference, target, "set")

    def expression(self, node: ast.Expr) -> None:
        """An expression whose value nobody wants; what a fixture yields, it gives."""
        if isinstance(node.value, ast.Yield) and self._function in self.facts.fixtures.values():
            self.result(node.value)
        else:
            self.use(node.value, "bare")

    @property
    def _function(self) -> str:
        """The symbol of the innermost function."""
        return self._innermost.prefix[:-1]

    @property
    def _innermost(self) -> NameScope:
        """The innermost function; the module where there is none."""
        return next((one for one in reversed(self.scopes) if one.kind == "function"), self.scopes[0])

    def result(self, node: ast.Return | ast.Yield) -> None:
        """`return a`: the function's value."""
        if node.value is None:
            return
        name = self._function
        found = self.take(node.value)
        self.facts.stores[f"{name}()"] += 1
        self.bind(f"{name}()", found, node)
        for reference in found if self._innermost.registered else ():
            self.mention(reference, node, "value")
        if name in self.facts.methods:
            self.bind(f"{self.field(name.rpartition('.')[2])}()", found, node)


def _matches(target: ast.AST, value: ast.Tuple) -> bool:
    both = [*getattr(target, "elts", ()), *value.elts]
    is_plain = not any(isinstance(one, ast.Starred) for one in both)
    return isinstance(target, ast.Tuple | ast.List) and len(target.elts) == len(value.elts) and is_plain


def _is_injected(node: ast.AST | None) -> bool:
    """Whether it is FastAPI's `Depends(…)`."""
    called = node.func if isinstance(node, ast.Call) else None
    return getattr(called, "id", getattr(called, "attr", "")) in {"Depends", "Security"}


def _is_annotated(node: ast.expr | None) -> bool:
    is_tuple = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple)
    return is_tuple and ast.unparse(node.value).rpartition(".")[2] == "Annotated"  # type: ignore[union-attr]
