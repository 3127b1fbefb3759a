"""A value that the model requires is set nowhere.

Where only the environment's own deployment holds a required secret, it is *deferred* in every place where that
environment is not active: told, not failed.

Wrong: `app.secret_key` is required in production, and neither a file nor a variable sets it.

    # assay.toml
    schema = "app.schema:Settings"

Right:

    # assay.toml
    schema = "app.schema:Settings"

    # .secrets.toml
    [production.app]
    secret_key = "Vd4-kP9s_Tm2xQ7wLz5bNc8yRf3hJg6eUa1"
"""

from collections.abc import Iterator

from msgspec.structs import replace

from app.core.findings import Deferred, Finding, Fix, Severity
from app.core.layers import dotted
from app.core.roles import SECRET_ROLES
from app.modelling.problems import Problem
from app.rules.kit.misspelling import misspelling_of
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Missing values, but for those that are deferred."""
    for problem in _missing(subject):
        if not is_deferred(subject, problem):
            message = f"{dotted(problem.path)} is missing: {_why(problem)}."
            yield rule.finding(subject, problem.path, message, _fix(subject, problem))


def _fix(subject: EnvironmentContext, problem: Problem) -> Fix | str:
    """How it is set: where a variable was meant to set it, by that one's name."""
    if found := misspelling_of(subject, problem.path):
        variable, name = found
        file = variable.origin.file
        return f"Rename {variable.name}{f' in {file}' if file else ''} to {name}."
    shape = subject.shape.at(problem.path) if subject.shape else None
    sample = shape.example if shape else '"…"'
    return subject.setting(problem.path, sample=sample, says="Add {}.", secret=is_secret(subject, problem))


def deferred(subject: EnvironmentContext) -> Iterator[Deferred]:
    """Required secrets that an inactive environment does not hold here."""
    for problem in _missing(subject):
        if is_deferred(subject, problem):
            yield subject.deferral(problem.path, dotted(problem.path))


def strict(deferred: Deferred, environment: str) -> Finding:
    """What is deferred, where everything that is required must be here."""
    fix = f"Set {deferred.variable}." if deferred.variable else f"Set {deferred.key}."
    message = f"{deferred.key} is missing: what its deployment supplies counts as missing here."
    return Finding(rule=RULE.id, name=RULE.name, severity=RULE.severity, environment=environment, key=deferred.key,
                   message=message, fix=fix)  # fmt: skip


def _missing(subject: EnvironmentContext) -> Iterator[Problem]:
    for problem in subject.problems:
        yield from _apart(subject, problem) if problem.kind == "missing" else ()


def _apart(subject: EnvironmentContext, problem: Problem) -> Iterator[Problem]:
    """What is missing of a table that the deployment supplies a part of, key by key; else the problem itself."""
    shape, deployed = (subject.shape.at(problem.path) if subject.shape else None), subject.deployed
    if shape is None or shape.kind != "table" or not deployed or deployed.covers(problem.path):
        yield problem
        return
    asked = [(*problem.path, name) for name, field in shape.fields.items() if field.required]
    below = [one for path in asked for one in _apart(subject, replace(problem, path=path))]
    is_begun = deployed.names_below(problem.path) or any(deployed.covers(one.path) for one in below)
    yield from below if is_begun else [problem]


def is_deferred(subject: EnvironmentContext, problem: Problem) -> bool:
    """Whether the environment's own deployment may hold what is missing here."""
    if subject.deployed.covers(problem.path):
        return True
    return not subject.active and is_secret(subject, problem)


def is_secret(subject: EnvironmentContext, problem: Problem) -> bool:
    """Whether the missing value is a secret."""
    return subject.role(problem.path, "") in SECRET_ROLES


def _why(problem: Problem) -> str:
    return "it is required" if problem.message == "field required" else problem.message


RULE = Rule(
    id="TYP001",
    name="missing",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A required value is set nowhere.",
    source="the project's model",
    page=__doc__,
    check=check,
    defer=deferred,
)
