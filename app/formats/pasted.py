"""What to do about a finding, as it may be shown."""

from app.core.legible import legible, legible_lines
from app.reports import wire


def pasted(finding: wire.ReportedFinding) -> str:
    """The fix; one that is an edit can be pasted, and has the lines of that."""
    return legible_lines(finding.fix) if finding.edit else legible(finding.fix)
