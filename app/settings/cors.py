"""`[cors]`: which pages of other origins may call the service."""

from typing import Annotated

from pydantic import Field

from app.core.roles import Role
from app.settings.section import Section


class CorsSettings(Section):
    """Which pages of other origins may call the service."""

    allow_origins: Annotated[list[str], Role.ORIGINS] = Field(default=[])
    """Origins, `https://ops.example.com`; none by default."""

    allow_methods: list[str] = Field(default=["GET", "POST", "DELETE"])
    """HTTP methods that another origin may use."""

    allow_headers: list[str] = Field(default=["Authorization", "Content-Type"])
    """Request headers that another origin may send."""

    allow_credentials: bool = False
    """Whether another origin may send cookies."""
