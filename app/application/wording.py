"""Expressions of the code as they may be shown: what in them is secret is masked."""

import ast
from collections.abc import Iterable
from copy import deepcopy

from app.core import dsn
from app.core.secrecy import names_secret

_SHOWN = 200
_MASK = "***"


def text_of(node: ast.AST, about: Iterable[str] = ()) -> str:
    """An expression as it is written, on one line; a literal that stands for a secret is masked.

    Args:
        node: the expression.
        about: the keys that it is about; under a secret's name every literal is masked.
    """
    try:
        shown = _Masking(whole=any(map(_is_secret, about))).visit(deepcopy(node))
        text = dsn.mask(" ".join(ast.unparse(shown).split()))
    except (RecursionError, ValueError):
        return "…"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _is_secret(name: str) -> bool:
    return any(names_secret(part) for part in name.replace("__", ".").split("."))


class _Masking(ast.NodeTransformer):
    """Masks the literals that stand under a secret's name: a keyword, a table's key, a name before them.

    Args:
        whole: whether all of them do.
    """

    def __init__(self, *, whole: bool) -> None:
        self._hidden = whole

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """A literal."""
        is_told = not self._hidden or not isinstance(node.value, str | bytes | int | float) or node.value is True
        return node if is_told or node.value is False else ast.Constant(_MASK)

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        """`password="…"`."""
        node.value = self._under(node.value, named=_is_secret(node.arg or ""))
        return node

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        """`{"password": "…"}`."""
        node.values = [self._under(value, named=_names(key)) for key, value in zip(node.keys, node.values, strict=True)]
        node.keys = [key if key is None or isinstance(key, ast.Constant) else self.visit(key) for key in node.keys]
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """`environ.get("PASSWORD", "…")`, `with_password("…")`."""
        is_named = _names(node.func)
        node.func = self.visit(node.func)
        for number, argument in enumerate(node.args):
            named = _names(argument)
            node.args[number] = argument if named else self._under(argument, named=is_named)
            is_named = is_named or named
        node.keywords = [self.visit(one) for one in node.keywords]
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """`password == "…"`."""
        is_named = any(map(_names, [node.left, *node.comparators]))
        node.left = self._under(node.left, named=is_named)
        node.comparators = [self._under(one, named=is_named) for one in node.comparators]
        return node

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.AST:
        """`(password := "…")`."""
        node.value = self._under(node.value, named=_names(node.target))
        return node

    def _under(self, node: ast.expr, *, named: bool) -> ast.expr:
        before, self._hidden = self._hidden, self._hidden or named
        shown: ast.expr = self.visit(node)
        self._hidden = before
        return shown


def _names(node: ast.expr | None) -> bool:
    """Whether an expression is a secret's name, or looks one up."""
    match node:
        case ast.Constant(value=str() as name) | ast.Name(id=name) | ast.Attribute(attr=name):
            return name.replace("_", "").isalnum() and _is_secret(name)
        case ast.Subscript(slice=place):
            return _names(place)
    return False
