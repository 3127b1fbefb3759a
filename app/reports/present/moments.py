"""How long ago something was, and how long it lasted, in words."""

from datetime import datetime

from app.reports.present.wording import counted

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def ago(moment: datetime, now: datetime) -> str:
    """How long ago that was."""
    found = _whole(moment, now)
    return f"{found} ago" if found else "just now"


def lasting(since: datetime, until: datetime) -> str:
    """How long that took."""
    return _whole(since, until) or "less than a minute"


def _whole(since: datetime, until: datetime) -> str:
    """The time between the two in its largest unit; empty below a minute."""
    seconds = int((until - since).total_seconds())
    for size, word in _UNITS:
        if number := max(seconds, 0) // size:
            return counted(number, word)
    return ""
