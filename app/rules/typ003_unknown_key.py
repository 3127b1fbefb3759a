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

from collections.abc import Iterator

from app.errors import did_you_mean, nearest
from app.findings import Finding, Fix, Severity
from app.layers import Path, dotted
from app.rules.edits import removal
from app.rules.rule import Rule
from app.rules.subject import Subject
from app.tree import Leaf


def check(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """Keys that the model forbids, with the nearest that it knows."""
    for problem in subject.problems:
        if problem.kind == "unknown-key":
            leaf = subject.tree.get(*problem.path) or next(subject.tree.below(problem.path), None)
            message = f"{dotted(problem.path)} is no setting."
            yield rule.finding(subject, problem.path, message, _fix(subject, problem.path, leaf), leaf=leaf)


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
