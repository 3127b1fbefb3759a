"""The service's own settings under the name that options give them: `schema = "app.schema:Settings"`."""

from app.settings import Settings

__all__ = ["Settings"]
