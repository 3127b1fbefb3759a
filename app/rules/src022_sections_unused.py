"""Tables are named like environments, or a variable selects one, in a project whose `environments` is off.

Without `environments = true` Dynaconf takes every table for a setting: nothing of `[production]` reaches the top, and
`ENV_FOR_DYNACONF` selects nothing.

Wrong:

    # assay.toml
    environments = false

    # settings.toml
    [default]
    port = 8000
    [production]
    port = 80

Right:

    # assay.toml
    environments = true

    # settings.toml
    [default]
    port = 8000
    [production]
    port = 80
"""

from collections.abc import Iterator, Mapping

from app.core.findings import Finding, Severity
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext, SurveyedFile
from app.rules.src004_unknown_environment import SHORT, USUAL

_BASES = frozenset({"default", "global"})


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """One finding a file, at its first such table."""
    if survey.sectioned:
        return
    for file in survey.files:
        names = [name for name, value in file.values.items() if isinstance(value, Mapping) and _is_environment(name)]
        if _are_sections(names):
            yield _told(rule, file, names)


def _is_environment(name: str) -> bool:
    return name.lower() in {*USUAL, *SHORT, *_BASES}


def _are_sections(names: list[str]) -> bool:
    """Whether tables of these names are meant as environments: a usual name, and not the only one of its kind."""
    folded = {name.lower() for name in names}
    return bool(folded & {*USUAL, "prod"}) and len(folded) > 1


def _told(rule: Rule, file: SurveyedFile, names: list[str]) -> Finding:
    listed = ", ".join(f"[{name}]" for name in names)
    message = f"{listed} are named like environments, and environments is off: Dynaconf takes them for plain settings."
    fix = "Write environments = true in the options (and in the Dynaconf call), or name the tables otherwise."
    return rule.project_finding(message, fix, origin=file.origin((names[0],)), key=(names[0],))


RULE = Rule(
    id="SRC022",
    name="sections-unused",
    severity=Severity.WARNING,
    applies_to="always",
    summary="Sections of environments, in a project that has none.",
    source="Dynaconf's environments are off unless the call switches them on",
    page=__doc__,
    survey=survey,
)
