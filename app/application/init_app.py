"""What `FlaskDynaconf` is handed later than it is made: `made.init_app(app, …)`.

Source: `contrib/flask_dynaconf.py` of Dynaconf 3.3.5.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.application.callers import leads
from app.application.calls import Argument, Call, is_aside
from app.application.functions import Unclear
from app.application.modules import Module
from app.application.wording import text_of
from app.merging.provenance_tags import Computed

_METHOD = "init_app"


def taken_later(call: Call, arguments: Sequence[Argument]) -> Sequence[Argument]:
    """The arguments of a call, and of the one that applies what it makes to an application, which beat them.

    Args:
        call: that of `FlaskDynaconf`.
        arguments: its own.
    """
    if not isinstance(call.node, ast.Call) or _has_app(call.node):
        return arguments
    found = next(_sites(call, call.node), None)
    later = list(_said(*found, call)) if found else []
    said = {one.name.upper() for one in later}
    early = [one if one.name.startswith("**") else replace(one, name=one.name.upper())
             for one in arguments if one.name.upper() not in said]  # fmt: skip
    return [*early, *later, *_switcher(call.node, arguments, said)]


def _has_app(node: ast.Call) -> bool:
    return bool(node.args) or any(one.arg == "app" for one in node.keywords)


def _switcher(node: ast.Call, arguments: Sequence[Argument], said: set[str]) -> Iterator[Argument]:
    """The switcher bears the prefix that stood there when it was made."""
    early = {one.name.upper() for one in arguments}
    if "ENVVAR_PREFIX" in said - early and "ENV_SWITCHER" not in said | early:
        yield Argument(name="env_switcher", value="FLASK_ENV", node=node)


def _sites(call: Call, node: ast.Call) -> Iterator[tuple[Module, ast.Call]]:
    """Where it is applied: at once, by its name in the module, or by others that import that."""
    home = call.module
    names = {one.id for statement in ast.walk(home.tree) if isinstance(statement, ast.Assign | ast.AnnAssign)
             and statement.value is node for one in _targets(statement) if isinstance(one, ast.Name)}  # fmt: skip
    for module in _modules(home, names):
        for site in ast.walk(module.tree):
            if not (isinstance(site, ast.Call) and isinstance(site.func, ast.Attribute) and site.func.attr == _METHOD):
                continue
            owner = site.func.value
            meaning = module.imported.get(owner.id, "") if isinstance(owner, ast.Name) else ""
            if owner is node or (isinstance(owner, ast.Name) and _means(owner.id, meaning, names, module, home)):
                yield module, site


def _targets(statement: ast.Assign | ast.AnnAssign) -> Sequence[ast.expr]:
    return statement.targets if isinstance(statement, ast.Assign) else [statement.target]


def _modules(home: Module, names: set[str]) -> Iterator[Module]:
    yield home
    code = home.code
    for path in code.below if names else ():
        raw = code.met(path)
        is_told = _METHOD.encode() in raw and any(name.encode() in raw for name in names)
        is_own = path == home.file or is_aside(path.relative_to(code.root).as_posix())
        module = code.module(path) if is_told and not is_own else None
        if module:
            yield module


def _means(name: str, meaning: str, names: set[str], module: Module, home: Module) -> bool:
    if module is home and not meaning:
        return name in names
    return any(leads(meaning, one, module, home) for one in names) if meaning else False


def _said(module: Module, site: ast.Call, call: Call) -> Iterator[Argument]:
    """What is handed there; of what another module says, what it comes to."""
    there = replace(call, module=module, scope={}) if module is not call.module else call
    for keyword in site.keywords:
        name = keyword.arg or "**" + text_of(keyword.value)
        if module is call.module or keyword.arg is None:
            yield Argument(name=name, value=keyword.value, node=keyword.value if module is call.module else call.node)
            continue
        try:
            value = there.evaluation().said(keyword.value)
        except Unclear:
            value = Computed(text_of(keyword.value))
        if name != "app":
            yield Argument(name=name, value=value, node=call.node)
