"""Tokens of the code's own: `add_converter("path", Path)` makes Dynaconf read values that begin with `@path`."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from app.application.calls import is_aside
from app.application.code import Code
from app.application.evaluation import Evaluation
from app.application.functions import Unclear

_CALLEES = frozenset({"dynaconf.add_converter", "dynaconf.utils.parse_conf.add_converter"})


def own_tokens(code: Code, files: Iterable[Path]) -> Iterator[str]:
    """The tokens that these files make, with `@`; `@` alone where one is computed, which may be any.

    Source: `add_converter` in `utils/parse_conf.py` of Dynaconf 3.3.5.
    """
    for path in files:
        if b"add_converter(" not in code.met(path) or is_aside(path.relative_to(code.root, walk_up=True).as_posix()):
            continue
        module = code.module(path)
        for node in ast.walk(module.tree) if module else ():
            if module and isinstance(node, ast.Call) and Evaluation(module).meaning(node.func) in _CALLEES:
                yield _token(node, Evaluation(module))


def _token(node: ast.Call, evaluation: Evaluation) -> str:
    named = [one.value for one in node.keywords if one.arg == "converter_key"]
    try:
        return "@" + str(evaluation.value([*node.args, *named][0])).removeprefix("@")
    except (Unclear, IndexError):
        return "@"
