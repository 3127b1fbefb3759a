"""The processes that run with an environment, in the wire format."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from app.reports import wire

type InstanceState = Literal["current", "old", "different", "unseen"]


class Drift(Struct, frozen=True, kw_only=True):
    """A key whose value is another than the release and the deployment say, and since when."""

    key: str
    since: datetime


class Instance(Struct, frozen=True, kw_only=True):
    """One process of an application, as it last reported.

    Attributes:
        state: `unseen` where it has missed three reports, `old` where it runs an older release than the head,
            `different` where a value is not what its release and deployment say, else `current`.
        release: the id of the release that it runs with; None where it has none.
        judged: whether anything is known of its values; where nothing is, it may be `current` by its release alone.
        processes: how many report under this name just now; the last of them is what all else is about.
    """

    name: str
    host: str
    environment: str
    started_at: datetime
    seen_at: datetime
    state: InstanceState
    release: int | None
    differs: list[Drift]
    judged: bool = True
    processes: int = 1

    @property
    def word(self) -> str:
        """Its state in a word, as people are told."""
        return "unjudged" if self.state == "current" and not self.judged else self.state


class Instances(Struct, frozen=True, kw_only=True):
    """Who runs with which release; `next` asks for more of them: `assay instances`, `GET /instances`."""

    version: int = wire.VERSION
    instances: list[Instance]
    next: str | None = None
