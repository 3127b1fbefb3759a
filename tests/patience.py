"""How long a test waits before it says that something never came.

It bounds a failure and measures nothing: on a machine that is busy with other work, everything comes later.
"""

import os
import time
from collections.abc import Callable

PATIENCE_SECONDS = 120.0
PATIENCE_MILLISECONDS = int(PATIENCE_SECONDS * 1000)


def eventually(holds: Callable[[], object]) -> bool:
    """Whether something comes to hold, asked again and again."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            return False
        os.sched_yield()
    return True
