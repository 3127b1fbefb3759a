"""`make bench`: the tables of ratios."""

from benchmarks.command_line import measure as command_line
from benchmarks.growth import tables as growth
from benchmarks.history import tables as history
from benchmarks.page import tables as page
from benchmarks.paired import Row, table
from benchmarks.probe import measure as probe
from benchmarks.resilience import tables as resilience
from benchmarks.rules import measure as rules
from benchmarks.service import tables as service

ROWS: tuple[Row, ...] = (*command_line(), *rules(), *probe())

print(table(ROWS))
for part in (*service(), *history(), *resilience(), *page(), *growth()):
    print(f"\n{part}")
