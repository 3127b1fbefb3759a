"""What an existing Dynaconf project says about itself where it makes its settings, read without running it."""

import ast
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from app.sources.code.evaluation import Evaluation, Unclear
from app.sources.code.modules import Code, Module, bound, parameters
from app.sources.options import NAMES

_FLASK = "FlaskDynaconf"
_DJANGO = "DjangoDynaconf"
_CALLEES = frozenset({"Dynaconf", "LazySettings", _FLASK, _DJANGO})
_SKIPPED = frozenset({"node_modules", "site-packages", "__pycache__", "build", "dist"})
_ASIDE = frozenset({"test", "tests", "testing", "docs", "doc", "examples", "example", "benchmarks"})
_ALIASES: Mapping[str, str] = {"settings_file": "settings_files", "environment": "environments"}
_KNOWN = frozenset(NAMES) - {"schema", "lists", "known_environments", "production", "deployed", "roles",
                                            "waivers"}  # fmt: skip
_EXTENSIONS = ("py", "toml", "tml", "yaml", "yml", "ini", "conf", "properties", "json")
_GLOBAL: Mapping[str, Any] = {"environments": True, "load_dotenv": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """An argument that is computed; its value cannot be known without running code.

    Attributes:
        name: the option.
        line: where it stands.
        text: what stands there.
    """

    name: str
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Where a project makes its settings.

    Attributes:
        file: relative to the folder that was searched, with `/`.
        line: where the call begins.
        options: the arguments that can be known and that Assay knows; paths as they stand, or absolute.
        callee: what is called, or `settings` for Dynaconf's own global object.
        unread: the arguments that cannot be known.
        foreign: the arguments that mean nothing to a diagnosis (validators, loaders, …).
    """

    file: str
    line: int
    options: Mapping[str, Any]
    callee: str = "Dynaconf"
    unread: tuple[Unread, ...] = ()
    foreign: tuple[str, ...] = ()

    @property
    def is_aside(self) -> bool:
        """Whether it belongs to tests, documents or examples, and not to the application."""
        *folders, name = self.file.split("/")
        is_test = name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py"
        return is_test or bool(_ASIDE & set(folders))


def find_calls(root: Path) -> list[Call]:
    """Every place in the Python files below a folder that makes settings, virtual environments excepted.

    The application's own come first, those that say most before others; then those of tests and examples.
    """
    code = Code(root)
    found = [call for path in _python_files(root) for call in _calls(code, path)]
    return sorted(found, key=lambda call: (call.is_aside, call.callee == "settings", -_said(call)))


def _said(call: Call) -> int:
    return len(call.options) + len(call.unread)


def default_files(root: Path) -> list[str]:
    """The files that Dynaconf itself looks for where none is named, as far as they are there.

    Source: Dynaconf, `constants.py`.
    """
    names = [f"{stem}.{extension}" for stem in ("settings", ".secrets") for extension in _EXTENSIONS]
    return [name for name in names if name in {"settings.toml", ".secrets.toml"} or (root / name).is_file()]


def _python_files(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if not _is_skipped(here / name))
        yield from (here / name for name in sorted(files) if name.endswith(".py"))


def _is_skipped(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.name in _SKIPPED or (folder / "pyvenv.cfg").exists()


def _calls(code: Code, path: Path) -> Iterator[Call]:
    if b"ynaconf" not in _raw(path) or (module := code.module(path)) is None:
        return
    file = path.relative_to(code.root).as_posix()
    for node, local in _within(module.tree, {}):
        if isinstance(node, ast.Call):
            callee = _callee(node, module)
            if callee and not any(keyword.arg == "dynaconf_instance" for keyword in node.keywords):
                yield _call(node, callee, Evaluation(module, local), file)
        elif isinstance(node, ast.ImportFrom) and _takes_global(node):
            yield Call(file=file, line=node.lineno, options=_GLOBAL, callee="settings")


def _takes_global(node: ast.ImportFrom) -> bool:
    return node.module == "dynaconf" and not node.level and any(one.name == "settings" for one in node.names)


def _raw(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _within(node: ast.AST, local: Mapping[str, ast.expr | None]) -> Iterator[tuple[ast.AST, Mapping[str, Any]]]:
    """Every node below, with the names of the functions around it."""
    for child in ast.iter_child_nodes(node):
        names = local
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            names = {**local, **parameters(child), **bound(child.body)}
        yield child, names
        yield from _within(child, names)


def _callee(node: ast.Call, module: Module) -> str:
    """Which of Dynaconf's classes is called, whatever it is called there; empty for another function."""
    called = node.func
    if isinstance(called, ast.Name):
        name = module.imported.get(called.id, called.id).rpartition(".")[2]
    else:
        name = called.attr if isinstance(called, ast.Attribute) else ""
    return name if name in _CALLEES else ""


def _call(node: ast.Call, callee: str, evaluation: Evaluation, file: str) -> Call:
    options: dict[str, Any] = {}
    unread, foreign = [], []
    for name, value in _arguments(node, evaluation):
        option = _option(name)
        if option not in _KNOWN and not name.startswith("**"):
            foreign.append(name)
            continue
        try:
            options[option] = _plain(evaluation.value(value) if isinstance(value, ast.expr) else value)
        except Unclear:
            unread.append(Unread(name=option, line=value.lineno, text=" ".join(ast.unparse(value).split())))
    options = _implied(callee, options)
    return Call(file=file, line=node.lineno, options=options, callee=callee, unread=tuple(unread),
                foreign=tuple(foreign))  # fmt: skip


def _arguments(node: ast.Call, evaluation: Evaluation) -> Iterator[tuple[str, Any]]:
    """The arguments by name; those of a table that is spread out, too, where it can be read."""
    for keyword in node.keywords:
        if keyword.arg:
            yield keyword.arg, keyword.value
            continue
        try:
            yield from ((str(name), value) for name, value in evaluation.value(keyword.value).items())
        except (Unclear, AttributeError):
            yield "**" + ast.unparse(keyword.value), keyword.value


def _implied(callee: str, options: dict[str, Any]) -> dict[str, Any]:
    """The options with what the extensions for Flask and Django take for those that are left out."""
    if callee not in {_FLASK, _DJANGO}:
        return options
    prefix = "FLASK" if callee == _FLASK else "DJANGO"
    given = options.get("envvar_prefix")
    switcher = f"{given}_ENV" if callee == _FLASK and isinstance(given, str) else f"{prefix}_ENV"
    return {"envvar_prefix": prefix, "env_switcher": switcher, **_GLOBAL, **options}


def _option(name: str) -> str:
    folded = name.lower().removesuffix("_for_dynaconf")
    return _ALIASES.get(folded, folded)


def _plain(value: Any) -> Any:
    if isinstance(value, PurePath):
        return value.as_posix()
    return [_plain(item) for item in value] if isinstance(value, tuple | list | set) else value
