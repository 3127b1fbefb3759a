"""What pytest hands to tests: the parameters of a test, and of a fixture, name the fixtures that fill them."""

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from app.application.usage.facts import ModuleFacts

_TESTS = frozenset({"test", "tests", "testing"})
_DECORATORS = frozenset({"fixture", "yield_fixture"})


def is_test(file: str) -> bool:
    """Whether a file belongs to tests."""
    *folders, name = file.lower().split("/")
    is_named = name.startswith("test_") or name.endswith("_test.py") or name in {"conftest.py", "tests.py"}
    return is_named or not _TESTS.isdisjoint(folders)


def fixture_name(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The name under which tests get what a function gives; empty where it is no fixture."""
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if getattr(called, "attr", getattr(called, "id", "")) in _DECORATORS:
            keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
            named = (one.value for one in keywords if one.arg == "name")
            return next((str(one.value) for one in named if isinstance(one, ast.Constant)), node.name)
    return ""


def parameters_of_tests(facts: ModuleFacts) -> Iterator[tuple[str, str]]:
    """The parameters that pytest fills: the symbol of each, and the name of the fixture."""
    fixtures = set(facts.fixtures.values())
    for function, names in facts.functions.items():
        is_method = function in facts.methods
        if function in fixtures or (":" not in function and function.rpartition(".")[2].startswith("test")):
            yield from ((f"{function}:{name}", name) for name in names[is_method:])


@lru_cache(1 << 12)
def conftests(file: Path) -> tuple[Path, ...]:
    """The files whose fixtures a file has, the nearest first: its own, and those of each conftest.py above it."""
    return tuple(dict.fromkeys((file, *(folder / "conftest.py" for folder in file.parents))))


def filled_parameters(
    file: Path, facts: ModuleFacts, modules: Mapping[Path, ModuleFacts]
) -> Iterator[tuple[str, tuple[Path, str] | None]]:
    """The parameters that fixtures of the project fill, with these; those called `settings` that none does, with None.

    Args:
        file: the parameters'.
        facts: its own.
        modules: those of the files whose fixtures it has, the nearest first.
    """
    for symbol, name in parameters_of_tests(facts):
        function = fixture_of(name, symbol, file, modules)
        if function or name == "settings":
            yield symbol, function


def fixture_of(name: str, symbol: str, file: Path, modules: Mapping[Path, ModuleFacts]) -> tuple[Path, str] | None:
    """The function that fills a parameter.

    Args:
        name: the fixture's.
        symbol: the parameter's; a fixture that takes one of its own name gets that of a file above.
        file: the parameter's.
        modules: the facts of the files whose fixtures it has, the nearest first.
    """
    for place, facts in modules.items():
        function = facts.fixtures.get(name)
        if function and not (place == file and symbol.startswith(f"{function}:")):
            return place, function
    return None
