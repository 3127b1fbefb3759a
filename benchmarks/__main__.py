"""`make bench`: the table of ratios."""

from benchmarks.command_line import measure as command_line
from benchmarks.paired import Row, table
from benchmarks.rules import measure as rules

ROWS: tuple[Row, ...] = (*command_line(), *rules())

print(table(ROWS))
