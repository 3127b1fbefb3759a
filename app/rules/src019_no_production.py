"""No environment of this project is production-like, so no production rule speaks.

Wrong: the environment that serves users is called `live`, and nothing says so.

    # assay.toml
    known_environments = ["development", "live"]

    # settings.toml
    [live]
    workers = 4

    $ export ENV_FOR_DYNACONF=live

Right:

    # assay.toml
    known_environments = ["development", "live"]
    production = ["live"]

    # settings.toml
    [live]
    workers = 4

    $ export ENV_FOR_DYNACONF=live
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext

_LOCAL = ("dev", "test", "local", "ci", "unit")


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Said once, where all files could be read, and no environment is production-like, the one that runs included."""
    names = list(dict.fromkeys((*survey.environments, *survey.subjects)))
    if not survey.sectioned or not survey.whole or not (names and survey.files):
        return
    if not any(part.strip().lower() in survey.production for name in names for part in name.split(",")):
        message = f"No environment is production-like ({', '.join(names)}), so no production rule has spoken."
        example = next((name for name in survey.environments if not name.startswith(_LOCAL)), "live")
        fix = f'Name yours in the option production: production = ["{example}"].'
        yield rule.project_finding(message, fix, origin=None)


RULE = Rule(
    id="SRC019",
    name="no-production",
    severity=Severity.INFO,
    applies_to="always",
    summary="No environment is production-like.",
    source="Assay's own option production",
    page=__doc__,
    survey=survey,
)
