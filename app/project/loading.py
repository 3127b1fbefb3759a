"""The files that a project would have to load, and the option that makes it."""

from collections.abc import Sequence

from app.core.errors import EditRefused
from app.core.findings import Edit, Fix
from app.options import OPTIONS_FILES
from app.rules.kit.toml_text import toml_literal
from app.sources.project import Project

SECRETS = ".secrets.toml"
"""What a file of secrets is called where a project has none."""


def loader(project: Project, *names: str) -> Fix:
    """What makes a project load files, behind all others; `once` stands before it.

    Where the application's call stands for the options, nothing but the call does: an option that is written down
    beside it would let the check pass, and the application would still not read the file.
    """
    if call := project.speaking:
        return Fix(text=f"settings_files of the Dynaconf call at {call.place} names {_listed(names)} too")
    edit = _option(project, names)
    text = f"{edit.text} in {edit.file}, and in the application's Dynaconf call, makes it count"
    return Fix(text=text, edit=edit)


def _option(project: Project, names: Sequence[str]) -> Edit:
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
    message = f"The project does not load {_listed(names)}, so that {key} would be set nowhere. Nothing was written."
    if call := project.speaking:
        return EditRefused(message, fix=f"Add {_listed(names)} to settings_files in the Dynaconf call at {call.place}.")
    option = _option(project, names)
    where = f"{option.file}{f' under [{option.section}]' if option.section else ''}"
    return EditRefused(message, fix=f"Write {option.text} into {where}, and into the application's Dynaconf call.")


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names)
