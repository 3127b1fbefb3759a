"""`[auth]`: who may ask."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.core.roles import Role
from app.settings.section import Section, missing


class TokenSettings(Section):
    """One bearer token, known by its digest."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    """Who holds the token; appears in logs."""

    role: Literal["viewer", "operator", "client"]
    """A viewer reads, an operator also probes and releases; a client is delivered the releases of its environments."""

    environments: list[str] = Field(default=[], validate_default=True)
    """The environments that a client may ask for; a viewer and an operator may ask for all."""

    projects: list[str] = Field(default=[])
    """The projects whose releases a client may ask for; none named: all of this service."""

    sha256: Annotated[str, Field(min_length=1), Role.DIGEST]
    """The token's SHA-256 digest, 64 hexadecimal digits."""

    @field_validator("environments")
    @classmethod
    def _of_clients(cls, value: list[str], info: ValidationInfo) -> list[str]:
        role = info.data.get("role")
        if role == "client" and not value:
            raise missing("a client is bound to environments")
        if value and role in {"viewer", "operator"}:
            why = "only a client is bound to environments: {who} may ask for all"
            raise PydanticCustomError("value_error", why, {"who": "a viewer" if role == "viewer" else "an operator"})
        return value


class AuthSettings(Section):
    """Who may ask."""

    tokens: Annotated[list[TokenSettings], Role.ACCESS_TOKENS] = Field(default=[])
    """Bearer tokens; with none the service answers only on loopback."""


def known_token(token: str, tokens: Sequence[TokenSettings]) -> TokenSettings | None:
    """The token of that text; every digest is compared, so that the time tells nothing."""
    digest = hashlib.sha256(token.encode()).hexdigest().encode()
    found = [known for known in tokens if hmac.compare_digest(known.sha256.lower().encode(), digest)]
    return found[0] if found else None
