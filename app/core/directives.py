"""Keys by which a profile speaks to Dynaconf and not to the application, in lower case."""

from app.core.layers import Path

MARKER = "dynaconf_merge"
"""In a table or a list: it is merged with what lies below."""

MARKERS = frozenset({MARKER, "dynaconf_merge_unique"})

INCLUDE = "dynaconf_include"
"""The further files that a section, or a file without sections, reads."""


def is_include(path: Path) -> bool:
    """Whether a key names further files; it stays among the values, though no code asks for it."""
    return bool(path) and str(path[0]).lower() == INCLUDE
