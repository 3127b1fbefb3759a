"""Keyset pagination: how long a page may be, and the key from which the next one goes on."""

from app.core.errors import ArgumentError

LONGEST = 500
"""As many entries has a page at most."""

# What a bigint holds.
_HIGHEST = 2**63 - 1
_DIGITS = 19


def require_limit(limit: int) -> None:
    """That a page of so many entries is given.

    Raises:
        ArgumentError: it is not.
    """
    if not 1 <= limit <= LONGEST:
        message = f"limit is {limit}, and a list has 1 to {LONGEST} entries at a time."
        raise ArgumentError(message, fix=f"Ask for at most {LONGEST}, and for older ones with before.")


def numbers_of(before: str | None, count: int) -> tuple[int, ...] | None:
    """The numbers that a cursor is made of; None for the first page.

    Args:
        before: what a list gave as `next`.
        count: how many numbers the cursors of this list have.

    Raises:
        ArgumentError: no list of this kind gave it.
    """
    if before is None:
        return None
    parts = before.split(".")
    numbers = tuple(int(part) for part in parts if part.isascii() and part.isdigit() and len(part) <= _DIGITS)
    if len(numbers) != count or len(parts) != count or max(numbers) > _HIGHEST:
        message = f"before is {before!r}, which no list gave as its next."
        raise ArgumentError(message, fix="Take what the list before it says under next, or leave it out.")
    return numbers


def cursor_of(*numbers: int) -> str:
    """What asks for the entries after this one."""
    return ".".join(str(number) for number in numbers)
