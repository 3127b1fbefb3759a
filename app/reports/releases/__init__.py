"""Releases in the wire format."""

from datetime import datetime
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from app.reports import wire

type ReleaseState = Literal["head", "past", "waiting"]

GREATEST_ID = 10**18 - 1
"""No release has a greater id than this, which a column of 64 bits holds."""


class Release(Struct, frozen=True, kw_only=True):
    """One release: `assay release show`, `GET /releases/{id}`.

    Attributes:
        id: rises with each release, over all projects and environments.
        epoch: rises where the database is another one than before: a standby was promoted, or a backup restored.
        digest: of the body's bytes.
        fingerprint: of the environment's values where it was released.
        author: the token's name, or who ran the command.
        commit: the revision of the profiles; null where git does not say one.
        state: `head` is what instances are to run with; `waiting` needs approval; `past` was, or never will be.
        rolled_back_from: the release that was the head when this one took up an older body again.
        rolled_back_to: that older release, which has the same digest.
        approvals: how many it needs.
        supplied: the keys that each instance supplies, by its variables or its secrets file.
        counts: of the findings that it was released with.
        forced: why it was released in spite of errors.
    """

    version: int = wire.VERSION
    id: int
    epoch: int
    project: str
    environment: str
    digest: str
    fingerprint: str
    author: str
    message: str
    commit: str | None
    created_at: datetime
    state: ReleaseState
    rolled_back_from: int | None
    rolled_back_to: int | None = None
    approvals: int = 0
    approved_by: list[str]
    supplied: list[str]
    counts: wire.FindingCounts
    forced: str | None = None


class Releases(Struct, frozen=True, kw_only=True):
    """Releases, newest first; `next` asks for older ones: `assay release list`, `GET /releases`."""

    version: int = wire.VERSION
    releases: list[Release]
    next: str | None


class ReleasePreview(Struct, frozen=True, kw_only=True):
    """What a release would do: `assay release ENV --dry-run`, and the answer in place of one that is refused.

    Attributes:
        head: the release that is in force; null where nothing was released yet.
        digest: of the body that would be delivered.
        fingerprint: of the environment's values; `POST /releases` takes it as `expect`.
        valid: whether it may be released without a reason.
        findings: of the environment, and those that belong to no single one.
        supplied: the keys that each instance supplies.
        changes: the leaves that differ from the head: `left` the head, `right` the project.
    """

    version: int = wire.VERSION
    project: str
    environment: str
    head: Release | None
    digest: str
    fingerprint: str
    valid: bool
    judged: bool = True
    reason: str | UnsetType = UNSET
    counts: wire.FindingCounts
    findings: list[wire.ReportedFinding]
    supplied: list[str]
    changes: list[wire.LeafChange]
