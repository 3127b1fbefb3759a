"""Garbage collection that keeps nobody waiting: what stays is not looked through again and again.

Python's collector stops everything while it looks through all that lives, which takes half a second where thousands of
streams are open. What has lived through one such look is frozen, so that the next one sees only what is newer.
"""

import gc
import time
from collections.abc import Callable, Mapping
from typing import Any

THOROUGH_SECONDS = 3600.0
"""So often everything is looked through all the same: what was frozen may have become garbage since."""

_OLDEST = 2
_FULL_AFTER = 1
"""Of what is young, so many looks come before the next full one, which is as short: it finds what is new since then."""


class ShortCollections:
    """Freezes what each full collection leaves, in this process.

    Args:
        clock: tells seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._thorough_at = clock()
        self._thresholds = gc.get_threshold()

    def begin(self) -> None:
        """Collects once, and takes care of every collection from now on."""
        gc.callbacks.append(self._collects)
        youngest, young, _ = self._thresholds
        gc.set_threshold(youngest, young, _FULL_AFTER)
        gc.collect()

    def end(self) -> None:
        """Leaves the collector as Python has it."""
        gc.callbacks.remove(self._collects)
        gc.set_threshold(*self._thresholds)
        gc.unfreeze()

    def _collects(self, phase: str, info: Mapping[str, Any]) -> None:
        if info["generation"] < _OLDEST:
            return
        if phase == "stop":
            gc.freeze()
        elif self._clock() - self._thorough_at > THOROUGH_SECONDS:
            self._thorough_at = self._clock()
            gc.unfreeze()
