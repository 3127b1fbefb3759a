"""`[diagnostics]`: what the service may probe, and how much."""

from typing import Annotated

from pydantic import Field

from app.core.roles import Role
from app.settings.section import Section


class DiagnosticsSettings(Section):
    """What the service may probe, and how much."""

    allowed_targets: Annotated[list[str], Role.PROBE_TARGETS] = Field(default=[])
    """Host patterns and networks that a typed-in target may name; an environment's own target is always allowed."""

    certificates_folder: Annotated[str, Field(min_length=1)] | None = None
    """The folder, relative to the home, below which a typed-in target may name certificate files; null: none may."""

    probe_timeout: Annotated[float, Field(gt=0, le=60)] = 10
    """Seconds that a whole probe may take."""

    max_concurrent_probes: Annotated[int, Field(ge=1, le=100)] = 4
    """How many probes may run at once."""

    editing: bool = False
    """Whether operators may edit the diagnosed profiles over REST; the folder must be writable for the service."""

    readiness_needs_database: Annotated[bool, Role.READINESS] = True
    """Whether the service is ready only while its database answers."""
