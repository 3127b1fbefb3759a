"""The variables that override settings in one environment."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.core.layers import VARIABLES, Layer, Origin, Path, fold
from app.core.tree import Statement, Tree
from app.modelling.problems import Problem
from app.modelling.shape import Shape

_ALWAYS = "DYNACONF_"


class Variable(Struct, frozen=True, kw_only=True, eq=False):
    """One variable as it was read.

    Attributes:
        path: the key that it sets.
        text: its text; None where the model decided how to read it.
        value: what Dynaconf reads it as; None for a table or list that holds something.
        leaves: every key that it sets, with its value.
        prefixed: whether its name says that it is meant for this project.
    """

    layer: Layer
    path: Path
    text: str | None
    value: Any
    leaves: tuple[tuple[Path, Any], ...]
    prefixed: bool

    @property
    def name(self) -> str:
        """The variable's name."""
        return self.layer.name or ""

    @property
    def origin(self) -> Origin:
        """Where it is set."""
        return self.layer.origin(())


def variables(tree: Tree, *, prefixed: bool = True) -> Iterator[Variable]:
    """The variables among a tree's layers, lowest first.

    Args:
        tree: what the layers say.
        prefixed: whether only variables with a prefix override.
    """
    for layer, said in tree.by_layer:
        if layer.kind in VARIABLES:
            yield _variable(said, prefixed=prefixed)


def _variable(said: Sequence[Statement], *, prefixed: bool) -> Variable:
    first = said[0]
    layer = first.layer
    raw = next(iter(layer.values.values()))
    path = first.path[: len(first.path) - len(first.source) + 1]
    return Variable(
        layer=layer,
        path=path,
        text=raw if isinstance(raw, str) and not layer.literal else None,
        value=first.value if first.path == path else None,
        leaves=tuple((statement.path, statement.value) for statement in said),
        prefixed=prefixed or (layer.name or "").startswith(_ALWAYS),
    )


def strangers(tree: Tree, shape: Shape, *, prefixed: bool = True) -> Iterator[Variable]:
    """The variables whose key a model does not know, and that no file sets either."""
    unknown = [variable for variable in variables(tree, prefixed=prefixed) if shape.at(variable.path) is None]
    if not unknown:
        return
    said = [fold(statement.path) for statement in tree.statements if statement.layer.kind == "file"]
    in_files = {path[:depth] for path in said for depth in range(1, len(path) + 1)}
    yield from (variable for variable in unknown if fold(variable.path) not in in_files)


def is_refused(problems: Iterable[Problem], path: Path) -> bool:
    """Whether the model says that this key, or a table above it, may not be there."""
    unknown = (fold(problem.path) for problem in problems if problem.kind == "unknown-key")
    return any(fold(path)[: len(at)] == at for at in unknown)


def without_strangers(tree: Tree, shape: Shape, *, prefixed: bool | None = None) -> Tree:
    """The tree as a model may check it: a variable that was never meant for it is no reason to refuse the rest.

    Args:
        tree: what the layers say.
        shape: what the model knows.
        prefixed: whether only variables with a prefix override: those are meant for the project and stay, since its own
            model gets them in the application, too. None where no unknown variable reaches the model.
    """
    meant = prefixed is not None
    found = strangers(tree, shape, prefixed=bool(prefixed))
    unknown = {id(variable.layer) for variable in found if not (meant and variable.prefixed)}
    return replace(tree, leaves=tuple(leaf for leaf in tree.leaves if id(leaf.layer) not in unknown))
