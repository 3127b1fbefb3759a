"""A waiver is past its date, so what it accepted is a finding again.

A waiver is a promise to look again by a day. Nobody has, or nobody has said so: the date is the only thing that keeps
an exception from lasting for ever. It holds through its last day.

Wrong:

    # assay.toml
    known_environments = ["development", "production"]

    [[waivers]]
    rule = "APP001"
    environment = "production"
    reason = "the new console needs it until it is finished"
    expires = 2024-03-31

    # settings.toml
    [production]
    debug = true

Comes with: APP001.

Right: what it accepted is mended, and the waiver is gone.

    # settings.toml
    [production]
    debug = false
"""

from datetime import date

from app.core.findings import Finding, Severity, Waiver
from app.core.layers import Origin
from app.rules.kit.rule import Rule


def expired(waiver: Waiver, day: date, origin: Origin | None, environment: str | None) -> Finding:
    """The finding about a waiver that is past its day."""
    message = f"The waiver of {about(waiver)} expired on {day.isoformat()}: {waiver.reason}"
    fix = f"Mend what {waiver.rule} finds and remove the waiver, or agree on a new date for it."
    return RULE.project_finding(message.rstrip(".") + ".", fix, origin=origin, environment=environment)


def about(waiver: Waiver) -> str:
    """What it is about, in words: `DB005 for database.host in staging`."""
    key = f" for {waiver.key}" if waiver.key else ""
    return f"{waiver.rule}{key}{f' in {waiver.environment}' if waiver.environment else ''}"


RULE = Rule(
    id="WAIV001",
    name="waiver-expired",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A waiver is past its date.",
    source="Assay's own option waivers",
    page=__doc__,
)
