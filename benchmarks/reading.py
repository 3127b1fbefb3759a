"""What 1,000 files of code read of their settings, against parsing the same files."""

import ast
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.paired import Row, timed_pairs

_FILES = 1000
_FUNCTIONS = 12
_READ = """
import sys, time
from pathlib import Path
from app.project.workspace import open_workspace
begun = time.process_time()
usage = open_workspace(Path(sys.argv[1]), {}).usage
print(time.process_time() - begun if len(usage.reads) >= int(sys.argv[2]) else "nothing was read")
"""
_FUNCTION = """
def {name}(orders, rate=1.0, *, limit: int = 20):
    \"\"\"The part of orders that counts, in cents.\"\"\"
    found = [order for order in orders if order.total > rate and order.state in STATES]
    for number, order in enumerate(found):
        if number >= limit or order.customer is None:
            break
        LOGGER.debug("order %s of %s", order.number, order.customer.name)
        order.cents = round(order.total * 100 * rate) + order.items.get("fee", 0)
    return sorted(found, key=lambda one: (one.cents, one.number))[:limit]{read}
"""


def measure() -> Iterator[Row]:
    """Processor seconds, nothing kept of an earlier time, in a process of its own each time."""
    for name, reads, aim in (("one read", 1, 2), ("27 reads", 27, 4)):
        with tempfile.TemporaryDirectory() as folder:
            size = write(Path(folder), reads)
            ours, theirs = partial(_usage, folder, reads * _FILES), partial(_parse, Path(folder))
            seconds, ratio = timed_pairs(ours, theirs, pairs=3)
        title = f"what {_FILES} files of {size / 1e6:.0f} MB read, {name} in each"
        yield Row(name=title, against="ast.parse of the same", seconds=seconds, ratio=ratio, aim=aim)


def write(folder: Path, reads: int) -> int:
    """A project of which every file imports the settings, and reads so many keys.

    Returns:
        How many bytes of code it has.
    """
    call = "from dynaconf import Dynaconf\n\nsettings = Dynaconf(settings_files=['settings.toml'])\n"
    (folder / "config.py").write_text(call)
    (folder / "settings.toml").write_text("".join(f"key{number} = {number}\n" for number in range(50)))
    texts = {f"part{number}.py": _module(number, reads) for number in range(_FILES)}
    for name, text in texts.items():
        (folder / name).write_text(text)
    return sum(map(len, texts.values()))


def _module(number: int, reads: int) -> str:
    head = "import logging\n\nfrom config import settings\n\nLOGGER = logging.getLogger(__name__)\nSTATES = {'paid'}\n"
    spread = [reads // _FUNCTIONS + (place < reads % _FUNCTIONS) for place in range(_FUNCTIONS)]
    keys = iter(range(number, number + reads))
    functions = (
        _FUNCTION.format(
            name=f"part_{place}", read="".join(f" + [settings.key{next(keys) % 50}]" for _ in range(count))
        )
        for place, count in enumerate(spread)
    )
    return head + "".join(functions)


def _usage(folder: str, reads: int) -> float:
    kept = Path(folder, ".assay", "usage.cache")
    kept.unlink(missing_ok=True)
    command = [sys.executable, "-c", _READ, folder, str(reads)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ)).stdout)


def _parse(folder: Path) -> float:
    texts = [file.read_bytes() for file in folder.glob("*.py")]
    begun = time.process_time()
    for text in texts:
        ast.parse(text)
    return time.process_time() - begun
