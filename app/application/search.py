"""Every call in a project's code that makes settings."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from app.application.callers import handed_by_all
from app.application.calls import DJANGO, FLASK, GLOBAL, Argument, Call
from app.application.code import Code
from app.application.folders import python_files
from app.application.functions import Unclear
from app.application.handed_on import Function, bound_arguments, handed, initialiser
from app.application.init_app import taken_later
from app.application.modules import Module, bound, children, parameters
from app.application.wording import text_of

_CALLEES = frozenset({"Dynaconf", "LazySettings", FLASK, DJANGO})
_OWN_ARGUMENTS = frozenset({"app", "instance_relative_config", "extensions_list", "dynaconf_instance"})
"""Arguments of FlaskDynaconf itself, which it does not hand on."""

type _Scope = Mapping[str, ast.expr | None]


def find_calls(root: Path, folders: Sequence[str] = ("",), *, within: str = "") -> list[Call]:
    """Every place in the Python files that makes settings, virtual environments excepted.

    The application's own come first, those that say most before others; then those of tests and examples.

    Args:
        root: the project's folder.
        folders: those of it that hold its code.
        within: the one whose calls count, where that is not all of it.
    """
    code = Code(root, folders=folders)
    files = tuple(python_files(root / within)) if within else code.below  # all of them, before one is read
    found = [call for path in files for call in calls_of(code, path)]
    return sorted(found, key=lambda call: (call.is_aside, call.callee == GLOBAL, -len(call.arguments)))


def calls_of(code: Code, path: Path) -> Iterator[Call]:
    """Every place in a file that makes settings."""
    raw = code.met(path)
    if b"ynaconf" not in raw and b"LazySettings" not in raw:
        return
    module = code.module(path)
    if module is None:
        return
    try:
        yield from _calls_of(module, path.relative_to(code.root).as_posix())
    except RecursionError:
        return


def _calls_of(module: Module, file: str) -> Iterator[Call]:
    filled: frozenset[int] | None = None
    for node, around in _asking(module):
        if isinstance(node, ast.Call):
            callee = _callee(node.func, module)
            if not callee or _is_none_of_ours(node):
                continue
            filled = frozenset(map(id, _filled(module))) if filled is None else filled
            if id(node) not in filled:
                yield _call(node, callee, module, _scope(around, module, node), file)
        elif _takes_global(node):
            yield _call(node, GLOBAL, module, _scope(around, module), file)


def _is_none_of_ours(node: ast.Call) -> bool:
    """Whether a call makes no settings: it is handed some that are made, or loads nothing, for code to fill it."""
    said = {keyword.arg: keyword.value for keyword in node.keywords}
    loaders, prefix = said.get("core_loaders"), said.get("envvar_prefix")
    is_empty = isinstance(loaders, ast.List) and not loaders.elts and said.keys() == {"core_loaders", "envvar_prefix"}
    return "dynaconf_instance" in said or (is_empty and isinstance(prefix, ast.Constant) and not prefix.value)


def _filled(module: Module) -> Iterator[ast.Call]:
    """Calls without arguments in functions that then fill what they made: `copy = Dynaconf()`, `copy.update(…)`."""
    nodes = list(ast.walk(module.tree))
    updated = {node.value.id for node in nodes if isinstance(node, ast.Attribute) and node.attr == "update"
               and isinstance(node.value, ast.Name)}  # fmt: skip
    for node in nodes if updated else ():
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and node not in module.own_statements:
            target = node.targets[0]
            if isinstance(target, ast.Name) and target.id in updated and not node.value.keywords:
                yield node.value


def _asking(module: Module) -> Iterator[tuple[ast.Call | ast.ImportFrom, tuple[Function, ...]]]:
    """Every call and import of names, with the functions around it."""
    waiting: list[tuple[ast.AST, tuple[Function, ...]]] = [(module.tree, ())]
    while waiting:
        node, around = waiting.pop()
        if isinstance(node, ast.Call | ast.ImportFrom):
            yield node, around
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            around = (*around, node)
        waiting += [(child, around) for child in reversed(children(node))]


def _scope(around: Sequence[Function], module: Module, node: ast.AST | None = None) -> _Scope:
    """The names of these functions; of their parameters what the call needs, where all callers hand on the same."""
    scope: _Scope = {}
    wanted = frozenset(one.id for one in ast.walk(node) if isinstance(one, ast.Name)) if node else frozenset()
    for function in around:
        known = {**handed_by_all(function, module, wanted), **handed(function, module)}
        scope = {**scope, **parameters(function), **known, **bound(function.body)}
    return scope


def _takes_global(node: ast.ImportFrom) -> bool:
    return node.module == "dynaconf" and not node.level and any(one.name == "settings" for one in node.names)


def _callee(called: ast.expr, module: Module, depth: int = 0) -> str:
    """Which of Dynaconf's classes is called, whatever it is called there; empty for another function."""
    if isinstance(called, ast.Attribute):
        return called.attr if called.attr in _CALLEES and isinstance(called.value, ast.Name | ast.Attribute) else ""
    if not isinstance(called, ast.Name) or depth > 8:  # noqa: PLR2004 - of classes that inherit from one another
        return ""
    if called.id not in module.callees:
        module.callees[called.id] = ""  # until it is known: what stands for itself is nothing
        module.callees[called.id] = _named_callee(called, module, depth)
    return module.callees[called.id]


def _named_callee(called: ast.Name, module: Module, depth: int) -> str:
    defined = module.definitions.get(called.id)
    if isinstance(defined, ast.ClassDef):
        return next((found for base in defined.bases if (found := _callee(base, module, depth + 1))), "")
    bound_to = module.names.get(called.id)
    if isinstance(bound_to, ast.Name | ast.Attribute):
        return _callee(bound_to, module, depth + 1)
    return _imported_callee(called.id, module, depth)


def _imported_callee(name: str, module: Module, depth: int) -> str:
    meaning = module.imported.get(name, "")
    package, _, last = meaning.rpartition(".")
    if package.partition(".")[0] in {"dynaconf", "flask_dynaconf"}:
        return last if last in _CALLEES else ""
    if not meaning:
        is_bound = name in module.names or name in module.definitions
        return name if name in _CALLEES and not is_bound else ""
    absolute = package.lstrip(".")
    other = module.code.find(package, module.file) if absolute or package else None
    if other is None or other is module:
        return last if last in _CALLEES else ""
    return _callee(ast.Name(id=last), other, depth + 1)


def _call(node: ast.Call | ast.ImportFrom, callee: str, module: Module, scope: _Scope, file: str) -> Call:
    span = module.span(node)
    bare = Call(file=file, line=span.line, column=span.column, callee=callee, arguments=(), module=module,
                scope=scope, node=node)  # fmt: skip
    if not isinstance(node, ast.Call):
        return bare
    defined = _class_of(node.func, module)
    if defined is None or not any(getattr(one, "name", "") == "__init__" for one in defined.body):
        arguments = (*_constants(bare), *_arguments(node, bare))
        return replace(bare, arguments=tuple(taken_later(bare, arguments) if callee == FLASK else arguments))
    found = initialiser(defined) if module.definitions.get(defined.name) is defined else None
    if found is None:
        return replace(bare, arguments=(Argument(name="**" + text_of(node.func), value=node.func, node=node.func),))
    function, handing = found
    inside = replace(bare, scope={**parameters(function), **bound_arguments(function, node, 1), **bound(function.body)})
    return replace(inside, arguments=tuple(_arguments(handing, inside)))


def _class_of(called: ast.expr, module: Module, depth: int = 0) -> ast.ClassDef | None:
    """The project's own class that is called, or the nearest above it that has an `__init__`."""
    if not isinstance(called, ast.Name) or depth > 8:  # noqa: PLR2004 - of classes that inherit from one another
        return None
    defined = module.definitions.get(called.id)
    if isinstance(defined, ast.ClassDef):
        return defined
    meaning = module.imported.get(called.id, "")
    package, _, last = meaning.rpartition(".")
    other = module.code.find(package, module.file) if package and not meaning.startswith("dynaconf") else None
    return _class_of(ast.Name(id=last), other, depth + 1) if other and other is not module else None


def _constants(call: Call) -> Iterator[Argument]:
    """What Django's settings module says before the call: its extension takes all of it for arguments.

    Source: `contrib/django_dynaconf_v2.py` of Dynaconf 3.3.5.
    """
    if call.callee != DJANGO or call.scope:
        return
    stated = {keyword.arg for keyword in getattr(call.node, "keywords", ())}
    for name, node, value in sorted(call.module.constants(call.line), key=lambda found: found[0]):
        if name not in stated:
            yield Argument(name=name, value=value, node=node)


def _arguments(node: ast.Call, call: Call) -> Iterator[Argument]:
    """The arguments by name; those of a table that is spread out, too, where it can be read."""
    own = _OWN_ARGUMENTS if call.callee == FLASK else frozenset()
    for keyword in node.keywords:
        if keyword.arg:
            if keyword.arg not in own:
                yield Argument(name=keyword.arg, value=keyword.value, node=keyword)
            continue
        try:
            spread = call.evaluation().said(keyword.value)
            yield from (Argument(name=str(name), value=value, node=keyword.value) for name, value in spread.items())
        except (Unclear, AttributeError):
            yield Argument(name="**" + text_of(keyword.value), value=keyword.value, node=keyword.value)
