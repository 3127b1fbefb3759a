"""`make bench`: the tables of ratios; `make bench ROW=engine` measures one group of them."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from benchmarks import (
    command_line,
    engine,
    fan_out,
    growth,
    history,
    manifests,
    page,
    probe,
    reading,
    resilience,
    rules,
    service,
    size,
)
from benchmarks.paired import Row, described, machine, table

ROWS: Mapping[str, Callable[[], Iterable[Row]]] = {
    "engine": engine.measure,
    "size": size.measure,
    "start": command_line.measure,
    "rules": rules.measure,
    "reading": reading.measure,
    "manifests": manifests.measure,
    "probe": probe.measure,
}
"""The groups that are rows of one table."""

TABLES: Mapping[str, Callable[[], Iterable[str]]] = {
    "grown": lambda: [engine.growth()],
    "service": service.tables,
    "history": history.tables,
    "resilience": resilience.tables,
    "page": page.tables,
    "fan-out": fan_out.tables,
    "growth": growth.tables,
}
"""The groups with tables of their own."""

RESULTS = Path(__file__).parent / "results.json"


def main(chosen: str) -> int:
    """Measures the chosen group, or all."""
    if chosen and chosen not in {*ROWS, *TABLES}:
        print(f"There is no group {chosen!r}: {', '.join([*ROWS, *TABLES])}.", file=sys.stderr)
        return 2
    found = {name: list(measure()) for name, measure in ROWS.items() if chosen in {"", name}}
    if found:
        print(table(row for rows in found.values() for row in rows))
        _keep(found)
    for part in (part for name, tables in TABLES.items() if chosen in {"", name} for part in tables()):
        print(f"\n{part}")
    return 0


def _keep(found: Mapping[str, list[Row]]) -> None:
    """Writes the rows beside the code, over those of the same groups."""
    known = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    known |= {name: {"machine": machine(), "rows": [described(row) for row in rows]} for name, rows in found.items()}
    RESULTS.write_text(json.dumps(known, indent=1) + "\n")


sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
