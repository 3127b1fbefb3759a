"""A variable of the process, or a line of `.env`, changes an option of Dynaconf.

It may change which files are read, what merges, which prefix counts. Such a variable beats what the call says, for
whoever happens to have it. Assay follows it for the active environment as Dynaconf does, and says so; what it cannot
follow (other loaders, an encoding) it names. With a value that Dynaconf cannot use, the application does not start,
which is an error. So it is where the options are those of the application's call, and the call computes one of them;
what else of the call changes values and is not followed is told too, and arguments that are misspelled. Where the code
chooses the environment itself (`settings.setenv("production")`), that is told for information: what is called active
here is only what it begins with.

Wrong:

    # assay.toml
    known_environments = ["development", "production"]

    # settings.toml
    [production]
    port = 80

    $ export ENV_FOR_DYNACONF=production
    $ export MERGE_ENABLED_FOR_DYNACONF=true

Right:

    # assay.toml
    known_environments = ["development", "production"]
    merge_enabled = true

    # settings.toml
    [production]
    port = 80

    $ export ENV_FOR_DYNACONF=production
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Code that chooses the environment itself."""
    active = next((name for name, subject in survey.subjects.items() if subject.active), "")
    if (place := survey.usage.switches) and active and survey.sectioned:
        message = f"The code chooses the environment itself at {place.place}: {active} is what it begins with."
        fix = "Judge what runs by the environment that is chosen there."
        yield rule.project_finding(message, fix, origin=place.origin, severity=Severity.INFO)


RULE = Rule(
    id="SRC023",
    name="options-elsewhere",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A variable, or the application's code, changes how Dynaconf loads.",
    source="Dynaconf: a `*_FOR_DYNACONF` variable beats the argument of the call",
    page=__doc__,
    survey=survey,
)
