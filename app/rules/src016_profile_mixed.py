"""The file that bears one environment's name holds a section of another.

Whoever changes production looks into production's file, and misses what stands elsewhere.

Wrong:

    # assay.toml
    known_environments = ["staging", "production"]
    settings_files = ["settings/*.toml"]

    # settings/production.toml
    [production]
    port = 80

    [staging]
    port = 8080

Right:

    # assay.toml
    known_environments = ["staging", "production"]
    settings_files = ["settings/*.toml"]

    # settings/production.toml
    [production]
    port = 80

    # settings/staging.toml
    [staging]
    port = 8080
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext
from app.rules.src004_unknown_environment import USUAL, misspelled


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Sections of environments in the profile of another."""
    if not survey.sectioned:
        return
    known = {*survey.environments, *survey.production, *USUAL}
    for file, path, _ in survey.sections():
        name, owner = str(path[0]), _owner(file.name)
        other = name.lower() in survey.environments and name.lower() != owner
        if owner in known and other and misspelled(name) != owner:
            message = f"{file.name} is {owner}'s profile, and holds a section of {name}."
            fix = f"Move [{name}] to the profile of {name}, or rename it if it is meant for {owner}."
            yield rule.project_finding(message, fix, origin=file.origin(path, section=name), key=path)


def _owner(file: str) -> str:
    """The environment whose name the file bears, if it is one's."""
    stem = file.rpartition("/")[2].removesuffix(".toml").removesuffix(".local").lower()
    return stem.removeprefix(".secrets.").removeprefix("settings.")


RULE = Rule(
    id="SRC016",
    name="profile-mixed",
    severity=Severity.WARNING,
    applies_to="always",
    summary="An environment's file holds a section of another.",
    source="one profile an environment",
    page=__doc__,
    survey=survey,
)
