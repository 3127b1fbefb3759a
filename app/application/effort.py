"""How much is worked out of code: what names double, and what texts multiply, would take for ever."""

from app.application.functions import Unclear
from app.core import limits


class Effort:
    """What may still be worked out; shared by everything that is worked out for one purpose."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Begins anew, for another purpose."""
        self._left = limits.STEPS.figure

    @property
    def is_spent(self) -> bool:
        """Whether nothing more is worked out."""
        return self._left <= 0

    def spend(self) -> None:
        """Counts one expression.

        Raises:
            Unclear: there were too many; what the rest comes to is not known.
        """
        self._left -= 1
        if self.is_spent:
            raise Unclear
