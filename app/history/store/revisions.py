"""The migrations of this version of Assay, read without Alembic, which takes long to load: a probe asks for them."""

import ast
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

VERSION_TABLE = "assay_schema"
"""Where a database keeps its revision."""


@cache
def revision_ids() -> tuple[str, ...]:
    """The ids of all revisions, newest first."""
    texts = (entry.read_text(encoding="utf-8") for entry in _files())
    below = {str(found["revision"]): found["down_revision"] for text in texts if "revision" in (found := _stated(text))}
    above = {down: revision for revision, down in below.items()}
    listed: list[str] = []
    while (following := above.get(listed[-1] if listed else None)) is not None:
        listed.append(following)
    return tuple(reversed(listed))


def _files() -> list[Traversable]:
    folder = files("app.history.store") / "migrations" / "versions"
    return [entry for entry in folder.iterdir() if entry.name.endswith(".py")]


def _stated(text: str) -> dict[str, str | None]:
    """The constants that a migration's module assigns."""
    assigned = (line for line in ast.parse(text).body if isinstance(line, ast.Assign))
    return {
        target.id: str(line.value.value) if line.value.value is not None else None
        for line in assigned
        for target in line.targets
        if isinstance(target, ast.Name) and isinstance(line.value, ast.Constant)
    }
