"""A variable joins the parts of a key with one underscore where two are needed.

Dynaconf takes it for a new key at the top level, and the setting that was meant keeps its value. Where the project's
own model forbids unknown keys, it is an error: the application does not start.

Wrong:

    # assay.toml
    schema = "app.schema:Settings"

    $ export ASSAY_SERVER_WORKERS=8

Right:

    # assay.toml
    schema = "app.schema:Settings"

    $ export ASSAY_SERVER__WORKERS=8
"""

from collections.abc import Iterator, Mapping

from app.core.findings import Finding, Severity
from app.core.layers import CODE, Path, dotted, fold
from app.rules.kit.rule import Rule
from app.rules.kit.service_links import service_links
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.variables import is_refused


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Variables whose key would exist with another separator, and does not as it is."""
    suspects = [variable for variable in subject.variables if variable.prefixed and "_" in str(variable.path[-1])]
    if not suspects:
        return
    known = _known(subject)
    joined = {_joined(path): path for path in known if len(path) > 1}
    for variable in suspects:
        meant = joined.get(_joined(variable.path))
        if meant and fold(variable.path) not in known and variable.name not in service_links(subject):
            message = f"{variable.name} sets {dotted(variable.path)}, not {dotted(known[meant])}."
            new = subject.variable(known[meant])
            fix = f"Write {new}." if new else f"Set {dotted(known[meant])} in a profile."
            severity = Severity.ERROR if is_refused(subject.problems, variable.path) else None
            yield rule.finding(subject, variable.path, message, fix, origin=variable.origin, severity=severity)


def _joined(path: Path) -> str:
    return "_".join(str(part) for part in fold(path))


def _known(subject: EnvironmentContext) -> Mapping[Path, Path]:
    """Every key, and every table, that the model or a file knows, by its folded path."""
    known: dict[Path, Path] = {}
    for said in subject.settings.values():
        for one in said:
            if one.layer.kind in {"file", "default", *CODE}:
                known |= {fold(one.path[:depth]): one.path[:depth] for depth in range(1, len(one.path) + 1)}
    if subject.shape:
        known |= {fold(path): path for path, _ in subject.shape.walk()}
    return known


RULE = Rule(
    id="ENV004",
    name="single-underscore",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A variable has one underscore where two are needed.",
    source="Dynaconf's nested_separator",
    page=__doc__,
    check=check,
)
