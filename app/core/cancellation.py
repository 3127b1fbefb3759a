"""Cooperative cancellation: work that nobody waits for any more stops at its next step.

A step is small beside the whole, and leaves nothing half done: an environment that is resolved, a rule that judges.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class NobodyWaits(BaseException):
    """Whoever asked has left. No handler of errors answers it: there is nobody to be answered."""


class CancellationToken:
    """One who waits for an answer; safe to ask and to cancel from any thread."""

    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        """Whoever waited has left."""
        self.cancelled = True


class SharedToken:
    """All who wait for one answer: it is cancelled when the last of them has left."""

    def __init__(self) -> None:
        self._waiting: list[Token | None] = []

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits; who waits without a token, as background work does, does not leave."""
        return all(token is not None and token.cancelled for token in tuple(self._waiting))

    @property
    def waiting(self) -> int:
        """How many wait, those that have left and not noticed yet included."""
        return len(self._waiting)

    @contextmanager
    def joined(self) -> Iterator[None]:
        """For as long, whoever asks within this context waits, too."""
        token = _TOKEN.get()
        self._waiting.append(token)
        try:
            yield
        finally:
            self._waiting.remove(token)


type Token = CancellationToken | SharedToken

_TOKEN: ContextVar[Token | None] = ContextVar("token", default=None)


@contextmanager
def waited_for(token: Token) -> Iterator[None]:
    """Within it, and in the threads that it begins, `checkpoint` asks this token."""
    before = _TOKEN.set(token)
    try:
        yield
    finally:
        _TOKEN.reset(before)


def checkpoint() -> None:
    """Goes on where anybody waits for what this context works out.

    Raises:
        NobodyWaits: all who did have left.
    """
    token = _TOKEN.get()
    if token is not None and token.cancelled:
        raise NobodyWaits
