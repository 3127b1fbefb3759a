"""A profile reconfigures Dynaconf itself, or makes it run code.

Keys that end in `_for_dynaconf`, and a few more, change the loader in the middle of loading: another environment,
other files, a secret store. An included Python file or module, a loader, and a `dynaconf_hooks.py` beside a profile
run with all the rights of the application. Nothing of that is done here, so the values may differ from the
application's.

Wrong:

    [default]
    env_for_dynaconf = "production"
    dynaconf_include = ["plugin.py"]

Right: leave it to the call, or to the deployment.

    $ export ENV_FOR_DYNACONF=production
"""

import re
from collections.abc import Iterator
from functools import partial

from app.core.findings import Finding, Severity
from app.core.layers import INCLUDE, Origin
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext, SurveyedFile

_MODULE_KEYS = frozenset({"SETTINGS_MODULE", "DYNACONF_SETTINGS_MODULE"})
_MODULE = r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*"
_FILES = (".toml", ".tml", ".yaml", ".yml", ".json", ".ini", ".conf", ".properties")


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Keys, includes and hooks."""
    yield from _keys(rule, survey)
    for name, origin in _included(survey):
        if runs_code(name):
            message = f"The include {name!r} is Python: Dynaconf runs it, and nothing is run here."
            yield rule.project_finding(message, "Include a TOML file.", origin=origin)
    for hooks in survey.hooks:
        message = f"{hooks} lies beside a profile: Dynaconf runs it in the application, and nothing is run here."
        fix = "Take it away, or mind that what it sets is not seen here."
        origin = Origin(kind="file", file=hooks)
        yield rule.project_finding(message, fix, origin=origin, severity=Severity.WARNING)


def _keys(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    for file, path, table in survey.sections():
        for key in table:
            origin = partial(file.origin, (*path, key), section=str(path[0]) if path else None)
            if key.upper() in _MODULE_KEYS or key.lower().endswith("_for_dynaconf"):
                message = f"{key} is no setting: in a profile it reconfigures Dynaconf while it loads."
                fix = f"Take {key} out, and pass it to Dynaconf where the application calls it."
                yield rule.project_finding(message, fix, origin=origin(), key=(key.lower(),))
            elif key.upper() in survey.reserved:
                message = f"{key} is a name that Dynaconf keeps for itself: it is not listed among the settings."
                yield rule.project_finding(
                    message, f"Rename {key}.", origin=origin(), key=(key.lower(),), severity=Severity.WARNING
                )


def _included(survey: ProjectContext) -> Iterator[tuple[str, Origin | None]]:
    yield from survey.includes
    for file, path, table in survey.sections():
        for key, value in table.items():
            if key.lower() == INCLUDE:
                yield from _names(file, (*path, key), value)


def _names(file: SurveyedFile, path: tuple[str | int, ...], value: object) -> Iterator[tuple[str, Origin]]:
    for number, name in enumerate(value) if isinstance(value, list) else [(None, value)]:
        if isinstance(name, str) and runs_code(name):
            yield name, file.origin(path if number is None else (*path, number))


def runs_code(name: str) -> bool:
    """Whether Dynaconf runs an include of that name: a Python file, or what can be imported."""
    folded = name.strip().lower()
    return folded.endswith(".py") or (not folded.endswith(_FILES) and re.fullmatch(_MODULE, name.strip()) is not None)


RULE = Rule(
    id="SRC009",
    name="reserved-key",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A profile reconfigures Dynaconf, or runs code.",
    source="OWASP ASVS 5.0, 13.1; dynaconf.loaders.py_loader",
    page=__doc__,
    survey=survey,
)
