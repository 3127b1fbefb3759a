"""`make bench`: the table of ratios."""

from benchmarks.command_line import measure as command_line
from benchmarks.paired import Row, table

ROWS: tuple[Row, ...] = tuple(command_line())

print(table(ROWS))
