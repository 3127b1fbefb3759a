"""`[headers]`: security headers on every answer."""

from typing import Annotated, Literal

from pydantic import Field

from app.settings.section import Section

_CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


class HeadersSettings(Section):
    """Security headers on every answer."""

    hsts_seconds: Annotated[int, Field(ge=0, le=63_072_000)] = 0
    """For how many seconds browsers insist on HTTPS; 0 sends no such header."""

    nosniff: bool = True
    """Forbids browsers to guess content types."""

    frame_options: Literal["DENY", "SAMEORIGIN"] = "DENY"
    """Who may frame the page."""

    referrer_policy: Literal["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"] = (
        "no-referrer"
    )
    """What browsers tell other sites about where a visitor came from."""

    content_policy: Annotated[str, Field(min_length=1)] = _CONTENT_POLICY
    """The content security policy."""
