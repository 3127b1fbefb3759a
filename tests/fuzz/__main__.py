"""`python -m tests.fuzz [TARGET…] --runs N --seed S`: tries so many inputs for each target, and keeps what it finds.

What breaks a promise is written to `tests/fuzz/cases/TARGET/`, where the usual tests try it from then on.
"""

import argparse
import hashlib
import sys
import traceback
from time import monotonic

from .catalogue import TARGETS
from .engine import CASES, Found, Run, run

_OFTEN = 10.0


def main() -> int:
    """Ends with 1 where something was found."""
    arguments = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    arguments.add_argument(
        "targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; all, if none is named"
    )
    arguments.add_argument("--runs", type=int, default=10_000, help="inputs for each target")
    arguments.add_argument("--seed", type=int, default=0, help="another seed, other inputs")
    arguments.add_argument("--keep", action="store_true", help="keep what is found as cases")
    asked = arguments.parse_args()
    found = 0
    for name in asked.targets or TARGETS:
        began = monotonic()
        result = run(TARGETS[name], name, asked.runs, asked.seed, _telling(name))
        seconds = monotonic() - began
        told = f"{result.tried:,} inputs, {result.lines} lines, {seconds:.0f} s, {len(result.found)} found"
        sys.stdout.write(f"{name}: {told}\n")
        for one in result.found.values():
            _tell(name, one, keep=asked.keep)
        found += len(result.found)
    return 1 if found else 0


def _telling(name: str) -> "Telling":
    return Telling(name)


class Telling:
    """Says from time to time how far it is."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._told = 0
        self._next = monotonic() + _OFTEN

    def __call__(self, result: Run) -> None:
        """Says it, where it is time, and what is found as soon as it is."""
        if len(result.found) > self._told:
            self._told = len(result.found)
            found = list(result.found.values())[-1]
            sys.stderr.write(f"{self._name}: {found.place}\n{found.data!r}\n")
        if not result.tried % 256 and monotonic() > self._next:
            self._next = monotonic() + _OFTEN
            sys.stderr.write(f"{self._name}: {result.tried:,} inputs, {len(result.found)} found\n")


def _tell(name: str, found: Found, *, keep: bool) -> None:
    sys.stdout.write(f"--- {name}: {found.place}\n{found.data!r}\n")
    sys.stdout.writelines(traceback.format_exception(found.error)[-6:])
    if keep:
        folder = CASES / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / hashlib.sha256(found.data).hexdigest()[:12]).write_bytes(found.data)


if __name__ == "__main__":
    sys.exit(main())
