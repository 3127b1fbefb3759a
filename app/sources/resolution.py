"""From a project and an environment's name to its tree."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from app.core.layers import Layer, Origin, Path, fold
from app.core.references import References
from app.core.tree import Leaf, Statement, Tree
from app.core.validators import Demands
from app.merging.items import MergeOptions
from app.merging.lazy import references, variables_named
from app.merging.merge import loaded, merge
from app.merging.merge_result import Merged, StatedLeaf
from app.modelling.shape import Shape
from app.sources.environ import NOWHERE, variable_layers
from app.sources.project import Project
from app.sources.sections import file_layers
from app.sources.shorthand import order, settle

if TYPE_CHECKING:
    from app.merging.validation import Loaded, ValidatorRun
    from app.sources.dotenv import Dotenv


def resolve(
    project: Project,
    environment: str,
    environ: Mapping[str, str],
    *,
    shape: Shape | None = None,
    defaults: Layer | None = None,
    dotenv: "Dotenv | None" = None,
    demands: Demands | None = None,
    places: Mapping[str, Origin] = NOWHERE,
) -> Tree:
    """The effective values of one environment.

    Args:
        project: where the profiles are.
        environment: one of the project's; see `Project.known`.
        environ: the variables that belong to this environment; empty where it is inactive.
        shape: what the project's model says about its keys.
        defaults: the model's own values, which count where nothing else sets a key.
        dotenv: the `.env` file, where the project loads one and it belongs to this environment.
        demands: what the application's code demands, whose defaults and casts change values; None where it demands
            nothing.
        places: where those variables stand that a deployment gives.

    Reads the project's files and the mapping it was handed, and nothing else.
    """
    known = dotenv.over(environ) if dotenv else environ
    variables = variable_layers(project.options, environ, shape, dotenv, places)

    def layers_of(name: str, code: Sequence[Layer] = ()) -> list[Layer]:
        return _with_lookup(project, [*code, *file_layers(project, name, shape), *variables])

    def other(name: str) -> "Loaded":
        """Another environment in the same process, without what the call says. Source: `Settings.from_env`."""
        folded = name.strip().lower() if project.options.sectioned else environment
        options = _merge_options(project, name if project.options.sectioned else environment)
        return _load(layers_of(folded), options, known)

    layers = layers_of(environment, project.application.layers(environ))
    options = _merge_options(project, environment)
    if demands is not None and demands.steps:
        from app.merging.validation import ValidatorRun  # noqa: PLC0415 - most projects have no validators

        tree = _checked(layers, options, known, ValidatorRun(demands=demands, other=other))
    else:
        tree = _merged(layers, options, known)
    tree = with_defaults(tree, defaults) if defaults else tree
    return settle(tree, shape) if shape else tree


def _with_lookup(project: Project, layers: list[Layer]) -> list[Layer]:
    if project.options.dotted_lookup:
        return layers
    return [replace(layer, dotted_lookup=layer.dotted_lookup or False) for layer in layers]


def _load(layers: Sequence[Layer], options: MergeOptions, environ: Mapping[str, str]) -> "Loaded":
    from app.merging.validation import Loaded  # noqa: PLC0415 - most projects have no validators

    replay, merged, _ = loaded(layers, options, environ)
    return Loaded(replay=replay, merged=merged, layers=layers, environ=environ)


def _checked(
    layers: Sequence[Layer], options: MergeOptions, environ: Mapping[str, str], checks: "ValidatorRun"
) -> Tree:
    """The tree of these layers as it is once the code's validators have seen it."""
    from app.merging.validation import Loaded, check  # noqa: PLC0415 - most projects have no validators

    replay, merged, said = loaded(layers, options, environ)
    found = check(Loaded(replay=replay, merged=merged, layers=layers, environ=environ), checks)
    above = [validator.layer for validator in checks.demands.validators]
    tree = _tree([*layers, *above], options, environ, found.merged, [*said, *found.said])
    speaking = {id(statement.layer) for statement in tree.statements}
    return replace(tree, results=found.results, layers=(*layers, *(one for one in above if id(one) in speaking)))


def _merged(layers: Sequence[Layer], options: MergeOptions, environ: Mapping[str, str]) -> Tree:
    """The tree of these layers, which can be asked what others would give."""
    return _tree(layers, options, environ, *merge(layers, options, environ))


def _tree(
    layers: Sequence[Layer],
    options: MergeOptions,
    environ: Mapping[str, str],
    merged: Sequence[Merged],
    said: Sequence[StatedLeaf],
) -> Tree:
    statements = [_statement(statement, layers) for statement in said]
    tokens = {(item.layer, item.source): item.value for item in said if _is_lazy(item.value)}
    leaves = sorted(_linked([_leaf(leaf, layers, tokens) for leaf in merged]), key=order)
    return Tree(
        environment=options.environment,
        leaves=tuple(leaves),
        statements=tuple(statements),
        layers=tuple(layers),
        again=lambda others: _merged(others, options, environ),
    )


def with_defaults(tree: Tree, defaults: Layer) -> Tree:
    """The tree on top of a model's own values, which count where nothing else sets a key."""
    if not defaults.values:
        return tree
    leaves = sorted([*tree.leaves, *_unset(defaults, list(tree.leaves))], key=order)
    statements = (*_defaults(defaults), *tree.statements)
    return replace(tree, leaves=tuple(leaves), statements=statements, layers=(defaults, *tree.layers))


def _merge_options(project: Project, environment: str) -> MergeOptions:
    options = project.options
    return MergeOptions(
        merge_enabled=options.merge_enabled,
        nested_separator=options.separator,
        ignore_unknown_envvars=options.ignore_unknown_envvars,
        lists=options.lists,
        auto_cast=options.auto_cast,
        dotted_lookup=options.dotted_lookup,
        environment=environment,
    )


def _statement(said: StatedLeaf, layers: Sequence[Layer]) -> Statement:
    return Statement(layer=layers[said.layer], path=said.path, source=said.source, value=said.value)


def _is_lazy(value: object) -> bool:
    return isinstance(value, str) and value.startswith("@") and ("@format" in value or "@get" in value)


def _leaf(merged: Merged, layers: Sequence[Layer], tokens: Mapping[tuple[int, Path], Any]) -> Leaf:
    layer = None if merged.layer is None else layers[merged.layer]
    text = None if merged.layer is None else tokens.get((merged.layer, merged.source))
    depth = len(merged.source)
    rest = merged.path[depth:] if fold(merged.path[:depth]) == fold(merged.source) else ()
    return Leaf(
        path=merged.path,
        value=merged.value,
        layer=layer,
        source=merged.source,
        state=merged.state,
        reason=merged.reason,
        refers=tuple(references(text, rest)) if text else (),
        reads=tuple(variables_named(text)) if text else (),
    )


def _linked(leaves: list[Leaf]) -> list[Leaf]:
    """The leaves, each that refers to others with the references of them all."""
    if not any(leaf.refers for leaf in leaves):
        return leaves
    through = References(leaves)
    return [replace(leaf, through=through) if leaf.refers else leaf for leaf in leaves]


def _defaults(layer: Layer) -> Iterator[Statement]:
    for path, value in _flat(layer.values, ()):
        yield Statement(layer=layer, path=path, source=path, value=value)


def _flat(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _flat(item, (*path, key))
    elif isinstance(value, list) and value:
        for number, item in enumerate(value):
            yield from _flat(item, (*path, number))
    else:
        yield path, value


def _unset(layer: Layer, leaves: list[Leaf]) -> Iterator[Leaf]:
    """The defaults that nothing sets: neither the key itself, nor one above it, nor (for lists) another item."""
    taken = {fold(leaf.path[:depth]) for leaf in leaves for depth in range(1, len(leaf.path) + 1)}
    whole = {_stem(fold(leaf.path)) for leaf in leaves}
    for path, value in _flat(layer.values, ()):
        key = _stem(fold(path))
        if key not in taken and not any(key[:depth] in whole for depth in range(1, len(key))):
            yield Leaf(path=path, value=value, layer=layer, source=path)


def _stem(path: Path) -> Path:
    """The key of the outermost list that holds this path, else the path itself: lists are set as a whole."""
    return next((path[:depth] for depth, part in enumerate(path) if isinstance(part, int)), path)
