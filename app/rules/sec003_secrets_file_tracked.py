"""A file for secrets is tracked by git.

It was made to stay on its machine. Once it is committed, everybody who can read the repository has what it holds, and
the history keeps it. Only the example beside it belongs into the repository. Without a repository the rule is silent.

Wrong: `git ls-files` names `.secrets.toml`.

    # .secrets.toml
    [production]
    api_token = "mV7_tQ2xL9wKcZ4bNr8y"

Right: `.gitignore` names it.

    # .secrets.toml
    [production]
    api_token = "sT5_wR8nJ3vXhY6cMq1z"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import Origin
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext

_SHOWN = ("example", "sample", "template", ".dist")


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Tracked files for secrets, once each; examples may be."""
    for file in survey.secret_files:
        name = file.name.rpartition("/")[2]
        if not any(word in name.lower() for word in _SHOWN) and survey.tracks(file.name):
            fix = f"Run `git rm --cached {file.name}`, add it to .gitignore, and change every secret in it."
            origin = Origin(kind="dotenv" if file is survey.dotenv else "file", file=file.name)
            yield rule.project_finding(f"{file.name} is for secrets, and git tracks it.", fix, origin=origin)


RULE = Rule(
    id="SEC003",
    name="secrets-file-tracked",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A file for secrets is tracked by git.",
    source="OWASP ASVS 5.0, 13.3.1; Dynaconf, Secrets",
    page=__doc__,
    survey=survey,
)
