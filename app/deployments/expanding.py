"""How much deployments may put together: thirty lines that double each other would fill the memory."""

from app.core import limits
from app.core.limits import Limit


class ExpansionRoom:
    """What is left of the limit for the references of one file, all together."""

    def __init__(self) -> None:
        self._left = limits.EXPANSION.figure

    def put(self, text: str | None) -> str | None:
        """A text that a reference stands for; None where there is no room for it, as where nobody here knows it."""
        self._left -= len(text or "")
        return text if self._left >= 0 else None


class TooManyVariablesError(Exception):
    """The processes of a deployment are given more than is read."""


class Allowance:
    """What is left of the limit for the variables of all processes: they may share what is written once.

    Args:
        limit: it, or the one for all that is put together on the way to them.
    """

    def __init__(self, limit: Limit = limits.GIVEN) -> None:
        self._left = limit.figure

    def take(self, count: int) -> None:
        """Makes room for so many more.

        Raises:
            TooManyVariablesError: there is none.
        """
        self._left -= count
        if self._left < 0:
            raise TooManyVariablesError
