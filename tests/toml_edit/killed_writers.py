"""Kills writers in the middle of their work, one after the other, and counts what they leave: run as a program."""

import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from random import Random
from time import perf_counter

from app.toml_edit.writing import hold, locked, replace_file

SIZE = 400_000


def main(folder: Path, kills: int) -> None:
    """Prints how often the file was the old or the new one, or another, and how often a writer was caught half-way."""
    file, seen = folder / "settings.toml", Counter[str]()
    random = Random(7)  # noqa: S311 - moments, not secrets
    states = {f"value = '{letter * SIZE}'\n".encode() for letter in "ab"}
    file.write_bytes(min(states))
    for _ in range(kills):
        ready, told = os.pipe()
        child = os.fork()
        if not child:
            write_for_ever(file, sorted(states), told)
        os.close(told)
        os.read(ready, 1)
        spin(random.random() * 0.004)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(ready)
        seen["whole" if file.read_bytes() in states else "torn"] += 1
        seen["half-way"] += len(list(folder.iterdir())) > 1
    seen["matched"] = len(list(folder.glob("*.toml"))) + len(list(folder.glob(".*.toml"))) - 1
    with locked([folder]):
        replace_file(hold(file, file.parent), b"value = 1\n")
    seen["left"] = len(list(folder.iterdir())) - 1
    sys.stdout.write(json.dumps(seen))


def write_for_ever(file: Path, states: list[bytes], told: int) -> None:
    """Replaces the file again and again, and tells when the first write begins."""
    os.write(told, b".")
    number = 0
    while True:
        number += 1
        with locked([file.parent]):
            replace_file(hold(file, file.parent), states[number % 2])


def spin(seconds: float) -> None:
    """Passes a stretch of time that no event stands for: the moment of a kill."""
    end = perf_counter() + seconds
    while perf_counter() < end:
        pass


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
