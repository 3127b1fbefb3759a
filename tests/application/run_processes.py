"""Shares work as a program without threads does, and prints what came of it; reads the code of the folders named."""

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from app.application.usage.processes import shared
from app.project.workspace import open_workspace


def _bytes(part: Sequence[int]) -> bytes:
    if 5 in part:
        raise ValueError
    return bytes(part)


def _nobody_is_left() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


with shared(range(10), _bytes) as (own, others):
    answers = [list(answer) for answer in others]
with suppress(KeyError), shared(range(10), bytes):
    raise KeyError
sys.stdout.write(json.dumps({"own": list(own), "answers": answers, "clean": _nobody_is_left()}) + "\n")
for folder in sys.argv[1:]:
    sys.stdout.write(f"{open_workspace(Path(folder), {}).project.usage({})}\n")
