"""One table holds two keys that differ in nothing but their case.

Dynaconf finds keys whatever their case. Of two sections it reads the last, of two settings it takes the last, and
deeper down it keeps both, so that what the application gets depends on how it asks.

Wrong:

    [production]
    port = 80
    PORT = 8080

Right:

    [production]
    port = 8080
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.core.findings import Finding, Severity
from app.core.layers import Path, dotted
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Keys and sections of one table with several spellings."""
    for file, path, table in survey.tables():
        for earlier, later in _twins(table):
            key = (*path, later)
            related = (file.origin((*path, earlier), section=_section(survey, (*path, earlier))),)
            message = f"{dotted(key)} is also spelled {earlier!r} here: {_outcome(survey, path)}."
            fix = f"Keep one of {earlier!r} and {later!r}."
            origin = file.origin(key, section=_section(survey, key))
            yield rule.project_finding(message, fix, origin=origin, key=key, related=related)


def _twins(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    seen: dict[str, str] = {}
    for key in table:
        if (folded := key.casefold()) in seen:
            yield seen[folded], key
        seen[folded] = key


def _outcome(survey: ProjectContext, path: Path) -> str:
    if not path and survey.sectioned:
        return "Dynaconf reads the last of the two sections alone"
    if len(path) == int(survey.sectioned):
        return "the last one counts"
    return "both stay, and the application gets the one that it happens to ask for"


def _section(survey: ProjectContext, path: Path) -> str | None:
    return str(path[0]) if survey.sectioned else None


RULE = Rule(
    id="SRC007",
    name="case-duplicate",
    severity=Severity.ERROR,
    applies_to="always",
    summary="Two spellings of one key in one table.",
    source="Dynaconf looks keys up whatever their case",
    page=__doc__,
    survey=survey,
)
