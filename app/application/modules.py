"""The modules of a project: which names they define, once and plainly, and which they import."""

import ast
import sys
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.layers import Span

if TYPE_CHECKING:
    from app.application.code import Code

type _Function = ast.FunctionDef | ast.AsyncFunctionDef

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
           ast.GeneratorExp)  # fmt: skip
_LEAVES = frozenset({ast.Name, ast.Constant})
_OPERATORS = frozenset({"ctx", "op", "ops"})
_BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")
_CHANGING = frozenset({"append", "extend", "insert", "remove", "pop", "clear", "update", "setdefault", "popitem",
                       "sort", "reverse", "add", "discard"})  # fmt: skip


class SourceColumns:
    """Where something stands on the lines of a file.

    Args:
        source: its text.
    """

    def __init__(self, source: bytes) -> None:
        self._lines = source.splitlines()
        self._known: dict[int, list[int] | None] = {}

    def column(self, line: int, offset: int) -> int:
        """A column in characters from 1; Python counts bytes of UTF-8."""
        if not 0 < line <= len(self._lines):
            return 1
        if line not in self._known:
            text = self._lines[line - 1]
            self._known[line] = None if text.isascii() else list(accumulate(_begins(byte) for byte in text))
        known = self._known[line]
        return offset + 1 if known is None else (known[min(offset, len(known)) - 1] if offset else 0) + 1


class Module:
    """One file of Python.

    Args:
        file: where it is.
        tree: what it says.
        code: the code that it belongs to.
        source: its text.

    Attributes:
        callees: which of Dynaconf's classes its names are, as far as that was asked.
    """

    def __init__(self, file: Path, tree: ast.Module, code: "Code", source: bytes) -> None:
        self.file = file
        self.tree = tree
        self.code = code
        self.source = source
        self._columns = SourceColumns(source)
        self.callees: dict[str, str] = {}

    @cached_property
    def names(self) -> Mapping[str, ast.expr | None]:
        """What each name is, where it is bound once and without condition; else None."""
        return bound(self.tree.body)

    @cached_property
    def definitions(self) -> Mapping[str, ast.FunctionDef | ast.ClassDef]:
        """The functions and classes of the module."""
        return {node.name: node for node in self.tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}

    @cached_property
    def keeping(self) -> Mapping[int, str]:
        """The name under which the module keeps a value, by the value's node, where it does nothing else with it."""
        nodes = [node for node in self.tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
        kept = [(node.value, node.targets if isinstance(node, ast.Assign) else [node.target]) for node in nodes]
        named = ((value, [one.id for one in targets if isinstance(one, ast.Name)], targets) for value, targets in kept)
        return {id(value): names[0] for value, names, targets in named if len(names) == len(targets)}

    @cached_property
    def imported(self) -> Mapping[str, str]:
        """For each imported name what it stands for, with dots; relative ones begin with as many as they had."""
        found: dict[str, str] = {}
        for node in _statements(self.tree):
            if isinstance(node, ast.Import):
                found |= {one.asname or one.name.partition(".")[0]: one.name if one.asname else
                          one.name.partition(".")[0] for one in node.names}  # fmt: skip
            elif isinstance(node, ast.ImportFrom):
                above = "." * node.level + (f"{node.module}." if node.module else "")
                found |= {one.asname or one.name: above + one.name for one in node.names}
        return found

    @cached_property
    def variables(self) -> list[ast.Constant]:
        """The names of variables of the process that the module sets, where they stand."""
        nodes = ast.walk(self.tree) if b"environ" in self.source else ()
        return [name for node in nodes if isinstance(name := self._variable(node), ast.Constant)]

    @cached_property
    def variables_at_import(self) -> list[ast.Constant]:
        """Those of `variables` that no function has to be called for."""
        found: list[ast.Constant] = []
        waiting: list[ast.AST] = [self.tree]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                continue
            if isinstance(name := self._variable(node), ast.Constant):
                found.append(name)
            waiting += ast.iter_child_nodes(node)
        return found

    def _variable(self, node: ast.AST) -> ast.expr | None:
        """What names a variable that is set there."""
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            return node.slice if self._is(node.value, "os.environ") else None
        is_set = isinstance(node, ast.Call) and node.args and self._is(node.func, "os.environ.setdefault")
        return node.args[0] if is_set and isinstance(node, ast.Call) else None

    def _is(self, node: ast.expr, dotted: str) -> bool:
        """Whether an expression is that name of another package."""
        *above, last = dotted.split(".")
        if isinstance(node, ast.Attribute):
            return node.attr == last and bool(above) and self._is(node.value, ".".join(above))
        if not isinstance(node, ast.Name) or node.id in self.names:
            return False
        return self.imported.get(node.id, node.id) == dotted

    @cached_property
    def functions(self) -> list[ast.FunctionDef]:
        """Every function, wherever it stands, that takes whatever else it is handed."""
        found = (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef))
        return [function for function in found if function.args.kwarg]

    def functions_around(self, line: int) -> list[ast.FunctionDef]:
        """Those of `functions` that a line stands in, the outermost first."""
        starts, nested = self._nesting
        at = bisect_right(starts, line) - 1
        found: list[ast.FunctionDef] = []
        while at >= 0:
            function, at = nested[at]
            if line <= (function.end_lineno or 0):
                found.append(function)
        return found[::-1]

    @cached_property
    def _nesting(self) -> tuple[list[int], list[tuple[ast.FunctionDef, int]]]:
        """The lines where `functions` begin, and each with the number of the one around it; -1 where there is none."""
        nested: list[tuple[ast.FunctionDef, int]] = []
        for function in sorted(self.functions, key=lambda one: one.lineno):
            above = len(nested) - 1
            while above >= 0 and (nested[above][0].end_lineno or 0) < function.lineno:
                above = nested[above][1]
            nested.append((function, above))
        return [function.lineno for function, _ in nested], nested

    @cached_property
    def own_statements(self) -> frozenset[ast.stmt]:
        """The statements of the module itself."""
        return frozenset(self.tree.body)

    @cached_property
    def _names_in_capitals(self) -> list[str]:
        return [name for name, _, _ in self.constants(sys.maxsize)]

    def constants(self, before: int) -> list[tuple[str, ast.AST, ast.expr]]:
        """The names in capitals that the module has above a line, with where they stand and what they are."""
        found: dict[str, tuple[ast.AST, ast.expr]] = {}
        for statement in self.tree.body:
            if statement.lineno < before:
                found |= {name: (statement, value) for name, value in self._constants(statement)}
        return [(name, node, value) for name, (node, value) in found.items() if name.isupper()]

    def _constants(self, statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
        if isinstance(statement, ast.ImportFrom):
            star = statement.names[0].name == "*"
            other = self.code.find("." * statement.level + (statement.module or ""), self.file) if star else None
            names = [one.asname or one.name for one in statement.names] if not star else []
            found = other._names_in_capitals if other and other is not self else []  # noqa: SLF001 - a module's own
            yield from ((name, ast.Name(id=name)) for name in (*names, *found))
            return
        for name in _stored([statement]):
            known = self.names.get(name)
            yield name, ast.Name(id=name) if known is None else known

    def calls_of(self, name: str, attribute: str = "") -> list[ast.Call]:
        """Where the module calls what bears a name there, or an attribute of that."""
        return self._called.get((name, attribute), [])

    @cached_property
    def _called(self) -> Mapping[tuple[str, str], list[ast.Call]]:
        found: dict[tuple[str, str], list[ast.Call]] = {}
        for call in (node for node in ast.walk(self.tree) if isinstance(node, ast.Call)):
            function = call.func
            of, attribute = (function.value, function.attr) if isinstance(function, ast.Attribute) else (function, "")
            if isinstance(of, ast.Name):
                found.setdefault((of.id, attribute), []).append(call)
        return found

    @cached_property
    def stars(self) -> tuple[str, ...]:
        """The modules of which everything is imported."""
        found = (node for node in ast.walk(self.tree) if isinstance(node, ast.ImportFrom) and node.names[0].name == "*")
        return tuple("." * node.level + (node.module or "") for node in found)

    def span(self, node: ast.AST) -> Span:
        """Where something stands, in characters from 1."""
        line, end_line = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
        column = self._columns.column(line, getattr(node, "col_offset", 0))
        return Span(line=line, column=column, end_line=end_line,
                    end_column=self._columns.column(end_line, getattr(node, "end_col_offset", 0)))  # fmt: skip


def _begins(byte: int) -> bool:
    """Whether a character of UTF-8 begins there."""
    return byte & 0xC0 != 0x80  # noqa: PLR2004 - what follows within a character


def children(node: ast.AST) -> list[ast.AST]:
    """What stands in a node, in its order; without names, constants and operators, in which nothing stands."""
    found: list[ast.AST] = []
    for name in parts_of(type(node)):  # type: ignore[arg-type]  # a class has a hash
        value = getattr(node, name)
        if isinstance(value, list):
            found += [one for one in value if isinstance(one, ast.AST) and type(one) not in _LEAVES]
        elif isinstance(value, ast.AST) and type(value) not in _LEAVES:
            found.append(value)
    return found


@cache
def parts_of(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a kind of node in which others may stand, operators and contexts apart."""
    return tuple(name for name in kind._fields if name not in _OPERATORS)


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Every statement, those of the module first, then those within these, and so on."""
    waiting: deque[ast.AST] = deque([tree])
    while waiting:
        node = waiting.popleft()
        yield node
        for name in _BLOCKS:
            waiting += getattr(node, name, ())


def bound(body: Iterable[ast.stmt]) -> dict[str, ast.expr | None]:
    """The names that these statements bind; one that is bound twice, or under a condition, is nothing certain."""
    body = list(body)
    times = Counter(_stored(body))
    return dict.fromkeys(times) | {name: value for name, value in _assigned(body) if times[name] == 1}


def parameters(function: _Function) -> dict[str, ast.expr | None]:
    """What a function is handed is not known."""
    taken = function.args
    every = [*taken.posonlyargs, *taken.args, *taken.kwonlyargs, taken.vararg, taken.kwarg]
    return {one.arg: None for one in every if one}


def _assigned(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for statement in body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
            yield statement.target.id, statement.value
        elif isinstance(statement, ast.Assign):
            yield from ((one.id, statement.value) for one in statement.targets if isinstance(one, ast.Name))


def _stored(body: Iterable[ast.AST]) -> Iterator[str]:
    """Every name that is bound there, as often as it is; what functions and classes bind within is their own."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            yield node.id
        elif changed := _changed(node):
            yield changed
        if not isinstance(node, _SCOPES):
            waiting += ast.iter_child_nodes(node)


def _changed(node: ast.AST) -> str:
    """The name whose list or table is changed in place there; empty for none."""
    place: ast.AST | None = None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
        place = node.func.value
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        place = node.value
    return place.id if isinstance(place, ast.Name) else ""
