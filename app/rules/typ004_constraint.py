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

import re
from collections.abc import Iterator

from app.core.findings import Finding, Fix, Severity
from app.core.layers import Origin, Path, dotted
from app.core.roles import SECRET_ROLES, words
from app.core.tree import Leaf
from app.modelling.problems import Problem
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext

_LIMIT = r"\b(?P<how>(?:greater|less) than(?: or equal to)?) (?P<number>-?\d{1,300})(?![\d.])"
_STEPS = {"greater than": 1, "less than": -1}
_CHOICE = r"\bshould be '(?P<word>[^'\"\\]+)'"


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """What the model says about limits."""
    for problem in subject.problems:
        if problem.kind == "constraint":
            leaf = subject.tree.get(*problem.path)
            origin, named = (None, ()) if leaf else (_table(subject, problem.path), _named(subject, problem))
            said = _sentence(problem, dotted(problem.path))
            yield rule.finding(subject, problem.path, said, _fix(subject, problem, leaf), leaf=leaf, origin=origin,
                               related=named)  # fmt: skip


def _fix(subject: EnvironmentContext, problem: Problem, leaf: Leaf | None) -> Fix | str:
    """The key with another value; of a table's values nobody knows which is the wrong one."""
    if problem.unreached:
        key = dotted(problem.path)
        return f"Name the model's field {key}, or {key.upper()} as all others are: of a key's own case nothing is left."
    if problem.named:
        return f"Rename {dotted(problem.path)}, or take it out."
    if leaf is None or leaf.path != problem.path or leaf.layer is None:
        return f"Correct {dotted(problem.path)}." if problem.path else "Correct the values that it speaks of."
    says, is_secret = f"Correct {leaf.key}: {{}}.", subject.role(leaf.path, leaf.value) in SECRET_ROLES
    return subject.setting(leaf.path, sample=_sample(problem.message), says=says, secret=is_secret)


def _sample(message: str) -> str:
    """A value that the limit lets pass, where its words name one; else what stands for another of the kind."""
    if found := re.search(_LIMIT, message):
        return str(int(found["number"]) + _STEPS.get(found["how"], 0))
    if found := re.search(_CHOICE, message):
        return f'"{found["word"]}"'
    return '"…"'


def _sentence(problem: Problem, key: str) -> str:
    if problem.own or not key:
        return f"{key or 'The model refuses the values'}: {problem.message}."
    return f"{key} {problem.message}."


def _table(subject: EnvironmentContext, path: Path) -> Origin | None:
    """Where a table stands that the model refuses as a whole: in the highest layer that has it; None for the whole.

    No single value in it is known to be the wrong one, and a line that merely comes first would be blamed.
    """
    if not path:
        return None
    winners = {id(leaf.layer): leaf for leaf in subject.tree.below(path) if leaf.layer and leaf.layer.kind != "default"}
    having = [winners[id(layer)] for layer in reversed(subject.tree.layers) if id(layer) in winners]
    places = [leaf.layer.origin(leaf.source[: len(path)]) for leaf in having if leaf.layer]
    return next((place for place in places if place.kind != "file" or place.span), None)


def _named(subject: EnvironmentContext, problem: Problem) -> tuple[Origin, ...]:
    """The values of a table that the message names, by their places."""
    below = [leaf for leaf in subject.tree.below(problem.path) if leaf.layer and leaf.layer.kind != "default"]
    said = set(words(problem.message))
    found = [leaf.origin for leaf in below if set(words(_name(leaf))) <= said]
    return tuple(dict.fromkeys(origin for origin in found if origin))


def _name(leaf: Leaf) -> str:
    return str(next(part for part in reversed(leaf.path) if isinstance(part, str)))


RULE = Rule(
    id="TYP004",
    name="constraint",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A value breaks a limit of the model.",
    source="the project's model",
    page=__doc__,
    check=check,
)
