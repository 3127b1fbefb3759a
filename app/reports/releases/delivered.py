"""What instances are told of their release."""

from msgspec import Struct

from app.reports.releases import Release


class DeliveredHead(Release, frozen=True, kw_only=True):
    """The head of an environment: `GET /releases/{environment}/head`.

    Attributes:
        digest_key: what instances make the digests of their values with, base64; null for viewers, who
            report none, and where the project has none yet.
    """

    digest_key: str | None


class ReleaseEvent(Struct, frozen=True, kw_only=True):
    """What `GET /releases/{environment}/events` tells of a new head.

    Attributes:
        jitter_ms: each instance waits some time up to this before it asks for the body, so that not all ask at once.
    """

    id: int
    digest: str
    jitter_ms: int
