"""The address book: what an outside engineer relies on to find a place in `app/`."""

import ast
from collections import Counter
from pathlib import Path

APP = Path(__file__).parent.parent / "app"
MODULES = sorted(APP.rglob("*.py"))

FAMILIES = {"rules", "rules/kit"}
"""Folders that are a list of like things, one a file."""


LONG = {
    "project/model/runner.py",  # the project's interpreter runs it: a second file would be a name among the project's
}
"""Modules of more than 300 lines, each for its reason."""


def test_no_module_is_long() -> None:
    long = {str(module.relative_to(APP)) for module in MODULES if len(module.read_text().splitlines()) > 300}
    assert long == LONG


def test_no_two_classes_share_a_name() -> None:
    classes = Counter(
        node.name
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in classes.items() if count > 1] == []


def test_no_folder_is_a_heap() -> None:
    folders = Counter(str(module.parent.relative_to(APP)) for module in MODULES if module.name != "__init__.py")
    assert {folder: count for folder, count in folders.items() if count > 15 and folder not in FAMILIES} == {}


def test_no_two_modules_of_tests_share_a_name() -> None:
    names = Counter(module.name for module in Path(__file__).parent.rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
