"""A file for secrets is tracked by git.

It was made to stay on its machine. Once it is committed, everybody who can read the repository has what it holds, and
the history keeps it. Only the example beside it belongs into the repository. Without a repository the rule is silent.

It is a warning as long as the file holds no secret: empty texts, placeholders, and references to where the secret is
kept. A `.env` file that holds none is an ordinary file, as `FLASK_APP=shop` is, and is not told.

Wrong: `git ls-files` names `.secrets.toml`.

    # .secrets.toml
    [production]
    api_token = "mV7_tQ2xL9wKcZ4bNr8y"

Right: `.gitignore` names it.

    # .secrets.toml
    [production]
    api_token = "sT5_wR8nJ3vXhY6cMq1z"
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.core.findings import Finding, Severity
from app.core.layers import Origin
from app.core.roles import SECRET_ROLES, Role, infer
from app.rules.kit.literals import is_secret, url_password
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext, SurveyedFile

_SHOWN = ("example", "sample", "template", ".dist")


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Tracked files for secrets, once each; examples may be."""
    for file in survey.secret_files:
        name = file.name.rpartition("/")[2]
        if any(word in name.lower() for word in _SHOWN) or not survey.tracks(file.name):
            continue
        origin = Origin(kind="dotenv" if file is survey.dotenv else "file", file=file.name)
        message, fix = f"{file.name} is for secrets, and git tracks it", f"Run `git rm --cached {file.name}`"
        if file.broken or (_holds_named(file) if file is survey.dotenv else _holds_any(file.values)):
            fix += ", add it to .gitignore, and change every secret in it."
            yield rule.project_finding(f"{message}.", fix, origin=origin)
        elif file is not survey.dotenv:
            fix += ", and add it to .gitignore, before somebody writes a secret into it."
            yield rule.project_finding(
                f"{message}; it holds none by now.", fix, origin=origin, severity=Severity.WARNING
            )


def _holds_named(file: SurveyedFile) -> bool:
    """Whether a `.env` file, which holds all kinds of variables, holds a secret."""
    for name, value in file.values.items():
        role = infer((name.lower(),), value)
        text = url_password(value) if role is Role.DSN else value if role in SECRET_ROLES else None
        if text is not None and is_secret(text):
            return True
    return False


def _holds_any(value: Any) -> bool:
    """Whether a file whose texts are secret by their place says any."""
    if isinstance(value, Mapping):
        return any(_holds_any(item) for key, item in value.items() if str(key).lower() != "dynaconf_merge")
    if isinstance(value, list):
        return any(map(_holds_any, value))
    return not isinstance(value, bool) and is_secret(str(value))


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
