"""A value breaks a limit that the model sets.

Wrong:

    [production.server]
    port = 80000

Right:

    [production.server]
    port = 8000
"""

from collections.abc import Iterator

from app.findings import Finding, Severity
from app.layers import dotted
from app.rules.rule import Rule
from app.rules.subject import Subject


def check(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """What the model says about limits."""
    for problem in subject.problems:
        if problem.kind == "constraint":
            leaf = subject.tree.get(*problem.path) or next(subject.tree.below(problem.path), None)
            key = dotted(problem.path)
            yield rule.finding(subject, problem.path, f"{key} {problem.message}.", f"Correct {key}.", leaf=leaf)


RULE = Rule(
    id="TYP004",
    name="constraint",
    severity=Severity.ERROR,
    speaks="always",
    summary="A value breaks a limit of the model.",
    source="the project's model",
    page=__doc__,
    check=check,
)
