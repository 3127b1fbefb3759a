"""When the code has its validators checked: in the call, and by `register` and `validate`."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from app.application.calls import GLOBAL, Call, is_aside
from app.application.code import Code
from app.application.functions import Unclear
from app.application.modules import Module, bound, parameters
from app.application.reading.filling import Filling
from app.application.validation.validator_arguments import Unreadable, is_known
from app.application.validation.validators import Literals
from app.core import limits
from app.core.validators import Demands, Validator, ValidatorStep

_GLOBAL = "dynaconf.settings"
_CALLED = frozenset({"register", "validate", "validate_all"})
_ARGUMENTS = ("only", "exclude", "only_current_env")
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef)

type _Scope = Mapping[str, ast.expr | None]


def demands_of(call: Call, root: Path, others: Iterable[Path]) -> Demands:
    """What the code demands of the settings that a call makes.

    Args:
        call: the call.
        root: the project's folder.
        others: further files, whose `settings.validators.register(…)` counts too; those of tests and examples apart.
    """
    home = call.module
    modules = [home, *(module for path in others if path != home.file and (module := _speaking(home.code, path, root)))]
    home.code.effort.renew(sum(len(module.source) for module in modules))
    steps = [_constructor(call.node, Literals(home, call.scope, root=root))] if isinstance(call.node, ast.Call) else []
    name = _bound_to(call)
    filling = Filling(home, lambda node, module: _is_meant(node, Literals(module, {}, root=root), module, home, name))
    steps += [step for one in modules for step in _later(one, home, name, root, filling if name else None)]
    judged = list(_bounded(steps))
    return Demands(steps=tuple(judged), given_up=home.code.effort.is_spent or judged != steps)


def _bounded(steps: Iterable[ValidatorStep]) -> Iterator[ValidatorStep]:
    """The steps with as many validators as are judged."""
    left = limits.VALIDATORS.figure
    for step in steps:
        kept = step.validators[:left]
        left -= len(kept)
        yield step if len(kept) == len(step.validators) else replace(step, validators=kept)


def _scoped(tree: ast.AST) -> Iterator[tuple[ast.AST, _Scope]]:
    """Every node, with the names of the functions around it."""
    waiting: list[tuple[ast.AST, _Scope]] = [(tree, {})]
    while waiting:
        node, scope = waiting.pop()
        yield node, scope
        if isinstance(node, _SCOPES):
            scope = {**scope, **parameters(node), **bound(node.body)}
        waiting += [(child, scope) for child in reversed(list(ast.iter_child_nodes(node)))]


def _bound_to(call: Call) -> str:
    """The name that the settings get; empty where they get none."""
    if call.callee == GLOBAL:
        return _GLOBAL
    for node in ast.walk(call.module.tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is call.node:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            return next((one.id for one in targets if isinstance(one, ast.Name)), "")
    return ""


def _constructor(call: ast.Call, literals: Literals) -> ValidatorStep:
    given: dict[str, Any] = {}
    handed: list[Validator] = []
    for keyword in call.keywords:
        if keyword.arg is None:
            spread = _spread(keyword.value, literals)
            handed += literals.listed(spread.pop("validators", None), keyword.value)
            given |= spread
        elif keyword.arg.lower() == "validators":
            handed += literals.handed(keyword.value)
        elif keyword.arg.lower().startswith("validate_"):
            given[keyword.arg.lower()] = _plain(keyword.value, literals)
    return _checking({name: given.get(f"validate_{name}") for name in _ARGUMENTS}, handed)


def _checking(given: Mapping[str, Any], handed: Iterable[Validator] = ()) -> ValidatorStep:
    """Has validators checked; what cannot be known of which ones is told as a validator of which nothing is known."""
    unknown = [value.validator() for value in given.values() if isinstance(value, Unreadable)]
    only, exclude, current = (
        None if isinstance(given.get(name), Unreadable) else given.get(name) for name in _ARGUMENTS
    )
    return ValidatorStep(
        validators=(*handed, *unknown),
        checks=True,
        only=only,
        exclude=exclude,
        only_current_env=bool(current),
        unsure=bool(unknown),
    )


def _spread(node: ast.expr, literals: Literals) -> dict[str, Any]:
    try:
        table = literals.value(node)
    except Unclear:
        return {}
    return {str(name).lower(): value for name, value in table.items()} if isinstance(table, dict) else {}


def _plain(node: ast.expr, literals: Literals) -> Any:
    """The value, or that it cannot be known."""
    try:
        value = literals.value(node)
    except Unclear:
        return literals.unreadable(node)
    return value if is_known("", value) else literals.unreadable(node)


def _speaking(code: Code, path: Path, root: Path) -> Module | None:
    """The application's module, where it says anything of validators."""
    is_told = b".validators." in code.met(path) and not is_aside(path.relative_to(root).as_posix())
    return code.module(path) if is_told else None


def _later(module: Module, home: Module, name: str, root: Path, filling: Filling | None) -> Iterator[ValidatorStep]:
    """What a module does with the validators of the settings that have that name in their home."""
    for node, scope in _scoped(module.tree):
        called = node.func if isinstance(node, ast.Call) else None
        if not isinstance(node, ast.Call) or not isinstance(called, ast.Attribute) or called.attr not in _CALLED:
            continue
        if not isinstance(called.value, ast.Attribute) or called.value.attr != "validators":
            continue
        literals = Literals(module, scope, root=root)
        if _is_meant(called.value.value, literals, module, home, name):
            step = _step(node, called.attr, literals)
            filled = filling.before(module, node.lineno) if filling and step.checks else frozenset()
            yield replace(step, filled=filled) if filled else step


def _is_meant(node: ast.expr, literals: Literals, module: Module, home: Module, name: str) -> bool:
    meaning = literals.meaning(node)
    if name == _GLOBAL:
        return meaning == name
    if module is home and isinstance(node, ast.Name):
        return not name or node.id == name
    above, _, last = meaning.rpartition(".")
    return bool(name) and last == name and module.code.find(above or ".", module.file) is home


def _step(node: ast.Call, kind: str, literals: Literals) -> ValidatorStep:
    if kind != "register":
        given = {keyword.arg: _plain(keyword.value, literals) for keyword in node.keywords}
        given |= dict(zip(_ARGUMENTS, (_plain(value, literals) for value in node.args), strict=False))
        return _checking({name: value for name, value in given.items() if name in _ARGUMENTS})
    listed = [value for keyword in node.keywords for value in literals.handed(keyword.value)]
    for value in node.args:
        listed += literals.handed(value.value if isinstance(value, ast.Starred) else value)
    return ValidatorStep(validators=tuple(listed), registers=True)
