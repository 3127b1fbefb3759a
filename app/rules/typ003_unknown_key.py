"""A key that the model does not know: usually a misspelling, and then the value it was meant for keeps its default.

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

from app.errors import did_you_mean, nearest
from app.findings import Finding, Fix, Severity
from app.layers import Path, dotted
from app.rules.edits import removal
from app.rules.rule import Rule
from app.rules.subject import Subject
from app.rules.variables import Variable, strangers
from app.tree import Leaf


def check(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """Keys that the model forbids, with the nearest that it knows."""
    told = {variable.name for variable in _strangers(subject)}
    for problem in subject.problems:
        if problem.kind == "unknown-key" and not _is_told(subject, problem.path, told):
            leaf = subject.tree.get(*problem.path) or next(subject.tree.below(problem.path), None)
            message = f"{dotted(problem.path)} is no setting."
            yield rule.finding(subject, problem.path, message, _fix(subject, problem.path, leaf), leaf=leaf)


def _strangers(subject: Subject) -> list[Variable]:
    """The variables that ENV001 tells of."""
    return list(strangers(subject.tree, subject.shape, prefixed=subject.prefixed)) if subject.shape else []


def _is_told(subject: Subject, path: Path, told: Collection[str]) -> bool:
    """Whether all that stands there comes of such variables."""
    leaves = [leaf for leaf in (subject.tree.get(*path), *subject.tree.below(path)) if leaf]
    return bool(leaves) and all(leaf.layer is not None and leaf.layer.name in told for leaf in leaves)


def _fix(subject: Subject, path: Path, leaf: Leaf | None) -> Fix | str:
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
    speaks="always",
    summary="A key that the model does not know.",
    source="the project's model",
    page=__doc__,
    check=check,
)
