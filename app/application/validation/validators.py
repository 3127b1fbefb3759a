"""What the code demands of the configuration: `Validator(…)` where they are written, read without running anything."""

import ast
import operator
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from app.application.evaluation import Evaluation, Scope
from app.application.functions import Unclear
from app.application.modules import Module
from app.application.validation.validator_arguments import TYPES, Unreadable, is_known, settled
from app.application.wording import text_of
from app.core.validators import Hidden, Validator

_CALLEES = frozenset({"dynaconf.Validator", "dynaconf.validator.Validator"})
_NUMBERS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
_FAR = 10**15
_SHORT = 80


class Literals(Evaluation):
    """Evaluates expressions as they stand in validators: tuples, sets, numbers, types, and validators themselves.

    Args:
        root: the project's folder; the code that is read may begin above it.
    """

    def __init__(self, module: Module, local: Scope | None = None, depth: int = 0, *, root: Path,
                 environ: Mapping[str, str] | None = None, selecting: dict[str, None] | None = None
                 ) -> None:  # fmt: skip
        super().__init__(module, local, depth, environ=environ, selecting=selecting)
        self._root = root

    @property
    def file(self) -> str:
        """The module's file, relative to the project's folder, with `/`."""
        return self._module.file.relative_to(self._root, walk_up=True).as_posix()

    def unreadable(self, node: ast.expr) -> Unreadable:
        """What stands in the place of an expression that cannot be known."""
        return Unreadable(
            lambda: Validator(
                file=self.file,
                span=self._module.span(node),
                hidden=(Hidden(argument="validators", text=text_of(node)),),
            )
        )

    def handed(self, node: ast.expr) -> list[Validator]:
        """The validators of a list of them; what is none that can be known is one of which nothing is known."""
        try:
            found = self.value(node)
        except Unclear:
            found = self.unreadable(node)
        return self.listed(found, node)

    def listed(self, found: Any, node: ast.expr) -> list[Validator]:
        """The validators that a value is, or holds."""
        values = found if isinstance(found, list | tuple) else [found]
        return [validator for one in values if (validator := self._one(one, node))]

    def _one(self, value: Any, node: ast.expr) -> Validator | None:
        if isinstance(value, Unreadable):
            return value.validator()
        if value is None or isinstance(value, Validator):
            return value
        return self.unreadable(node).validator()

    _most = sys.maxsize

    def value(self, node: ast.expr | None) -> Any:
        """The value; of validators there are as many as are written down.

        Raises:
            Unclear: it cannot be known.
        """
        found = super().value(node)
        if isinstance(found, list | dict):
            self._module.code.effort.hand_on(len(found), len(self._module.source))
        return found

    def _value(self, node: ast.expr) -> Any:
        meaning = self.meaning(node) if isinstance(node, ast.Name | ast.Attribute) else ""
        if meaning in TYPES:
            return TYPES[meaning]
        return super()._value(node)

    def _in(self, module: Module, local: Scope | None = None) -> "Literals":
        return Literals(module, local, self._depth, root=self._root, environ=self._environ, selecting=self.selecting)

    def given(self, node: ast.expr | None) -> ast.expr | None:
        """The same; what a variable decides is unclear."""
        before = [*self.selecting]
        self.selecting.clear()
        found = super().given(node)
        is_decided = bool(self.selecting)
        self.selecting.update(dict.fromkeys(before))
        return None if is_decided else found  # by a variable

    def _items(self, nodes: list[ast.expr]) -> list[Any]:
        found: list[Any] = []
        for node in nodes:
            self.selecting.clear()
            try:
                items = super()._items([node])
            except Unclear:
                items = [self.unreadable(node)]
            found += [self.unreadable(node)] if self.selecting else items  # a variable decides
        return found

    def _composed(self, node: ast.expr) -> Any:
        match node:
            case ast.Tuple():
                return tuple(self._items(node.elts))
            case ast.Set():
                return set(self._items(node.elts))
            case ast.UnaryOp(op=ast.USub()):
                return -_number(self.value(node.operand))
            case ast.BinOp(op=ast.BitOr() | ast.BitAnd()):
                return self._joined(node, self.value(node.left), self.value(node.right))
            case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult()):
                left, right = self.value(node.left), self.value(node.right)
                if isinstance(left, int | float) and isinstance(right, int | float):
                    return _NUMBERS[type(node.op)](_number(left), _number(right))
        return super()._composed(node)

    def _joined(self, node: ast.BinOp, left: Any, right: Any) -> Any:
        if not isinstance(left, Validator) or not isinstance(right, Validator):
            return left | right if isinstance(node.op, ast.BitOr) else left & right
        joined: Literal["and", "or"] = "or" if isinstance(node.op, ast.BitOr) else "and"
        return Validator(file=self.file, span=self._module.span(node), joined=joined, parts=(left, right))

    def _called(self, node: ast.Call) -> Any:
        meaning = self.meaning(node.func)
        if meaning in _CALLEES:
            return self._validator(node)
        if meaning in {"tuple", "set", "frozenset"} and not node.keywords:
            return TYPES[meaning](*self._items(node.args))
        if meaning == "type" and text_of(node) == "type(None)":
            return types.NoneType
        return super()._called(node)

    def _validator(self, node: ast.Call) -> Validator:
        names, hidden = self._items(node.args), []
        if not all(isinstance(name, str) for name in names):
            names, hidden = [], [Hidden(argument="names", text=", ".join(map(text_of, node.args)))]
        arguments: dict[str, Any] = {}
        for name, value, written in self._arguments(node):
            if is_known(name, value):
                arguments[name] = settled(name, value)
            else:
                hidden.append(Hidden(argument=name, text=text_of(written, names)))
        return Validator(file=self.file, span=self._module.span(node), names=tuple(names), arguments=arguments,
                         hidden=tuple(hidden))  # fmt: skip

    def _arguments(self, node: ast.Call) -> Iterator[tuple[str, Any, ast.expr]]:
        """The arguments by name, each with how it is written; those of a table that is spread out, too."""
        for keyword in node.keywords:
            value, written = self._items([keyword.value])[0], keyword.value
            if keyword.arg:
                yield keyword.arg, value, written
            elif isinstance(value, dict):
                yield from ((str(name), item, written) for name, item in value.items())
            else:
                yield "**", self.unreadable(written), written


def _number(value: Any) -> Any:
    if not isinstance(value, int | float) or abs(value) > _FAR:
        raise Unclear
    return value
