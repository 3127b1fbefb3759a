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

import json
import re
from collections.abc import Iterator

from app.core.findings import Finding, Fix, Severity
from app.core.layers import dotted, fold
from app.modelling.problems import Problem
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.toml_text import toml_literal
from app.rules.kit.variable_texts import assignment, edit, kept, read
from app.rules.kit.variables import Variable

_LIST = r"valid (?:list|set|frozenset|tuple)\b"
_SAMPLES = {
    "integer": "1", "boolean": "true", "decimal": "1.5", "number": "1.5", "string": '"…"', "list": '["…"]',
    "set": '["…"]', "tuple": '["…"]', "dictionary": "{}", "datetime": "2026-01-31T12:00:00Z", "date": "2026-01-31",
}  # fmt: skip

_NUMBERS = {"1": int, "1.5": float, "true": bool}
"""Kinds whose samples could be taken for what is meant: a port of 1."""


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """What the model says about types."""
    for problem in subject.problems:
        if problem.kind == "wrong-type":
            leaf = subject.tree.get(*problem.path) or next(subject.tree.below(problem.path), None)
            message = f"{dotted(problem.path)} {problem.message}; what stands there is {problem.found}."
            variable = next((one for one in subject.variables if leaf and one.layer is leaf.layer), None)
            respelled = _respelled(subject, problem, variable) if variable else None
            fix = subject.setting(problem.path, sample=_sample(subject, problem), says="Correct it: write {}.")
            yield rule.finding(subject, problem.path, message, respelled or fix, leaf=leaf)


def _respelled(subject: EnvironmentContext, problem: Problem, variable: Variable) -> Fix | None:
    """The variable with the same text, so that Dynaconf reads it as what the model wants; None where none would do."""
    text = (variable.text or "").strip()
    if not text or text.startswith("@") or fold(variable.path) != fold(problem.path):
        return None
    is_hidden = subject.is_secret(variable.path)
    if "valid string" in problem.message and not isinstance(variable.value, str | None):
        made = None if is_hidden else edit(variable, kept(variable), text)
        return Fix(text=f"Correct it: write {assignment(variable, kept(variable), secret=is_hidden)}.", edit=made)
    meant = _structure(problem.message, text)
    if meant is None or is_hidden:
        return None
    made = edit(variable, *meant)
    return Fix(text=f"Correct it: write {assignment(variable, meant[0])}.", edit=made) if made else None


def _structure(wanted: str, text: str) -> tuple[str, object] | None:
    """The table or list that a text was meant as, and how Dynaconf reads it so: JSON, or items between commas."""
    kind = list if re.search(_LIST, wanted) else dict if "valid dictionary" in wanted else None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if kind is not None and isinstance(found, kind):
        return f"@json {text}", found
    inner = text[1:-1] if text[0] + text[-1] == "[]" else text
    if kind is not list or not isinstance(read(text), str) or set(inner) & set("[]{}="):
        return None
    items = [item.strip(" '\"") for item in inner.split(",") if item.strip(" '\"")]
    return (toml_literal(items), items) if items else None


def _sample(subject: EnvironmentContext, problem: Problem) -> str:
    """A value of the kind that the model wants: its own default for a number, else the kind's usual one."""
    usual = _usual(subject, problem)
    kind = None if subject.is_secret(problem.path) else _NUMBERS.get(usual)
    defaults = (said.value for said in subject.tree.said(problem.path) if said.layer.kind == "default")
    return next((toml_literal(value) for value in defaults if type(value) is kind), usual)


def _usual(subject: EnvironmentContext, problem: Problem) -> str:
    """The kind's usual value; for an item of a list what is said about the item alone."""
    shape = subject.shape.at(problem.path) if subject.shape and isinstance(problem.path[-1], str) else None
    if shape is not None and not shape.open:
        return shape.example
    return next((sample for kind, sample in _SAMPLES.items() if f"valid {kind}" in problem.message), '"…"')


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
