"""An edit of a profile in the wire format: what it changes, and what it breaks."""

from typing import Literal

from msgspec import Struct

from app.reports import wire


class EnvironmentChange(Struct, frozen=True, kw_only=True):
    """How one leaf of one environment changes; `left` is before, `right` after."""

    environment: str
    key: str
    kind: Literal["changed", "added", "removed", "same"]
    left: wire.Side | None
    right: wire.Side | None


class EditedKey(Struct, frozen=True, kw_only=True):
    """One key that an edit changes, and where; `shadowed` is the place that its value comes from in spite of that."""

    key: str
    file: str
    section: str | None
    shadowed: wire.Origin | None


class EditsReport(Struct, frozen=True, kw_only=True):
    """What several edits do together: `PATCH /config/values`; the other fields mean what an EditReport's do."""

    version: int = wire.VERSION
    edits: list[EditedKey]
    written: bool
    changes: list[EnvironmentChange]
    findings: list[wire.ReportedFinding]
    refusal: str | None
    notes: list[str]


class EditReport(Struct, frozen=True, kw_only=True):
    """What an edit does: `assay set`, `assay unset`.

    Attributes:
        written: whether the file holds it now.
        findings: the errors and warnings that there were none of before; errors first, and only they are refused.
        shadowed: the place that the key's value comes from in spite of the edit; None where the edit takes effect.
        refusal: why it was not written; None where nothing speaks against it.
        notes: what else the reader should know.
        hint: that a key beside the new one was probably meant; None where none was.
    """

    version: int = wire.VERSION
    file: str
    section: str | None
    key: str
    written: bool
    changes: list[EnvironmentChange]
    findings: list[wire.ReportedFinding]
    shadowed: wire.Origin | None
    refusal: str | None
    notes: list[str]
    hint: str | None = None
