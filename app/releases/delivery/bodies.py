"""The bodies that a replica keeps in memory, each also compressed: it is asked for by many at once."""

import gzip
from collections import OrderedDict

from msgspec import Struct

KEPT = 64
"""So many bodies are kept beside those of the heads: for whoever asks a moment too late."""

_LEVEL = 6
_WORTH_IT = 0.9
"""What is not made smaller than this part of itself is sent as it is."""


class Body(Struct, frozen=True, kw_only=True):
    """The bytes of a release.

    Attributes:
        digest: `sha256:` and the hexadecimal digest of the content.
        content: canonical JSON.
        compressed: the same, in gzip's format; None where that saves nothing.
    """

    digest: str
    content: bytes
    compressed: bytes | None


def body_of(digest: str, content: bytes) -> Body:
    """A body, ready to be sent. It takes about a millisecond for 100 kB."""
    # Without the time, the same bytes on every replica: caches between us and the clients may compare them.
    compressed = gzip.compress(content, _LEVEL, mtime=0)
    is_worth_it = len(compressed) < _WORTH_IT * len(content)
    return Body(digest=digest, content=content, compressed=compressed if is_worth_it else None)


class Bodies:
    """The bodies at hand, by project, environment and digest; those that were asked for last are kept longest."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._bodies: OrderedDict[tuple[str, str, str], Body] = OrderedDict()

    def find(self, project: str, environment: str, digest: str) -> Body | None:
        """The body, where it is at hand and was released for this environment."""
        place = (project, environment.lower(), digest)
        found = self._bodies.get(place)
        if found:
            self._bodies.move_to_end(place)
        return found

    def keep(self, project: str, environment: str, body: Body, needed: frozenset[str]) -> None:
        """Keeps a body; another gives way to it, yet none of these digests."""
        self._bodies[project, environment.lower(), body.digest] = body
        spare = [place for place in self._bodies if place[2] not in needed]
        for place in spare[: max(0, len(spare) - self._kept)]:
            del self._bodies[place]
