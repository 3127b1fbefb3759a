"""A value breaks a limit that the model sets.

Wrong:

    # assay.toml
    schema = "app.schema:Settings"

    # settings/production.toml
    [production.server]
    port = 80000

Right:

    # assay.toml
    schema = "app.schema:Settings"

    # settings/production.toml
    [production.server]
    port = 8000
"""

from collections.abc import Iterator

from app.findings import Finding, Fix, Severity
from app.layers import dotted
from app.roles import SECRET_ROLES, words
from app.rules.rule import Rule
from app.rules.subject import Subject
from app.schema.build import Problem
from app.tree import Leaf


def check(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """What the model says about limits."""
    for problem in subject.problems:
        if problem.kind == "constraint":
            key = dotted(problem.path)
            leaf = _leaf(subject, problem)
            yield rule.finding(subject, problem.path, _sentence(problem, key), _fix(subject, problem, leaf), leaf=leaf)


def _fix(subject: Subject, problem: Problem, leaf: Leaf | None) -> Fix | str:
    """The key with another value; of a table's values nobody knows which is the wrong one."""
    if leaf is None or leaf.path != problem.path or leaf.layer is None:
        return f"Correct {dotted(problem.path)}." if problem.path else "Correct the values that it speaks of."
    says, is_secret = f"Correct {leaf.key}: {{}}.", subject.role(leaf.path, leaf.value) in SECRET_ROLES
    return subject.setting(leaf.path, sample=_sample(leaf.value), says=says, secret=is_secret)


def _sample(value: object) -> str:
    """What stands for another value of the kind."""
    return "…" if isinstance(value, int | float) else '"…"'


def _sentence(problem: Problem, key: str) -> str:
    if problem.own or not key:
        return f"{key or 'The model refuses the values'}: {problem.message}."
    return f"{key} {problem.message}."


def _leaf(subject: Subject, problem: Problem) -> Leaf | None:
    """The value itself; of a table, the first value that the message names, else the first of all."""
    below = [leaf for leaf in subject.tree.below(problem.path) if leaf.layer is None or leaf.layer.kind != "default"]
    said = set(words(problem.message))
    named = (leaf for leaf in below if set(words(_name(leaf))) <= said)
    first = next(iter(below), None) if problem.path else None
    return subject.tree.get(*problem.path) or next(named, first)


def _name(leaf: Leaf) -> str:
    return str(next(part for part in reversed(leaf.path) if isinstance(part, str)))


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
