"""The same project gives the same answer, byte for byte, in every process: sets of texts come in another order in each.

`ASSAY_STABLE_CASES` says how many projects of each kind; the usual run has four.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

CASES = int(os.environ.get("ASSAY_STABLE_CASES", "4"))
PROGRAM = Path(__file__).with_name("said_outputs.py")
TESTS = Path(__file__).parents[1]


def asked(folder: Path, hash_seed: str) -> subprocess.Popen[str]:
    folder = folder / hash_seed / "projects"
    folder.mkdir(parents=True)
    command = [sys.executable, str(PROGRAM), str(folder), "0", str(CASES)]
    modules = os.pathsep.join(map(str, (TESTS, TESTS.parent)))
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": modules, "PYTHONHASHSEED": hash_seed}
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)


def told(process: subprocess.Popen[str], folder: Path) -> Iterator[tuple[str, str]]:
    out, _ = process.communicate()
    for line in out.splitlines():
        call, text = json.loads(line)
        yield call, text.replace(str(folder), "")


def test_no_order_depends_on_the_process(tmp_path: Path) -> None:
    seeds = ("1", "2")
    with ExitStack() as stack:
        running = [stack.enter_context(asked(tmp_path, seed)) for seed in seeds]
        first, second = (dict(told(one, tmp_path / seed)) for one, seed in zip(running, seeds, strict=True))
    assert [call for call in first if first[call] != second.get(call)] == []
    assert len(first) == len(second) >= 36 * CASES
    assert not [call for call, text in first.items() if text.startswith("70")]
