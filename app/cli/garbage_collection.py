"""Garbage collection that keeps nobody waiting: what stays is not looked through again and again.

Python's collector stops everything while it looks through all that lives, which takes half a second where thousands of
streams are open. So what is there at the start is frozen, and later what a full collection had to look through where
that was much: the next one sees only what is newer. What is frozen and becomes garbage is not seen either; so all of it
is looked through once it has grown by half.
"""

import gc
import time
from collections.abc import Callable, Mapping
from typing import Any

THOROUGH_SECONDS = 3600.0
"""So often everything is looked through, however little it has grown."""
GROWN = 1.5
"""By so much may what is frozen grow until everything is looked through: a third of it may be garbage."""
MANY = 30_000
"""Objects that are looked through within some 10 ms; fewer are not worth freezing."""

_OLDEST = 2


class ShortCollections:
    """Freezes what full collections leave, in this process.

    Args:
        clock: tells seconds.
        many: from so many objects on they are frozen.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, many: int = MANY) -> None:
        self._clock, self._many = clock, many
        self._thorough_at, self._is_thorough, self._frozen = clock(), True, 0

    def begin(self) -> None:
        """Collects once, freezes what stays, and takes care of every collection from now on."""
        gc.callbacks.append(self._collects)
        gc.collect()

    def end(self) -> None:
        """Leaves the collector as Python has it."""
        gc.callbacks.remove(self._collects)
        gc.unfreeze()

    def _collects(self, phase: str, info: Mapping[str, Any]) -> None:
        if info["generation"] < _OLDEST:
            return
        if phase == "stop":
            self._freeze()
        elif self._is_due():
            self._is_thorough = True
            gc.unfreeze()

    def _is_due(self) -> bool:
        is_late = self._clock() - self._thorough_at > THOROUGH_SECONDS
        return is_late or gc.get_freeze_count() > GROWN * self._frozen

    def _freeze(self) -> None:
        if self._is_thorough:
            gc.freeze()
            self._thorough_at, self._is_thorough, self._frozen = self._clock(), False, gc.get_freeze_count()
        elif len(gc.get_objects(generation=_OLDEST)) >= self._many:
            gc.freeze()
