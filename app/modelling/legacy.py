"""Variables of older deployments that still work, lowest among the variables, where the model knows their key."""

from collections.abc import Mapping

from app.core.layers import Path

LEGACY: Mapping[str, Path] = {"DATABASE_URL": ("database", "url"), "CORS_ORIGINS": ("cors", "allow_origins")}
"""The key that each of them sets."""
