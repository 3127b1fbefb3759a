"""Where a project makes its settings, and with which arguments; read without running it."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.application.evaluation import Evaluation
from app.application.modules import Module
from app.core.layers import Origin, Path, Span

FLASK = "FlaskDynaconf"
DJANGO = "DjangoDynaconf"
GLOBAL = "settings"
_NAMESPACES = ("globals", "locals", "vars", "exec", "setattr")
_ASIDE = frozenset(
    {"test", "tests", "testing", "docs", "doc", "docs_src", "examples", "example", "benchmarks", "samples", "scripts"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument of a call.

    Attributes:
        name: the keyword, as it is written; `**OPTS` for a table that cannot be read.
        value: the expression, or what it came to in a table that is spread out.
        node: where it stands.
    """

    name: str
    value: Any
    node: ast.AST


def is_aside(file: str) -> bool:
    """Whether a file belongs to tests, documents or examples, and not to the application."""
    *folders, name = file.lower().split("/")
    is_test = name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py"
    return is_test or bool(_ASIDE & set(folders))


@dataclass(frozen=True, kw_only=True, eq=False)
class Call:
    """Where a project makes its settings.

    Attributes:
        file: relative to the folder that was searched, with `/`.
        line: where the call begins.
        column: the same, in characters from 1.
        callee: which of Dynaconf's is called, whatever its name is there; `settings` for Dynaconf's global object.
        arguments: in their order.
        module: the code around.
        scope: the names of the functions around the call.
        node: the call, or the import of the global object.
    """

    file: str
    line: int
    column: int
    callee: str
    arguments: tuple[Argument, ...]
    module: Module
    scope: Mapping[str, ast.expr | None]
    node: ast.AST

    def open_ended(self, argument: Argument) -> Mapping[str, ast.FunctionDef]:
        """The names of tables that functions around an argument take for whatever else they are handed, and whose."""
        place = argument.node if self.callee == FLASK else self.node  # which is handed some of them elsewhere
        around = self.module.functions_around(getattr(place, "lineno", 0))
        return {one.args.kwarg.arg: one for one in around if one.args.kwarg}

    @property
    def is_aside(self) -> bool:
        """Whether it belongs to tests, documents or examples, and not to the application."""
        return is_aside(self.file)

    @property
    def place(self) -> str:
        """The place as people write it: `app/config.py:7`."""
        return f"{self.file}:{self.line}"

    @property
    def origin(self) -> Origin:
        """The place as findings have it."""
        return Origin(kind="call", file=self.file, span=self.span(self.node))

    @property
    def has_unknown_names(self) -> bool:
        """Whether its module may have names that do not stand there: by stars from elsewhere, or by a table of them."""
        waiting, seen = [self.module], {self.module.file}
        while waiting:
            module = waiting.pop()
            others = [module.code.find(star, module.file) for star in module.stars]
            if None in others or any(module.calls_of(name) for name in _NAMESPACES):
                return True
            waiting += [one for one in others if one and one.file not in seen]
            seen |= {one.file for one in others if one}
        return False

    def evaluation(self, environ: Mapping[str, str] | None = None) -> Evaluation:
        """What the call's expressions come to, in a process with these variables."""
        return Evaluation(self.module, self.scope, environ=environ)

    def span(self, node: ast.AST) -> Span:
        """Where something of the call stands."""
        return self.module.span(node)

    @cached_property
    def spans(self) -> Mapping[Path, Span]:
        """Where the call says each path of its keywords."""
        found: dict[Path, Span] = {}
        for argument in self.arguments:
            found |= dict(self._placed((argument.name,), argument.node, argument.value))
        return found

    def _placed(self, path: Path, node: ast.AST, value: Any) -> Iterator[tuple[Path, Span]]:
        yield path, self.module.span(node)
        if isinstance(value, ast.Dict):
            for key, item in zip(value.keys, value.values, strict=True):
                if isinstance(key, ast.Constant):
                    yield from self._placed((*path, str(key.value)), key, item)
        elif isinstance(value, ast.Call):
            for keyword in value.keywords:
                if keyword.arg:
                    yield from self._placed((*path, keyword.arg), keyword, keyword.value)
        elif isinstance(value, ast.List | ast.Tuple):
            for number, item in enumerate(value.elts):
                yield from self._placed((*path, number), item, item)
