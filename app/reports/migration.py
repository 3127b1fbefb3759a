"""The answers about the service's tables, in the wire format's shape: what a migration did, and which there are."""

from typing import Literal

from msgspec import Struct

from app.reports.probe import ProbedTarget


class Step(Struct, frozen=True, kw_only=True):
    """A revision that was applied, or taken back."""

    revision: str
    description: str


class Migration(Struct, frozen=True, kw_only=True):
    """What a migration did; `before` and `after` are null where there are no tables, `steps` are in their order."""

    version: Literal[1] = 1
    environment: str
    target: ProbedTarget
    before: str | None
    after: str | None
    head: str
    steps: tuple[Step, ...]


class KnownRevision(Struct, frozen=True, kw_only=True):
    """A revision that this version of Assay knows, and whether the tables have it."""

    revision: str
    description: str
    applied: bool


class Revisions(Struct, frozen=True, kw_only=True):
    """Every revision, newest first, and where the tables are; `current` is null before the first."""

    version: Literal[1] = 1
    environment: str
    target: ProbedTarget
    current: str | None
    head: str | None
    pending: int
    revisions: tuple[KnownRevision, ...]
