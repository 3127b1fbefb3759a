"""A project that was checked, as documents for programs take it: one of them may tell of several."""

from collections.abc import Callable

from msgspec import Struct

from app.formats.paths import Paths
from app.formats.replacement import Replacement
from app.reports import wire

type Mended = Callable[[wire.FixEdit], Replacement | None]
"""What an edit replaces in a file; None where it is no such edit."""


def nothing(_: wire.FixEdit) -> Replacement | None:
    """No edit is told as a change of a file."""
    return None


class CheckedProject(Struct, frozen=True):
    """What was found in a project.

    Attributes:
        report: it.
        paths: the names of the project's files.
        mended: what an edit replaces in one of them.
    """

    report: wire.Report
    paths: Paths
    mended: Mended = nothing
