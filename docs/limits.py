"""The table of limits on the page about performance: `python -m docs.limits`."""

import re
import sys
from pathlib import Path

from app.core.limits import LIMITS

PAGE = Path(__file__).with_name("performance.md")
_TABLE = re.compile(r"^\| limit \|.*?\n\n", re.DOTALL | re.MULTILINE)


def table() -> str:
    """A row for each limit."""
    rows = [f"| {name} | {limit.figure:,} {limit.unit} | {limit.reason} |" for name, limit in LIMITS.items()]
    return "\n".join(["| limit | at most | why |", "|---|---:|---|", *rows]) + "\n\n"


if __name__ == "__main__":
    PAGE.write_text(_TABLE.sub(lambda _: table(), PAGE.read_text("utf-8")), "utf-8")
    sys.stdout.write(f"{PAGE.name}\n")
