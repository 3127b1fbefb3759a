"""What rules said about a project and its environments."""

from collections.abc import Iterator

from msgspec import Struct

from app.core.findings import Finding, Waived
from app.reports.validation import Judged


class Judgement(Struct, frozen=True, kw_only=True):
    """What was found, before or after waivers.

    Attributes:
        findings: those that belong to no single environment.
        judged: the environments that were asked for.
        waived: of those that belong to no single environment.
    """

    findings: tuple[Finding, ...]
    judged: tuple[Judged, ...]
    waived: tuple[Waived, ...] = ()

    @property
    def everything(self) -> Iterator[Finding]:
        """All findings."""
        yield from self.findings
        for one in self.judged:
            yield from one.verdict.findings

    @property
    def names(self) -> list[str]:
        """The environments that were asked for."""
        return [one.name for one in self.judged]
