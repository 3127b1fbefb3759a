"""From a tree to typed settings, or to what is wrong with it."""

from pydantic import BaseModel, ValidationError

from app.core.tree import Tree
from app.modelling.declared import shape_of
from app.modelling.problems import Problem, problem


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
    values, shape = resolved.nested(), shape_of(model)
    try:
        return model.model_validate(values, context={"production": production}), ()
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        problems = [problem(detail["loc"], detail["type"], detail["msg"], values, shape) for detail in details]
    return None, tuple(problem for problem in problems if problem.path not in unresolved)
