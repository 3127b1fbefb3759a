"""Which symbol a name is, where it stands: Python's scopes."""

import ast
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

_BINDING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.ExceptHandler,
            ast.MatchAs, ast.MatchStar)  # fmt: skip
_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class NameScope(Struct, kw_only=True):
    """A module, class or function, with the names that are its own.

    Attributes:
        kind: which of them.
        prefix: what its symbols begin with.
        names: that it binds.
        outer: those that it takes from the module, whatever lies between.
        owner: for a method, the class, and what it calls its object.
    """

    kind: str
    prefix: str = ""
    names: set[str] = field(default_factory=set)
    outer: set[str] = field(default_factory=set)
    owner: tuple[str, str] | None = None


def symbol_of(name: str, scopes: list[NameScope]) -> str:
    """The symbol that a name is in the innermost of these scopes."""
    for number in range(len(scopes) - 1, 0, -1):
        scope = scopes[number]
        if name in scope.outer:
            return name
        if name in scope.names and (scope.kind != "class" or number == len(scopes) - 1):
            return scope.prefix + name
    return name


def bound_names(body: Iterable[ast.AST]) -> tuple[set[str], set[str]]:
    """The names that statements bind for their scope, and those that they declare to be the module's."""
    names: set[str] = set()
    outer: set[str] = set()
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                names.add(node.id)
            continue
        if isinstance(node, ast.Global):
            outer.update(node.names)
        elif isinstance(node, _BINDING):
            names.update(_bound(node))
        if not isinstance(node, _INNER):
            waiting += _children(node)
    return names - outer, outer


def _children(node: ast.AST) -> list[ast.AST]:
    """What stands in a node and may bind names: this is asked of every node of a program."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [one for one in value if isinstance(one, ast.AST)]
        elif isinstance(value, ast.AST) and value._fields:  # operators and contexts have none
            found.append(value)
    return found


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (one.asname or one.name.partition(".")[0] for one in node.names)
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name


def parameter_names(taken: ast.arguments) -> tuple[str, ...]:
    """The parameters that can be filled one by one, in their order."""
    return tuple(one.arg for one in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs))


def spread_names(taken: ast.arguments) -> set[str]:
    """Those that take the rest."""
    return {one.arg for one in (taken.vararg, taken.kwarg) if one}
