"""A connection tested stage by stage. It returns what it found, and never raises."""

from app.database.probe.run import probe

__all__ = ["probe"]
