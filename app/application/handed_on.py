"""What reaches a Dynaconf call through functions and classes around it: factories, and subclasses of its own."""

import ast
from collections.abc import Callable, Iterator, Mapping

from app.application.modules import Module, parameters

type Scope = Mapping[str, ast.expr | None]
type Function = ast.FunctionDef | ast.AsyncFunctionDef
type _Said = Callable[[ast.expr | None], ast.expr | None]


class GivenValue(ast.Constant):
    """A value in the place of an expression."""


def handed(function: Function, module: Module) -> dict[str, ast.expr | None]:
    """What a function is handed, by parameter, where the module calls it once; else nothing is known."""
    sites = module.calls_of(function.name)
    if len(sites) != 1 or function not in module.own_statements:
        return {}
    return bound_arguments(function, sites[0], 0)


def bound_arguments(function: Function, site: ast.Call, skipped: int) -> dict[str, ast.expr | None]:
    """The parameters' values at one call.

    Args:
        function: what is called.
        site: the call.
        skipped: how many parameters the call does not fill: `self`.
    """
    taken = function.args
    names = [one.arg for one in (*taken.posonlyargs, *taken.args)][skipped:]
    given = {one.arg: one.value for one in site.keywords if one.arg}
    if any(one.arg is None for one in site.keywords) or any(isinstance(one, ast.Starred) for one in site.args):
        return {}
    found: dict[str, ast.expr | None] = {**_defaults(taken), **dict(zip(names, site.args, strict=False))}
    every = {*names, *(one.arg for one in taken.kwonlyargs)}
    if taken.vararg:
        found[taken.vararg.arg] = ast.Tuple(elts=site.args[len(names) :], ctx=ast.Load())
    found |= {name: value for name, value in given.items() if name in every}
    if taken.kwarg:
        rest = {name: value for name, value in given.items() if name not in every}
        keys: list[ast.expr | None] = [ast.Constant(name) for name in rest]
        found[taken.kwarg.arg] = ast.Dict(keys=keys, values=list(rest.values()))
    return found


def returned(function: ast.AST | None) -> ast.expr | None:
    """What a function gives that does nothing but return; None of another."""
    if not isinstance(function, ast.FunctionDef) or function.decorator_list:
        return None
    body = [one for one in function.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    return body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None


def filled(function: ast.FunctionDef, site: ast.Call, said: _Said, by_default: _Said) -> Scope:
    """The parameters' values at one call.

    Args:
        function: what is called.
        site: the call.
        said: what an argument comes to, where it is called.
        by_default: the same of a default, where the function stands.
    """
    given = bound_arguments(function, site, 0)
    defaults = [*function.args.defaults, *function.args.kw_defaults]
    known = {name: given.get(name) for name in parameters(function)}
    return {name: (by_default if value in defaults else said)(value) for name, value in known.items()}


def _defaults(taken: ast.arguments) -> dict[str, ast.expr | None]:
    positional = [*taken.posonlyargs, *taken.args]
    late = positional[len(positional) - len(taken.defaults) :]
    found: dict[str, ast.expr | None] = {one.arg: value for one, value in zip(late, taken.defaults, strict=True)}
    return found | {one.arg: value for one, value in zip(taken.kwonlyargs, taken.kw_defaults, strict=True) if value}


def initialiser(defined: ast.ClassDef) -> tuple[Function, ast.Call] | None:
    """A class's own `__init__`, and the call in it that hands arguments on to Dynaconf's."""
    for function in defined.body:
        if isinstance(function, ast.FunctionDef) and function.name == "__init__":
            inner = next(_inits(function), None)
            return (function, inner) if inner else None
    return None


def _inits(function: Function) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "__init__":
            yield node
