"""`make bench`: the table of ratios."""

from benchmarks.command_line import measure as command_line
from benchmarks.paired import Row, table
from benchmarks.probe import measure as probe
from benchmarks.rules import measure as rules

ROWS: tuple[Row, ...] = (*command_line(), *rules(), *probe())

print(table(ROWS))
