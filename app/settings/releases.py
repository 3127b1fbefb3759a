"""`[releases]`: how values are released to the instances that run with them."""

from typing import Annotated

from pydantic import Field

from app.settings.section import Section


class ReleasesSettings(Section):
    """How values are released to instances."""

    approvals: Annotated[int, Field(ge=0, le=10)] = 0
    """How many operators other than its author have to approve a release before it is delivered."""

    synchronous: bool = False
    """Whether a release waits until a synchronous standby has it; without one it is refused."""
