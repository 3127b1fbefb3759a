"""What keeps a release from being made, or from being approved."""

from app.core.errors import AssayError
from app.reports import wire
from app.reports.releases import ReleasePreview


class ReleaseConflict(AssayError):
    """Another release was first, or a release is not in the state that was expected; nothing was written.

    Attributes:
        head: the id of the release that is the head now; None where there is none.
        changes: what that release changed; None where that is not known.
    """

    code = "release-conflict"
    exit_status = 1
    http_status = 409
    changes: list[wire.LeafChange] | None = None

    def __init__(self, message: str, *, fix: str = "", head: int | None = None) -> None:
        super().__init__(message, fix=fix)
        self.head = head


class ReleaseRefused(AssayError):
    """An environment is not fit to be released; nothing was written.

    Attributes:
        preview: what would have been released, with its findings; None where that is not known.
    """

    code = "release-refused"
    exit_status = 1
    http_status = 422
    preview: ReleasePreview | None = None


class ApprovalRefused(AssayError):
    """This one may not approve that release."""

    code = "approval-refused"
    exit_status = 1
    http_status = 403


class ReleaseUnconfirmed(AssayError):
    """A release is written on the primary, and no synchronous standby has acknowledged it."""

    code = "release-unconfirmed"
    exit_status = 3
    http_status = 503


class TooManyInstances(AssayError):
    """As many instances of an environment report as are kept; this one's report was not."""

    code = "too-many-instances"
    exit_status = 1
    http_status = 429
