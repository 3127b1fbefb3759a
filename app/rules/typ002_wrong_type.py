"""A value is of another type than the model asks for.

Wrong:

    # assay.toml
    schema = "app.schema:Settings"

    # settings/production.toml
    [production.server]
    port = "eighty"

Right:

    # assay.toml
    schema = "app.schema:Settings"

    # settings/production.toml
    [production.server]
    port = 80
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import dotted
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext

_SAMPLES = {"integer": "1", "boolean": "true", "number": "1.5", "string": '"…"', "list": '["…"]'}


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """What the model says about types."""
    for problem in subject.problems:
        if problem.kind == "wrong-type":
            leaf = subject.tree.get(*problem.path) or next(subject.tree.below(problem.path), None)
            message = f"{dotted(problem.path)} {problem.message}; what stands there is {problem.found}."
            fix = subject.setting(problem.path, sample=_sample(problem.message), says="Correct it: write {}.")
            yield rule.finding(subject, problem.path, message, fix, leaf=leaf)


def _sample(wanted: str) -> str:
    """A value of the kind that the model wants."""
    return next((sample for kind, sample in _SAMPLES.items() if kind in wanted), '"…"')


RULE = Rule(
    id="TYP002",
    name="wrong-type",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A value is of the wrong type.",
    source="the project's model",
    page=__doc__,
    check=check,
)
