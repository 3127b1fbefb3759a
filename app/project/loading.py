"""The files that a project would have to load, and the option that makes it."""

from collections.abc import Sequence

from app.core.errors import EditRefused
from app.core.findings import Edit
from app.options import OPTIONS_FILES
from app.rules.kit.toml_text import toml_literal
from app.sources.project import Project

SECRETS = ".secrets.toml"
"""What a file of secrets is called where a project has none."""


def loader(project: Project, *names: str) -> Edit:
    """The option that makes a project load files, behind all others."""
    listed = [*(file for file in project.options.settings_files if file not in names), *names]
    file = project.options_file or OPTIONS_FILES[0]
    return Edit(
        kind="option",
        text=f"settings_files = {toml_literal(listed)}",
        key="settings_files",
        file=file,
        section="tool.assay" if file == "pyproject.toml" else None,
        value=listed,
    )


def unloaded(project: Project, key: str, names: Sequence[str] = (SECRETS,)) -> EditRefused:
    """The refusal of a value whose file nothing would read, with the line that would have it read."""
    option = loader(project, *names)
    shown = " and ".join(names)
    message = f"The project does not load {shown}, so that {key} would be set nowhere. Nothing was written."
    where = f"{option.file}{f' under [{option.section}]' if option.section else ''}"
    return EditRefused(message, fix=f"Write {option.text} into {where}, and into the application's Dynaconf call.")
