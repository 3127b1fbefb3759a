"""A section names no environment of this project.

Nobody reads it, without a word: an environment whose section is misspelled runs on the base section alone. Where
`known_environments` names the environments, any other section is an error. Where it does not, every section is an
environment (a list of `environments` limits nothing in Dynaconf), and only one that is nearly called production,
staging, development or testing, or as the list names one, is a warning.

Wrong:

    [prodution]
    port = 80

Right:

    [production]
    port = 80
"""

import re
from collections.abc import Iterator, Sequence

from app.core.errors import did_you_mean
from app.core.findings import Finding, Severity
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext

USUAL = ("production", "staging", "development", "testing")
"""The names that most projects give their environments."""

SHORT = frozenset({"prod", "prd", "live", "stage", "stg", "dev", "devel", "develop", "test", "tests", "qa", "uat",
                    "local", "ci", "demo", "sandbox", "preprod", "preview", "canary"})  # fmt: skip
"""Usual short names of environments, which are near to others and no misspellings."""

_NEAR = 2
_TELLING = 5  # of shorter names two edits leave too little


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Sections that no environment reads."""
    if not survey.sectioned:
        return
    for file, path, _ in survey.sections():
        name = str(path[0])
        if survey.is_base(name) or name.lower().startswith("dynaconf_"):
            continue
        if survey.registry and name.lower() not in survey.environments:
            message = f"[{name}] names no environment of this project, so nobody reads it."
            fix = did_you_mean(name, survey.environments)
            yield rule.project_finding(message, fix, origin=file.origin(path, section=name), key=path)
        elif not survey.registry and (meant := misspelled(name, survey.listed)):
            message = f"[{name}] looks like a misspelling of {meant}; whoever runs {meant} does not read it."
            fix = f"Did you mean {meant!r}? If not, list the names in the option known_environments."
            origin = file.origin(path, section=name)
            yield rule.project_finding(message, fix, origin=origin, key=path, severity=Severity.WARNING)


def misspelled(name: str, listed: Sequence[str] = ()) -> str | None:
    """The listed or usual name that this one is one or two edits away from; None where it is a name of its own."""
    folded = name.lower()
    if folded in {*SHORT, *listed} or set(re.split(r"[^a-z]+", folded)) & {*USUAL}:
        return None
    longer = [one for one in listed if len(one) > _TELLING and not _is_numbered(one, folded)]
    return next((usual for usual in (*longer, *USUAL) if _is_near(folded, usual)), None)


def _is_numbered(left: str, right: str) -> bool:
    """Whether two names differ in their numbers alone: `region1` is no misspelling of `region2`."""
    return re.sub(r"\d+", "", left) == re.sub(r"\d+", "", right)


def _is_near(word: str, usual: str) -> bool:
    edits = _distance(word, usual)
    return edits < _NEAR or (edits == _NEAR and (word[0] == usual[0] or sorted(word) == sorted(usual)))


def _distance(left: str, right: str) -> int:
    """How many letters must be put in, taken out or changed. Source: Levenshtein 1965."""
    if abs(len(left) - len(right)) > _NEAR:
        return _NEAR + 1
    row = list(range(len(right) + 1))
    for number, letter in enumerate(left, 1):
        above, row = row, [number]
        for place, other in enumerate(right, 1):
            row.append(min(above[place] + 1, row[-1] + 1, above[place - 1] + (letter != other)))
    return row[-1]


RULE = Rule(
    id="SRC004",
    name="unknown-environment",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A section names no environment.",
    source="Dynaconf ignores such a section without a word",
    page=__doc__,
    survey=survey,
)
