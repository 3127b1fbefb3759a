"""What an error of the history's database means: it is away, or what was to be written has no place in it."""

from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from app.core.errors import DatabaseUnavailable
from app.database.errors import sqlstate
from app.database.session import DRIVER_ERRORS

AWAY = (DatabaseUnavailable, SQLAlchemyError, *DRIVER_ERRORS)
"""What is raised where the database is away, or its tables are not those that are asked for."""

_REFUSED = ("22", "23", "54")
"""Classes of SQLSTATE that will be the same next time. Source: PostgreSQL 18, "PostgreSQL Error Codes"."""


def is_at_fault(error: BaseException) -> bool:
    """Whether it is the record that cannot be written, now or ever: not the database that is away."""
    if isinstance(error, DatabaseUnavailable) or not isinstance(error, Exception):
        return False
    return not isinstance(error, AWAY) or any(map(_refuses, _chain(error)))


def _refuses(error: BaseException) -> bool:
    """Whether it says that a value has no place in the database; the driver says so by a ValueError."""
    return (sqlstate(error) or "")[:2] in _REFUSED or isinstance(error, ValueError)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and what caused it."""
    while error is not None:
        yield error
        error = error.__cause__
