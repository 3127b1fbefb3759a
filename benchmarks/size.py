"""`assay check` of large projects, against a process that parses the same files and merges dictionaries."""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.paired import Row, timed_pairs
from benchmarks.projects import write

PLAIN = """
import copy, pathlib, sys, tomllib
def merge(old, new):
    for key, value in new.items():
        if isinstance(value, dict) and isinstance(old.get(key), dict): merge(old[key], value)
        else: old[key] = value
files = [pathlib.Path("settings.toml"), *sorted(pathlib.Path("settings").glob("*.toml"))]
documents = [tomllib.loads(file.read_text()) for file in files]
kept = []
for name in [name for document in documents for name in document if name != "default"]:
    values = copy.deepcopy(documents[0]["default"])
    for document in documents: merge(values, copy.deepcopy(document.get(name, {})))
    kept.append(values)
"""


def measure() -> Iterator[Row]:
    """Processor seconds of whole processes."""
    with tempfile.TemporaryDirectory() as parent:
        for environments, keys, aim in ((50, 500, 9), (200, 2000, 7)):
            folder = Path(parent) / f"{environments}x{keys}"
            write(folder, environments, keys)
            seconds, ratio = timed_pairs(partial(_check, folder), partial(_plain, folder), pairs=7)
            name, against = f"assay check, {environments} environments x {keys} keys", "parse and merge dictionaries"
            yield Row(name=name, against=against, seconds=seconds, ratio=ratio, aim=aim)
        same, clashing = Path(parent) / "same", Path(parent) / "clashing"
        write(same, 50, 2000)
        write(clashing, 50, 2000, clashing=True)
        seconds, ratio = timed_pairs(lambda: _check(clashing), lambda: _check(same), pairs=7)
        yield Row(name="assay check, 50 x 2000, types clash", against="the same without", seconds=seconds, ratio=ratio,
                  aim=3)  # fmt: skip


def _check(folder: Path) -> float:
    return _seconds(folder, str(Path(sys.executable).with_name("assay")), "check")


def _plain(folder: Path) -> float:
    return _seconds(folder, sys.executable, "-c", PLAIN)


def _seconds(folder: Path, *command: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
