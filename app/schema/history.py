"""`[history]`: what the service remembers, and how long."""

from typing import Annotated

from pydantic import Field

from app.schema.section import Section


class HistorySettings(Section):
    """What the service remembers, and how long."""

    enabled: bool = True
    """Whether probes and changes are recorded in the database."""

    retention_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """Days after which records are removed."""

    migrate_on_start: bool = False
    """Whether a start brings the database's schema up to date."""
