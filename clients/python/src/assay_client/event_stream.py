"""Server-sent events, as far as releases use them (WHATWG HTML, 9.2.6)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

_LONGEST_LINE = 64 * 1024
_LONGEST_JITTER_MS = 60_000.0


@dataclass(frozen=True)
class Announced:
    """A release that there is.

    Attributes:
        id: the release's.
        digest: its body's.
        jitter: seconds within which the clients shall spread their fetching.
    """

    id: int
    digest: str
    jitter: float


class Lines(Protocol):
    """What lines are read from."""

    def readline(self, limit: int = -1, /) -> bytes:
        """The next line, with its end; empty at the end of all."""


def announcements(lines: Lines) -> Iterator[Announced | None]:
    """What a stream says, until it ends; None where it only says that it is alive."""
    data: list[str] = []
    while raw := lines.readline(_LONGEST_LINE):
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            yield announced("\n".join(data))
            data = []
        elif line.startswith(":"):
            yield None


def announced(text: str) -> Announced | None:
    """The release that an event names; None where it names none."""
    try:
        said: Any = json.loads(text)
        jitter = max(0.0, min(_LONGEST_JITTER_MS, float(said.get("jitter_ms") or 0))) / 1000  # no number is the longest
        return Announced(int(said["id"]), str(said["digest"]), jitter)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None
