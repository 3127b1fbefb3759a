"""Which symbol a name is, where it stands: Python's scopes."""

import ast
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

_BINDING = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom,
                      ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping})  # fmt: skip
_PARTS: Mapping[type[ast.AST], tuple[str, ...]] = {
    ast.Assign: ("targets",),
    ast.Delete: ("targets",),
    ast.AugAssign: ("target",),
    ast.AnnAssign: ("target",),
    ast.TypeAlias: ("name",),
    ast.Tuple: ("elts",),
    ast.List: ("elts",),
    ast.Starred: ("value",),
    ast.If: ("body", "orelse"),
    ast.While: ("body", "orelse"),
    ast.For: ("target", "body", "orelse"),
    ast.AsyncFor: ("target", "body", "orelse"),
    ast.With: ("items", "body"),
    ast.AsyncWith: ("items", "body"),
    ast.withitem: ("optional_vars",),
    ast.Try: ("body", "handlers", "orelse", "finalbody"),
    ast.TryStar: ("body", "handlers", "orelse", "finalbody"),
    ast.ExceptHandler: ("body",),
    ast.Match: ("cases",),
    ast.match_case: ("pattern", "body"),
    ast.MatchAs: ("pattern",),
    ast.MatchOr: ("patterns",),
    ast.MatchSequence: ("patterns",),
    ast.MatchMapping: ("patterns",),
    ast.MatchClass: ("patterns", "kwd_patterns"),
}
"""Where in a node names may be bound, expressions apart."""

_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class NameScope(Struct, kw_only=True):
    """A module, class or function, with the names that are its own.

    Attributes:
        kind: which of them.
        prefix: what its symbols begin with.
        names: that it binds.
        outer: those that it takes from the module, whatever lies between.
        owner: for a method, the class, and what it calls its object.
        registered: whether it is a function that something else calls, which is handed what it returns.
    """

    kind: str
    prefix: str = ""
    names: set[str] = field(default_factory=set)
    outer: set[str] = field(default_factory=set)
    owner: tuple[str, str] | None = None
    registered: bool = False


def symbol_of(name: str, scopes: list[NameScope]) -> str:
    """The symbol that a name is in the innermost of these scopes."""
    for number in range(len(scopes) - 1, 0, -1):
        scope = scopes[number]
        if name in scope.outer:
            return name
        if name in scope.names and (scope.kind != "class" or number == len(scopes) - 1):
            return scope.prefix + name
    return name


def bound_names(body: Iterable[ast.AST], *, walrus: bool) -> tuple[set[str], set[str]]:
    """The names that statements or targets bind for their scope, and those that they declare to be the module's.

    Args:
        body: the statements, or the targets.
        walrus: whether an expression in them may bind a name; few programs have any, and most of a program is
            expressions.
    """
    names: set[str] = set()
    outer: set[str] = set()
    body = list(body)
    waiting = [*body]
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind is ast.Name:
            names.add(node.id)  # type: ignore[attr-defined]
        elif kind is ast.Global:
            outer.update(node.names)  # type: ignore[attr-defined]
        elif kind in _BINDING:
            names.update(_bound(node))
        for part in _PARTS.get(kind, ()):
            found = getattr(node, part)
            if isinstance(found, list):
                waiting += found
            elif found is not None:
                waiting.append(found)
    if walrus:
        names.update(_walrus_targets(body))
    return names - outer, outer


def _walrus_targets(body: Iterable[ast.AST]) -> Iterator[str]:
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.NamedExpr):
            yield node.target.id
        if not isinstance(node, _INNER):
            waiting += ast.iter_child_nodes(node)


def _bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=str() as name) | ast.AsyncFunctionDef(name=str() as name):
            yield name
        case ast.Import() | ast.ImportFrom():
            yield from (one.asname or one.name.partition(".")[0] for one in node.names)
        case ast.MatchMapping(rest=str() as name):
            yield name
        case ast.ClassDef() | ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar() if node.name:
            yield node.name


def parameter_names(taken: ast.arguments) -> tuple[str, ...]:
    """The parameters that can be filled one by one, in their order."""
    return tuple(one.arg for one in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs))


def spread_names(taken: ast.arguments) -> set[str]:
    """Those that take the rest."""
    return {one.arg for one in (taken.vararg, taken.kwarg) if one}
