"""A waiver accepts nothing: what it was written for is mended, or its rule, key or environment is misspelled.

Left where it is, it would silence the finding when it comes back. It is told only when every environment is checked,
and not about rules that speak in an environment's own deployment alone.

Wrong:

    # assay.toml
    known_environments = ["development", "production"]

    [[waivers]]
    rule = "APP001"
    key = "debugg"
    environment = "production"
    reason = "the new console needs it until it is finished"
    expires = 9999-12-31

    # settings.toml
    [production]
    debug = false

Right:

    # assay.toml
    known_environments = ["development", "production"]

    [[waivers]]
    rule = "APP001"
    key = "debug"
    environment = "production"
    reason = "the new console needs it until it is finished"
    expires = 9999-12-31

    # settings.toml
    [production]
    debug = true
"""

from collections.abc import Sequence

from app.core.errors import did_you_mean
from app.core.findings import Finding, Severity, Waiver
from app.core.layers import Origin
from app.rules.kit.rule import Rule
from app.rules.waiv001_waiver_expired import about

_MAGIC = frozenset("*?")


def unused(waiver: Waiver, origin: Origin | None, environments: Sequence[str]) -> Finding:
    """The finding about a waiver that accepts nothing.

    Args:
        waiver: which one.
        origin: where the options say it.
        environments: those that there are.
    """
    name = waiver.environment
    strange = name is not None and not _MAGIC & {*name} and name.casefold() not in environments
    why = f", and there is no environment {name!r}" if strange else ""
    hint = f" {did_you_mean(name or '', environments)}" if strange else ""
    return RULE.project_finding(
        f"The waiver of {about(waiver)} accepts nothing{why}.",
        f"Remove it, or correct its rule, key or environment.{hint}",
        origin=origin,
    )


RULE = Rule(
    id="WAIV002",
    name="waiver-unused",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A waiver accepts nothing.",
    source="Assay's own option waivers",
    page=__doc__,
)
