"""The settings classes of a project (pydantic-settings), found without importing anything."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from app.application.calls import is_aside
from app.application.code import Code
from app.application.evaluation import Evaluation
from app.application.folders import python_files
from app.application.functions import Unclear
from app.application.modules import Module

_BASES = frozenset({"pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings"})
_DEEP = 8


class SettingsModel(Struct, frozen=True, kw_only=True):
    """A settings class that is no part of another.

    Attributes:
        file: where it is, relative to the folder that was searched, with `/`.
        line: the same.
        name: the class's.
        prefix: what its variables begin with; empty for nothing.
        delimiter: what stands between the parts of a variable's key; empty for nothing.
        fields: how many it has itself.
    """

    file: str
    line: int
    name: str
    prefix: str = ""
    delimiter: str = ""
    fields: int = 0

    @property
    def place(self) -> str:
        """The place as people write it."""
        return f"{self.file}:{self.line}"

    @property
    def schema(self) -> str:
        """The class as the option `schema` names it: imports begin at the project, or at its `src`."""
        parts = self.file.removesuffix(".py").removesuffix("/__init__").removeprefix("src/").split("/")
        return f"{'.'.join(parts)}:{self.name}"


def find_models(root: Path) -> list[SettingsModel]:
    """The settings classes below a folder, tests and examples apart; those with most fields first."""
    code = Code(root)
    found: dict[str, tuple[SettingsModel, set[str]]] = {}
    for path in python_files(root):
        name = path.relative_to(root).as_posix()
        if not is_aside(name) and b"Settings" in code.raw(path) and (module := code.module(path)):
            found |= {f"{name}:{one.name}": (one, used) for one, used in _models(module, name)}
    parts = {part for _, used in found.values() for part in used}
    whole = [one for one, _ in found.values() if one.name not in parts]
    return sorted(whole, key=lambda one: -one.fields)


def _models(module: Module, file: str) -> Iterator[tuple[SettingsModel, set[str]]]:
    for defined in module.definitions.values():
        if isinstance(defined, ast.ClassDef) and _is_settings(defined, module):
            fields = [one for one in defined.body if isinstance(one, ast.AnnAssign)]
            config = _config(defined, module)
            yield (
                SettingsModel(
                    file=file,
                    line=defined.lineno,
                    name=defined.name,
                    prefix=str(config.get("env_prefix") or ""),
                    delimiter=str(config.get("env_nested_delimiter") or ""),
                    fields=len(fields),
                ),
                {node.id for field in fields for node in ast.walk(field) if isinstance(node, ast.Name)}
                | _bases(defined),
            )


def _bases(defined: ast.ClassDef) -> set[str]:
    return {node.id for base in defined.bases for node in ast.walk(base) if isinstance(node, ast.Name)}


def _is_settings(defined: ast.ClassDef, module: Module, depth: int = 0) -> bool:
    evaluation = Evaluation(module)
    return depth < _DEEP and any(_is_base(evaluation.meaning(base), module, depth) for base in defined.bases)


def _is_base(meaning: str, module: Module, depth: int) -> bool:
    if meaning in _BASES:
        return True
    package, _, name = meaning.rpartition(".")
    other = module.code.find(package, module.file) if package else module
    inner = other.definitions.get(name) if other else None
    return isinstance(inner, ast.ClassDef) and other is not None and _is_settings(inner, other, depth + 1)


def _config(defined: ast.ClassDef, module: Module) -> Mapping[str, Any]:
    """What the class's `model_config`, or its `Config`, says, as far as that can be read."""
    found: dict[str, Any] = {}
    for statement in defined.body:
        for name, value in _stated(statement):
            try:
                found[name] = Evaluation(module).value(value)
            except Unclear:
                continue
    return found


def _stated(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    value = getattr(statement, "value", None)
    if isinstance(statement, ast.ClassDef) and statement.name == "Config":
        for inner in statement.body:
            if isinstance(inner, ast.Assign):
                yield from ((one.id, inner.value) for one in inner.targets if isinstance(one, ast.Name))
    elif isinstance(statement, ast.Assign | ast.AnnAssign) and _is_config(statement) and isinstance(value, ast.Call):
        yield from ((one.arg, one.value) for one in value.keywords if one.arg)
    elif isinstance(statement, ast.Assign | ast.AnnAssign) and _is_config(statement) and isinstance(value, ast.Dict):
        pairs = zip(value.keys, value.values, strict=True)
        yield from ((str(key.value), item) for key, item in pairs if isinstance(key, ast.Constant))


def _is_config(statement: ast.Assign | ast.AnnAssign) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return any(isinstance(one, ast.Name) and one.id == "model_config" for one in targets)
