"""Moments as people tell them: in local time, with its zone."""

from datetime import datetime


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
