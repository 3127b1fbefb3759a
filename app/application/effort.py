"""How much is worked out of code: what names double, and what texts multiply, would take for ever."""

from app.application.functions import Unclear
from app.core import limits

_BYTES = 2
"""So many bytes at least every other expression of a long list takes: `1,`."""

_COPIED = 16
"""To hand on so many items costs what it costs to work one out."""


class Effort:
    """What may still be worked out; shared by everything that is worked out for one purpose."""

    def __init__(self) -> None:
        self.renew()

    def renew(self, size: int = 0) -> None:
        """Begins anew, for another purpose.

        Args:
            size: of the code that is worked out, in bytes; an expression takes some.
        """
        self._left = limits.STEPS.figure + size // _BYTES

    @property
    def is_spent(self) -> bool:
        """Whether nothing more is worked out."""
        return self._left <= 0

    def hand_on(self, count: int, written: int) -> None:
        """Counts a list or table of so many items that is handed on.

        Raises:
            Unclear: there are more than is written down, or the effort is spent.
        """
        self.spend(count // _COPIED)
        if count > written:
            self.spend(self._left)

    def spend(self, count: int = 1) -> None:
        """Counts expressions.

        Raises:
            Unclear: there were too many; what the rest comes to is not known.
        """
        self._left -= count
        if self.is_spent:
            raise Unclear
