"""A variable with the project's prefix sets no key that the model knows: usually a misspelling.

The setting that it was meant for keeps its value, and nobody hears about it. Where the project's own model forbids
unknown keys, it is an error: the application gets the variable's key like any other, and does not start.

Wrong:

    # assay.toml
    schema = "app.schema:Settings"

    $ export ASSAY_SERVER__PROT=80

Right:

    # assay.toml
    schema = "app.schema:Settings"

    $ export ASSAY_SERVER__PORT=80
"""

from collections.abc import Iterator

from app.core.errors import nearest
from app.core.findings import Finding, Severity
from app.core.layers import dotted
from app.modelling.shape import Shape
from app.rules.kit.rule import Rule
from app.rules.kit.service_links import service_links
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.variables import is_refused, strangers


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Variables of a modelled project that match no key; those of a deployment are DEP001's."""
    yield from (one for one in unknown(rule, subject) if one.origin is None or one.origin.kind != "deployment")


def unknown(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Variables of a modelled project that match no key, wherever they stand."""
    if subject.shape is None:
        return
    links = service_links(subject)
    for variable in strangers(subject.tree, subject.shape, prefixed=subject.prefixed):
        if variable.prefixed and variable.name not in links:
            message = f"{variable.name} sets {dotted(variable.path)}, which is no setting."
            fix = _fix(subject, subject.shape, dotted(variable.path))
            severity = Severity.ERROR if is_refused(subject.problems, variable.path) else None
            if severity:
                message = f"{message.removesuffix('.')}; the model refuses it."
            yield rule.finding(subject, variable.path, message, fix, origin=variable.origin, severity=severity)


def _fix(subject: EnvironmentContext, shape: Shape, key: str) -> str:
    """The variable of the nearest key."""
    known = {dotted(path): path for path, _ in shape.walk()}
    match = nearest(key, known)
    name = subject.variable(known[match]) if match else None
    return f"Did you mean {name}?" if name else "Unset it, or rename it to a setting's name."


RULE = Rule(
    id="ENV001",
    name="unknown-variable",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A variable sets no key that the model knows.",
    source="Dynaconf takes every variable with its prefix",
    page=__doc__,
    check=check,
    superseded_by=("ENV004",),
)
