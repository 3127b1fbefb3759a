"""Moments as people tell them: in local time, with its zone, and how long ago."""

from datetime import datetime

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def stamp(moment: datetime) -> str:
    """A moment to the second."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S %Z}"


def minute(moment: datetime) -> str:
    """A moment to the minute; its zone stands elsewhere."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def span(since: datetime, until: datetime) -> str:
    """From when to when; the day is said but once where it is one."""
    first, last = since.astimezone(), until.astimezone()
    end = f"{last:%H:%M:%S %Z}" if first.date() == last.date() else stamp(until)
    return f"{first:%Y-%m-%d %H:%M:%S} to {end}"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago that was."""
    seconds = int((now - moment).total_seconds())
    for size, word in _UNITS:
        if number := max(seconds, 0) // size:
            return f"{number} {word}{'' if number == 1 else 's'} ago"
    return "just now"
