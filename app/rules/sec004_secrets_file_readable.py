"""A file for secrets may be read or changed by other users of the machine.

Any other service that somebody breaks into then has the database's password as well. Of a file that git tracks SEC003
tells instead: git gives every copy of it this mode.

Wrong: `ls -l .secrets.toml` shows `-rw-r--r--`.

    # .secrets.toml
    [production]
    api_token = "mV7_tQ2xL9wKcZ4bNr8y"

Right: after `chmod 600 .secrets.toml`.

    # .secrets.toml
    [production]
    api_token = "mV7_tQ2xL9wKcZ4bNr8y"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import Origin
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext

_OTHERS = 0o077


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Files for secrets whose mode grants the group or others anything, once each."""
    for file in survey.secret_files:
        if file.mode is not None and file.mode & _OTHERS and not survey.tracks(file.name):  # that is SEC003's
            who = "its group" if not file.mode & 0o007 else "every user of the machine"
            message = f"{file.name} is for secrets, and its mode {file.mode:04o} lets {who} at it."
            origin = Origin(kind="dotenv" if file is survey.dotenv else "file", file=file.name)
            yield rule.project_finding(message, f"Run `chmod 600 {file.name}`.", origin=origin)


RULE = Rule(
    id="SEC004",
    name="secrets-file-readable",
    severity=Severity.WARNING,
    applies_to="always",
    summary="Other users of the machine may read a file for secrets.",
    source="CWE-732; CIS benchmarks, permissions of files with credentials",
    page=__doc__,
    survey=survey,
)
