"""An environment's name stands outside all sections with a value, where its table should be.

Dynaconf fails in that environment with an error that names no file; where the value is false or zero it says nothing
and reads nothing.

Wrong:

    production = 5

Right:

    [production]
    workers = 5
"""

from collections.abc import Iterator, Mapping

from app.core.findings import Finding, Severity
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Top-level values that bear the name of a section."""
    if not survey.sectioned:
        return
    for file in survey.files:
        for name, value in file.values.items():
            if is_section(survey, name) and not isinstance(value, Mapping):
                message = f"{name} is an environment's name, and what stands there is no table."
                yield rule.project_finding(
                    message, f"Write [{name}] with the settings below it.", origin=file.origin((name,)), key=(name,)
                )


def is_section(survey: ProjectContext, name: str) -> bool:
    """Whether this is the name of a section that somebody reads."""
    return survey.is_base(name) or name.lower() in {*survey.environments, *survey.subjects, *survey.production}


RULE = Rule(
    id="SRC006",
    name="section-not-table",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A section is no table.",
    source="Dynaconf fails, or ignores it",
    page=__doc__,
    survey=survey,
)
