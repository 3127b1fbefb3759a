"""From a project and an environment's name to its tree."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from app.core.layers import Layer, Origin, Path, fold
from app.core.references import References
from app.core.tree import Leaf, Statement, Tree, in_order, leaves_of
from app.core.validators import Demands
from app.merging.folding import Memory
from app.merging.items import MergeOptions
from app.merging.lazy import references, variables_named
from app.merging.merge import MergeOutcome, loaded, merge
from app.modelling.shape import Shape
from app.sources.environ import NOWHERE, variable_layers
from app.sources.project import Project
from app.sources.sections import file_layers, with_tokens
from app.sources.shorthand import settle

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
    complete = bool(environ) and not places
    stated = variable_layers(project.options, environ, shape, dotenv, places)
    variables = [with_tokens(project, layer) for layer in stated]

    def layers_of(name: str, code: Sequence[Layer] = ()) -> list[Layer]:
        files = file_layers(project, name, shape)
        return _each_once([*_with_lookup(project, list(code)), *files, *_with_lookup(project, variables)])

    def other(name: str) -> "Loaded":
        """Another environment in the same process, without what the call says. Source: `Settings.from_env`."""
        folded = name.strip().lower() if project.options.sectioned else environment
        options = project.merging(name if project.options.sectioned else environment)
        return _load(layers_of(folded), options, known, complete=complete)

    layers = layers_of(environment, project.application.layers(environ))
    options = project.merging(environment)
    if demands is not None and demands.steps:
        from app.merging.validation import ValidatorRun  # noqa: PLC0415 - most projects have no validators

        checks = ValidatorRun(demands=demands, complete=complete, other=other)
        tree = _checked(layers, options, known, checks)
    else:
        tree = _merged(layers, options, known, project.memory)
    tree = with_defaults(tree, defaults) if defaults else tree
    return settle(tree, shape) if shape else tree


def _with_lookup(project: Project, layers: list[Layer]) -> list[Layer]:
    if project.options.dotted_lookup:
        return layers
    return [replace(layer, dotted_lookup=layer.dotted_lookup or False) for layer in layers]


def _each_once(layers: Sequence[Layer]) -> list[Layer]:
    """The layers, each an object of its own: `global` is loaded twice where it is selected."""
    found = {id(layer): layer for layer in layers}
    if len(found) == len(layers):
        return list(layers)
    return [found.pop(id(layer)) if id(layer) in found else replace(layer) for layer in layers]


def _load(layers: Sequence[Layer], options: MergeOptions, environ: Mapping[str, str], *, complete: bool) -> "Loaded":
    from app.merging.validation import Loaded  # noqa: PLC0415 - most projects have no validators

    replay, outcome = loaded(layers, options, environ)
    return Loaded(replay=replay, leaves=outcome.leaves, environ=environ, complete=complete)


def _checked(
    layers: Sequence[Layer], options: MergeOptions, environ: Mapping[str, str], checks: "ValidatorRun"
) -> Tree:
    """The tree of these layers as it is once the code's validators have seen it."""
    from app.merging.validation import Loaded, check  # noqa: PLC0415 - most projects have no validators

    replay, outcome = loaded(layers, options, environ)
    main = Loaded(replay=replay, leaves=outcome.leaves, environ=environ, complete=checks.complete)
    found = check(main, checks)
    above = [validator.layer for validator in checks.demands.validators]
    stated = [*outcome.statements, *found.said]
    checked = outcome._replace(leaves=in_order(found.leaves), statements=stated)
    tree = _tree([*layers, *above], options, environ, checked, Memory(options))
    speaking = {id(statement.layer) for statement in tree.statements}
    return replace(tree, results=found.results, layers=(*layers, *(one for one in above if id(one) in speaking)))


def _merged(layers: Sequence[Layer], options: MergeOptions, environ: Mapping[str, str], memory: Memory) -> Tree:
    """The tree of these layers, which can be asked what others would give."""
    return _tree(layers, options, environ, merge(layers, options, environ, memory), memory)


def _tree(
    layers: Sequence[Layer],
    options: MergeOptions,
    environ: Mapping[str, str],
    outcome: MergeOutcome,
    memory: Memory,
) -> Tree:
    def again(others: Sequence[Layer]) -> Tree:
        known = memory if memory.knows(others) else Memory(options)
        return _merged(others, options, environ, known)

    return Tree(
        environment=options.environment,
        leaves=tuple(_referring(outcome.leaves, outcome.references)),
        statements=tuple(outcome.statements),
        layers=tuple(layers),
        again=again,
    )


def with_defaults(tree: Tree, defaults: Layer) -> Tree:
    """The tree on top of a model's own values, which count where nothing else sets a key."""
    if not defaults.values:
        return tree
    leaves = in_order([*tree.leaves, *_unset(defaults, list(tree.leaves))])
    statements = (*_defaults(defaults), *tree.statements)
    return replace(tree, leaves=tuple(leaves), statements=statements, layers=(defaults, *tree.layers))


def _referring(leaves: Sequence[Leaf], said: Sequence[Statement]) -> Sequence[Leaf]:
    """The leaves, each with what its text refers to."""
    texts = {(id(item.layer), item.source): item.value for item in said}
    return _linked([_with_references(leaf, texts) for leaf in leaves]) if texts else leaves


def _with_references(leaf: Leaf, texts: Mapping[tuple[int, Path], str]) -> Leaf:
    text = texts.get((id(leaf.layer), leaf.source))
    if text is None:
        return leaf
    depth = len(leaf.source)
    rest = leaf.path[depth:] if fold(leaf.path[:depth]) == fold(leaf.source) else ()
    return replace(leaf, refers=tuple(references(text, rest)), reads=tuple(variables_named(text)))


def _linked(leaves: Sequence[Leaf]) -> Sequence[Leaf]:
    """The leaves, each that refers to others with the references of them all."""
    if not any(leaf.refers for leaf in leaves):
        return leaves
    through = References(leaves)
    return [replace(leaf, through=through) if leaf.refers else leaf for leaf in leaves]


def _defaults(layer: Layer) -> Iterator[Statement]:
    for path, value in leaves_of(layer.values):
        yield Statement(layer=layer, path=path, source=path, value=value)


def _unset(layer: Layer, leaves: list[Leaf]) -> Iterator[Leaf]:
    """The defaults that nothing sets: neither the key itself, nor one above it, nor (for lists) another item."""
    taken = {fold(leaf.path[:depth]) for leaf in leaves for depth in range(1, len(leaf.path) + 1)}
    whole = {_stem(fold(leaf.path)) for leaf in leaves}
    for path, value in leaves_of(layer.values):
        key = _stem(fold(path))
        if key not in taken and not any(key[:depth] in whole for depth in range(1, len(key))):
            yield Leaf(path=path, value=value, layer=layer, source=path)


def _stem(path: Path) -> Path:
    """The key of the outermost list that holds this path, else the path itself: lists are set as a whole."""
    return next((path[:depth] for depth, part in enumerate(path) if isinstance(part, int)), path)
