"""`[auth]`: who may ask."""

from typing import Annotated, Literal

from pydantic import Field

from app.core.roles import Role
from app.settings.section import Section


class TokenSettings(Section):
    """One bearer token, known by its digest."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    """Who holds the token; appears in logs."""

    role: Literal["viewer", "operator"]
    """A viewer reads, an operator also probes."""

    sha256: Annotated[str, Field(min_length=1), Role.DIGEST]
    """The token's SHA-256 digest, 64 hexadecimal digits."""


class AuthSettings(Section):
    """Who may ask."""

    tokens: Annotated[list[TokenSettings], Role.ACCESS_TOKENS] = Field(default=[])
    """Bearer tokens; with none the service answers only on loopback."""
