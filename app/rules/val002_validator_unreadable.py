"""A validator that cannot be known without running code: a lambda, a function, a name from elsewhere.

What can be read of it is checked all the same: a key that has to be there is missed, whatever its condition says. The
rest may still refuse to start, which only the application itself would tell, so the environment's "valid" does not
speak of it; what an unknown cast or default gives is not among the values that are shown. A validator that is
registered, and that nothing checks, is told for information: it does nothing.

Wrong:

    # config.py
    from dynaconf import Dynaconf, Validator

    settings = Dynaconf(
        environments=True,
        settings_files=["settings.toml"],
        validators=[Validator("REGION", condition=lambda region: region.startswith("eu-"))],
    )

    # settings.toml
    [production]
    region = "eu-west-1"

Right:

    # config.py
    from dynaconf import Dynaconf, Validator

    settings = Dynaconf(
        environments=True,
        settings_files=["settings.toml"],
        validators=[Validator("REGION", startswith="eu-")],
    )

    # settings.toml
    [production]
    region = "eu-west-1"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import Path, parse_key
from app.core.validators import Validator
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext

_FIX = "Say it with Dynaconf's own operations (gte, is_in, startswith, …), or see with the application itself."
_GIVEN_UP = "The validators are too many, or take too long to be worked out: some of them are not judged."
_SHORTER = "Write validators down one by one; what names stand for must not double with each."
_UNCHECKED = "Call settings.validators.validate() behind it, or hand it to the Dynaconf call: validators=[…]."


def survey(rule: Rule, everything: ProjectContext) -> Iterator[Finding]:
    """Validators of which something is not known, and those that nothing checks."""
    separator = everything.separator
    if everything.demands.given_up:
        origin = next((validator.origin for validator in everything.demands.validators), None)
        yield rule.project_finding(_GIVEN_UP, _SHORTER, origin=origin, severity=Severity.ERROR)
    for validator in everything.demands.validators:
        if validator.unread:
            message = (
                f"{_whose(validator)} is not fully judged, since no code is run: {_parts(validator)}. "
                "Where that refuses a value, the application does not start."
            )
            yield rule.project_finding(message, _FIX, origin=validator.origin, key=_key(validator, separator))
    for validator in everything.demands.unchecked:
        message = f"{_whose(validator)} is registered, and nothing has it checked."
        yield rule.project_finding(message, _UNCHECKED, origin=validator.origin, key=_key(validator, separator),
                                   severity=Severity.INFO)  # fmt: skip


def _whose(validator: Validator) -> str:
    return f"The validator of {', '.join(validator.keys)}" if validator.keys else "What validates here"


def _parts(validator: Validator) -> str:
    return ", ".join(f"{one.argument} is {one.text}" for one in validator.unread)


def _key(validator: Validator, separator: str) -> Path | None:
    name = next(iter(validator.keys), "")
    path = parse_key(name.replace(separator, ".") if separator else name)
    return (str(path[0]).lower(), *path[1:]) if path else None


RULE = Rule(
    id="VAL002",
    name="validator-unreadable",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A validator that cannot be known without running code.",
    source="dynaconf.validator",
    page=__doc__,
    survey=survey,
)
