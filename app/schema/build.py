"""From a tree to typed settings, or to what is wrong with it."""

from typing import Any, Literal

from msgspec import Struct
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.layers import Path
from app.tree import Tree

type Kind = Literal["missing", "wrong-type", "unknown-key", "constraint"]

_NOUNS = {bool: "a boolean", int: "an integer", float: "a number", str: "a string", list: "a list", dict: "a table"}


class Problem(Struct, frozen=True, kw_only=True):
    """One thing that the model says about the values.

    Attributes:
        kind: which of the four TYP rules speaks.
        path: the key, as the values spell it.
        message: what the model wants; never the value.
        found: the kind of what stands there.
    """

    kind: Kind
    path: Path
    message: str
    found: str = ""


def build[M: BaseModel](tree: Tree, model: type[M], *, production: bool) -> tuple[M | None, tuple[Problem, ...]]:
    """The settings of a tree, or every problem that the model has with them.

    Args:
        tree: the effective values; unresolved leaves are left out and not complained about.
        model: the project's model.
        production: whether requirements of production-like environments hold.
    """
    unresolved = {leaf.path for leaf in tree.leaves if leaf.state == "unresolved"}
    resolved = Tree(
        environment=tree.environment, leaves=tuple(leaf for leaf in tree.leaves if leaf.path not in unresolved)
    )
    try:
        return model.model_validate(resolved.nested(), context={"production": production}), ()
    except ValidationError as error:
        details = error.errors(include_input=True, include_url=False, include_context=True)
        problems = [_problem(detail) for detail in details]
    return None, tuple(problem for problem in problems if problem.path not in unresolved)


def _problem(detail: ErrorDetails) -> Problem:
    path = tuple(part for part in detail["loc"] if not str(part).startswith("function-"))
    kind = _kind(detail["type"])
    found = _noun(detail["input"]) if kind == "wrong-type" else ""
    return Problem(kind=kind, path=path, message=_message(detail), found=found)


def _kind(error: str) -> Kind:
    if error == "missing":
        return "missing"
    if error in {"extra_forbidden", "unexpected_keyword_argument"}:
        return "unknown-key"
    return "wrong-type" if error.endswith(("_type", "_parsing", "_from_float")) else "constraint"


def _message(detail: ErrorDetails) -> str:
    message = detail["msg"]
    for prefix in ("Value error, ", "Assertion failed, ", "Input "):
        message = message.removeprefix(prefix)
    return message[:1].lower() + message[1:]


def _noun(value: Any) -> str:
    return next((noun for kind, noun in _NOUNS.items() if type(value) is kind), f"a {type(value).__name__}")
