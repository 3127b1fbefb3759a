"""Where a fix sets a key: the file and section where `assay set` would, and what keeps the tables around it whole."""

from collections.abc import Mapping
from typing import Any

from app.core.errors import ArgumentError
from app.core.layers import Path as KeyPath
from app.core.tree import Tree
from app.modelling.shape import Shape
from app.project.loading import SECRETS, loader
from app.rules.kit.placing import Place
from app.sources.files import base_folder
from app.sources.project import Project
from app.toml_edit.choice import EditTarget
from app.toml_edit.site import Site, site
from app.toml_edit.spelling import in_files, natural


def placed(project: Project, tree: Tree, shape: Shape | None, path: KeyPath, secret: bool) -> Place:  # noqa: FBT001 - a rule asks for either
    """The place of a key in the environment of a tree."""
    wanted = _target(project, tree.environment)
    known = in_files([tree], natural(tree, shape, path))
    try:
        found = site(project, tree, wanted, known, secret=secret)
    except ArgumentError:
        return Place(key=known, section=wanted.section)
    if found:
        return _place(project, found)
    if not secret or any(entry.secret for entry in project.entries):
        return Place(key=known, section=wanted.section)
    folder = base_folder(project.root, project.options).relative_to(project.root)
    file = (folder / SECRETS).as_posix()
    return Place(key=known, section=wanted.section, file=file, loader=loader(project, SECRETS))


def written(project: Project, place: Place) -> Mapping[str, Any]:
    """What the section of a place says as the file has it, or the whole file where it has none."""
    document = project.document(place.file or "")
    values = document.values if document else {}
    table = values if place.section is None else values.get(place.section)
    return table if isinstance(table, Mapping) else {}


def _target(project: Project, environment: str) -> EditTarget:
    """The environment as edits name it; of several the last has the last word."""
    section = environment.rpartition(",")[2].strip().lower() if project.options.sectioned else None
    return EditTarget(environment=environment, shown=environment, section=section)


def _place(project: Project, found: Site) -> Place:
    separator = project.options.separator
    is_text = all(isinstance(part, str) for part in found.key)
    key = (separator.join(map(str, found.key)),) if found.joined and separator and is_text else found.key
    return Place(
        key=key,
        file=found.entry.name,
        section=found.section,
        resets=found.resets,
        in_tables=found.in_tables,
        above=found.above if key == found.key else None,
    )
