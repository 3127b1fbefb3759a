"""What the application's own code hands a function: everything that calls it, tests and examples excepted."""

import ast
from collections.abc import Iterator
from itertools import chain

from app.application.calls import is_aside
from app.application.handed_on import Function, bound_arguments
from app.application.modules import Module

_DEEP = 4
"""So many functions may hand on what they are handed themselves."""


def handed_by_all(function: Function, module: Module, wanted: frozenset[str]) -> dict[str, ast.expr | None]:
    """What a function is handed whoever calls it: the same constant, or its parameters' defaults where nobody does.

    Args:
        function: it.
        module: where it is defined, by itself and not in a class.
        wanted: the names of parameters that matter.
    """
    known = _parameters(function) & wanted
    if not known or function not in module.tree.body:
        return {}
    defaults = bound_arguments(function, _BARE, 0)
    sites = [bound_arguments(function, site, 0) for _, site in _sites(function.name, module)] or [defaults]
    found = {name: _same([site.get(name) for site in sites], defaults.get(name)) for name in known}
    return {name: value for name, value in found.items() if value is not None}


def _same(given: list[ast.expr | None], default: ast.expr | None) -> ast.expr | None:
    """The one value, where it is a constant or the default, which alone may be worked out in the function's module."""
    first = given[0]
    if not (first is default or isinstance(first, ast.Constant)):
        return None
    return first if first is not None and len({ast.dump(one) if one else "" for one in given}) == 1 else None


def handing_on(function: Function, module: Module, depth: int = 0) -> str:
    """Where somebody hands a function more than its parameters: `app/main.py:7`; empty where nobody does."""
    known = _parameters(function)
    for caller, site in _sites(function.name, module):
        for keyword in site.keywords:
            if keyword.arg is None:
                around = [one for one in caller.functions_around(site.lineno) if _spreads(one, keyword.value)]
                if around and depth < _DEEP and not handing_on(around[-1], caller, depth + 1):
                    continue
            if keyword.arg not in known:
                return f"{caller.file.relative_to(module.code.root).as_posix()}:{site.lineno}"
    return ""


def may_be_handed(function: Function, module: Module, name: str) -> bool:
    """Whether somebody may hand a function anything under a parameter's name, which nobody need."""
    if function.args.kwarg and function.args.kwarg.arg == name:
        return bool(handing_on(function, module))
    given = handed_by_all(function, module, frozenset({name})).get(name)
    return not (isinstance(given, ast.Constant) and given.value is None)


def _parameters(function: Function) -> set[str]:
    taken = function.args
    return {one.arg for one in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)}


def _spreads(function: Function, value: ast.expr) -> bool:
    """Whether a table is what a function is handed beyond its parameters."""
    return isinstance(value, ast.Name) and function.args.kwarg is not None and function.args.kwarg.arg == value.id


def _sites(name: str, module: Module) -> Iterator[tuple[Module, ast.Call]]:
    """The calls of what a module defines under a name, each with its own module."""
    code = module.code
    for path in code.below:
        is_own = path == module.file
        if not is_own and (is_aside(path.relative_to(code.root).as_posix()) or name.encode() not in code.met(path)):
            continue
        if caller := module if is_own else code.module(path):
            names = {name, *caller.imported, "self", "cls"}
            spelled = [caller.calls_of(one, attribute) for one in names for attribute in ("", name)]
            meant = [one for one in spelled if one and _means(one[0].func, name, caller, module)]
            sites = sorted(chain.from_iterable(meant), key=lambda site: (site.lineno, site.col_offset))
            yield from ((caller, site) for site in sites)


def _means(called: ast.expr, name: str, caller: Module, module: Module) -> bool:
    """Whether a function of a module is called, under its own name or one that it is imported under."""
    if isinstance(called, ast.Name):
        meaning = caller.imported.get(called.id)
        return caller is module and called.id == name if meaning is None else leads(meaning, name, caller, module)
    if not (isinstance(called, ast.Attribute) and called.attr == name and isinstance(called.value, ast.Name)):
        return False
    meaning = caller.imported.get(called.value.id)
    if meaning is None:
        return caller is module and called.value.id in {"self", "cls"}
    return leads(meaning + "." * bool(meaning.strip(".")) + name, name, caller, module)


def leads(meaning: str, name: str, caller: Module, module: Module, depth: int = 0) -> bool:
    """Whether an imported name is the module's own, also where others between them hand it on."""
    absolute = meaning.lstrip(".")
    above, _, last = absolute.rpartition(".")
    package = meaning[: len(meaning) - len(absolute)] + above
    found = caller.code.find(package, caller.file) if package else None
    if found is module:
        return last == name
    handed = found.imported.get(last) if found and depth < _DEEP else None
    return bool(found and handed and leads(handed, name, found, module, depth + 1))


_BARE = ast.Call(func=ast.Name(id="f"), args=[], keywords=[])
"""A call that hands nothing on."""
