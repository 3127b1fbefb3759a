"""A project's own model that has answered, and what its answer says about the environments."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from app.core.layers import Layer, Origin, Path, fold, stem
from app.core.tree import Tree
from app.modelling.described import defaults_of_schema, shape_of_schema
from app.modelling.problems import Problem, problem
from app.modelling.public import public_schema
from app.modelling.shape import Shape
from app.project.model.ask import ModelAnswer, ModelInput, ask
from app.project.model.errors import ModelError
from app.project.model.replies import ModelComplaint
from app.reports import wire
from app.rules.kit.variables import without_strangers
from app.sources.project import Project
from app.sources.toml import read


class AnsweredModel(Struct, frozen=True, kw_only=True, dict=True):
    """A model that has answered.

    Attributes:
        answer: what it said.
        problems: what it says about each environment that it was asked about.
    """

    answer: ModelAnswer
    problems: Mapping[str, tuple[Problem, ...]]

    @cached_property
    def shape(self) -> Shape:
        """What it says about its keys."""
        return _shape(self.answer)

    @cached_property
    def defaults(self) -> Layer:
        """The values that it gives where nothing is set."""
        values, models = defaults_of_schema(self.answer.schema)
        return Layer(kind="default", values=_lowered(values), models={_folded(at): name for at, name in models.items()})

    @cached_property
    def schema(self) -> dict[str, Any]:
        """Its JSON Schema, as it gives it; but anybody may ask for that, and a default may be a secret."""
        return public_schema(self.answer.schema)


def ask_model(
    project: Project, environ: Mapping[str, str], trees: Mapping[str, Tree], variables: Mapping[str, Mapping[str, str]]
) -> AnsweredModel:
    """Asks the project's model about the environments with these trees and variables, in one process.

    Raises:
        ModelError: it cannot be asked; the place is the option's, where there is none in the model's own files.
    """
    checked: dict[str, Tree] = {}
    shapes: list[Shape] = []

    def choose(answer: ModelAnswer) -> list[ModelInput]:
        shapes.append(_shape(answer))
        prefixed = project.options.prefixes is not None
        meant = {name: without_strangers(tree, shapes[0], prefixed=prefixed) for name, tree in trees.items()}
        checked.update({name: _known(tree) for name, tree in meant.items()})
        return [
            ModelInput(values=tree.nested(), production=project.is_production(name), environ=variables[name])
            for name, tree in checked.items()
        ]

    try:
        answer = ask(project.options.schema_ or "", project.root, environ, choose)
    except ModelError as error:
        error.origin = error.origin or _option(project)
        raise
    problems = {
        name: tuple(_problems(errors, checked[name], trees[name], shapes[0]))
        for name, errors in zip(checked, answer.errors, strict=False)
    }
    return AnsweredModel(answer=answer, problems=problems)


def _shape(answer: ModelAnswer) -> Shape:
    """The model's keys, at the top by every name that they have.

    Raises:
        ModelError: what the model gives for its JSON Schema is none.
    """
    try:
        shape = shape_of_schema(answer.schema)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        message = "The project's model describes itself in what is no JSON Schema."
        raise ModelError(message, fix="See what its model_json_schema() and json_schema_extra give.") from None
    fields = dict(shape.fields)
    for names in answer.names:
        known = next((fields[name] for name in names if name in fields), None)
        fields |= dict.fromkeys(names, known) if known else {}
    return replace(shape, fields=fields)


def _unknown(tree: Tree) -> set[Path]:
    """What nobody knows here: values that only code would tell, references that lead nowhere, lists that hold such."""
    return {fold(stem(leaf.path)) for leaf in tree.leaves if leaf.state != "plain"}


def _known(tree: Tree) -> Tree:
    unknown = _unknown(tree)
    return replace(tree, leaves=tuple(leaf for leaf in tree.leaves if fold(stem(leaf.path)) not in unknown))


def _problems(errors: Iterable[ModelComplaint], checked: Tree, tree: Tree, shape: Shape) -> Iterator[Problem]:
    values, unknown = checked.nested(), _unknown(tree)
    for error in errors:
        found = problem(error.loc, error.type, error.msg, values, shape)
        at = fold(found.path)
        is_within = any(at[: len(one)] == one for one in unknown)
        is_above = found.kind == "missing" and any(one[: len(at)] == at for one in unknown)
        if not is_within and not is_above:
            yield found


def _folded(path: Path) -> Path:
    return (str(path[0]).lower(), *path[1:]) if path else path


def _lowered(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with their top-level keys as trees spell them."""
    return {key.lower(): value for key, value in values.items()}


def _option(project: Project) -> dict[str, object] | None:
    """The place of the option that names the model."""
    name = project.options_file
    if name is None:
        return None
    document = read(project.root / name, name, project.bounds)
    span = document.locate(("schema",)) or document.locate(("tool", "assay", "schema"))
    place: dict[str, object] = to_builtins(wire.origin(Origin(kind="file", file=name, span=span)))
    return place
