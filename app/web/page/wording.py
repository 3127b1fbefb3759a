"""Values, places and times as the page words them; what would turn or break a line is shown as an escape."""

from datetime import UTC, datetime
from typing import Any

from app.core import legible as names
from app.core.errors import AssayError, ProjectError
from app.core.legible import legible_lines
from app.reports import wire
from app.reports.present import place as reports
from app.reports.present import wording

UNUSABLE = "The service cannot use its project. Its log says why."


def legible(text: object) -> str:
    """The text without what would steer whoever shows it: control characters, and marks that turn its direction."""
    return legible_lines(str(text))


def on_one_line(text: object) -> str:
    """The legible text, line ends too shown as escapes."""
    return names.legible(str(text))


def literal(value: Any, *, opaque: bool = False, unresolved: bool = False) -> str:
    """A value on one line, strings without quotes where nobody can take them for anything else."""
    return wording.literal(value, wording.bare, opaque=opaque, unresolved=unresolved)


def place(origin: wire.Origin | None) -> str:
    """An origin as people write it."""
    return reports.place(origin, on_one_line, "no layer sets it")


def authorship(origin: wire.Origin | None) -> str:
    """The commit of a line; empty where it is not known."""
    return on_one_line(reports.authorship(origin))


def section(origin: wire.Origin | None) -> str:
    """The section of a file, in brackets; empty where there is none."""
    return f"[{on_one_line(origin.section)}]" if isinstance(origin, wire.FileOrigin) and origin.section else ""


def minute(when: datetime) -> str:
    """A time to the minute, in UTC."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def moment(when: datetime | str) -> str:
    """A time to the second, in UTC; one that is text is ISO 8601."""
    told = datetime.fromisoformat(when) if isinstance(when, str) else when
    return f"{told.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def told_of(error: AssayError) -> str:
    """An error and what to do about it; one that may name folders of the machine says less."""
    return UNUSABLE if isinstance(error, ProjectError) else f"{error.message} {error.fix}".strip()
