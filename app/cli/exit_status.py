"""How a check ends."""

from app.core.findings import Severity
from app.reports import wire


def exit_status(report: wire.Report, level: Severity, *, runs: bool) -> int:
    """0 when clean, 1 on findings at the level or above and where an environment is not judged, else 2.

    Args:
        report: the verdict.
        level: what fails.
        runs: whether the active environment exists.
    """
    if not runs:
        return 2
    reached = any(getattr(report.counts, severity.word) for severity in Severity if severity >= level)
    return 1 if reached or not all(one.judged for one in report.environments) else 0
