"""A setting stands outside all sections, in a project whose sections are environments. Dynaconf never reads it.

Wrong:

    port = 80

    [production]
    workers = 4

Right:

    [default]
    port = 80

    [production]
    workers = 4
"""

from collections.abc import Iterator, Mapping

from app.core.findings import Finding, Severity
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext, SurveyedFile
from app.rules.src006_section_not_table import is_section

_FLAGS = frozenset({"dynaconf_merge", "dynaconf_dotted_lookup"})


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Loose values; one finding for a file that has nothing else."""
    if not survey.sectioned:
        return
    for file in survey.files:
        loose = [name for name, value in file.values.items() if _is_loose(survey, name, value)]
        if len(loose) > 1 and not any(isinstance(value, Mapping) for value in file.values.values()):
            yield _without_sections(rule, survey, file, loose)
            continue
        for name in loose:
            message = f"{name} stands outside all sections, so no environment reads it."
            fix = f"Move it below [{survey.base_sections[0]}], or below the environment's own section."
            yield rule.project_finding(message, fix, origin=file.origin((name,)), key=(name,))


def _is_loose(survey: ProjectContext, name: str, value: object) -> bool:
    return not isinstance(value, Mapping) and name.lower() not in _FLAGS and not is_section(survey, name)


def _without_sections(rule: Rule, survey: ProjectContext, file: SurveyedFile, loose: list[str]) -> Finding:
    message = f"{file.name} has no section, so no environment reads any of its {len(loose)} settings."
    fix = f"Write [{survey.base_sections[0]}] above them, or, if no file has sections, the option environments = false."
    return rule.project_finding(message, fix, origin=file.origin((loose[0],)), key=(loose[0],))


RULE = Rule(
    id="SRC008",
    name="outside-sections",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A setting that no environment reads.",
    source="Dynaconf ignores what stands outside its environments",
    page=__doc__,
    survey=survey,
)
