"""`[logging]`: what the service writes down."""

from typing import Literal

from app.settings.section import Section


class LoggingSettings(Section):
    """What the service writes down."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least severity that is logged."""

    format: Literal["console", "json"] = "console"
    """Lines for people, or one JSON object a line for machines."""
