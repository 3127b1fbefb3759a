"""A key that the model does not know: usually a misspelling, and then the value it was meant for keeps its default.

Where the model forbids such keys it is an error. One that ignores them (`extra = "ignore"`, Pydantic's own default)
lets anything pass; then it is a warning for a key of a file that is written nearly as one of the model's is.

Wrong:

    # assay.toml
    schema = "app.schema:Settings"

    # settings/production.toml
    [production.server]
    prot = 80

Right:

    # assay.toml
    schema = "app.schema:Settings"

    # settings/production.toml
    [production.server]
    port = 80
"""

from collections.abc import Collection, Iterator

from app.core.errors import did_you_mean, nearest
from app.core.findings import Finding, Fix, Severity
from app.core.layers import Path, dotted
from app.core.tree import Leaf
from app.modelling.shape import Shape
from app.rules.kit.edits import removal
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.variables import Variable, strangers


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Keys that the model forbids, with the nearest that it knows; of those that it ignores, what has a near one."""
    yield from _ignored(rule, subject)
    told = {variable.name for variable in _strangers(subject)}
    for problem in subject.problems:
        if problem.kind == "unknown-key" and not _is_told(subject, problem.path, told):
            leaf = subject.tree.get(*problem.path) or next(subject.tree.below(problem.path), None)
            message = f"{dotted(problem.path)} is no setting."
            yield rule.finding(subject, problem.path, message, _fix(subject, problem.path, leaf), leaf=leaf)


def _ignored(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Keys of files that a model passes over, although it knows one that is written nearly so."""
    told: set[Path] = set()
    for leaf in subject.tree.leaves if subject.shape else ():
        if leaf.layer is None or leaf.layer.kind != "file" or not (found := _passed_over(subject.shape, leaf.path)):
            continue
        path, meant = found
        if path not in told:
            told.add(path)
            message = f"{dotted(path)} is no setting of the model, which passes over what it does not know."
            first = next(subject.tree.below(path), leaf)
            yield rule.finding(
                subject, path, message, f"Did you mean {meant!r}?", leaf=first, severity=Severity.WARNING
            )


def _passed_over(shape: Shape | None, path: Path) -> tuple[Path, str] | None:
    """The first part of a path that a table of the model ignores, with the field that it is near to."""
    for depth, part in enumerate(path):
        if shape is None or shape.open:
            return None
        if isinstance(part, int):
            continue
        name = part if part in shape.fields or depth else shape.spelled(part)
        if name is None or name not in shape.fields:
            meant = nearest(part, shape.fields) if shape.ignores else None
            return (path[: depth + 1], meant) if meant else None
        shape = shape.fields[name]
    return None


def _strangers(subject: EnvironmentContext) -> list[Variable]:
    """The variables that ENV001 tells of."""
    return list(strangers(subject.tree, subject.shape, prefixed=subject.prefixed)) if subject.shape else []


def _is_told(subject: EnvironmentContext, path: Path, told: Collection[str]) -> bool:
    """Whether all that stands there comes of such variables."""
    leaves = [leaf for leaf in (subject.tree.get(*path), *subject.tree.below(path)) if leaf]
    return bool(leaves) and all(leaf.layer is not None and leaf.layer.name in told for leaf in leaves)


def _fix(subject: EnvironmentContext, path: Path, leaf: Leaf | None) -> Fix | str:
    """The nearest key of the same table, else the table where the key belongs."""
    beside = subject.shape.at(path[:-1]) if subject.shape else None
    known = list(beside.fields) if beside else []
    word = str(path[-1])
    if not nearest(word, known) and subject.shape:
        elsewhere = [dotted(at) for at, _ in subject.shape.walk() if str(at[-1]).casefold() == word.casefold()]
        if elsewhere:
            return f"Did you mean {elsewhere[0]!r}?"
    return did_you_mean(word, known) or removal(f"Remove {dotted(path)}.", leaf)


RULE = Rule(
    id="TYP003",
    name="unknown-key",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A key that the model does not know.",
    source="the project's model",
    page=__doc__,
    check=check,
)
