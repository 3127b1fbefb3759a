"""The files of a project that are for secrets, and the examples beside them, as rules see them."""

import os
from collections.abc import Iterator
from pathlib import Path

from app.core.opening import is_file
from app.rules.kit.survey import SurveyedFile
from app.sources.dotenv import dotenv_files, read_dotenv
from app.sources.project import Project
from app.sources.toml import read

_USUAL = ".secrets.toml"
_EXAMPLES = (".example", ".sample", ".template", ".dist")


def mode_of(path: Path) -> int | None:
    """The permission bits of a file; None where the system has none, or the file is not there."""
    if os.name != "posix":
        return None
    try:
        return path.stat().st_mode & 0o777
    except (OSError, ValueError):
        return None


def dotenv_file(project: Project) -> SurveyedFile | None:
    """The last `.env` file that the project loads, of those that are there."""
    once = project.application.loads_dotenv_once
    for name, *_ in reversed(dotenv_files(project.root, project.options, once=once)):
        path = project.root / name
        if is_file(path):
            found = read_dotenv(project.root, project.options, {}, once=once).variables.items()
            values = {variable: one.value for variable, one in found if one.file == name}
            return SurveyedFile(name=name, values=values, locate=lambda _: None, secret=True, mode=mode_of(path))
    return None


def examples(project: Project) -> Iterator[SurveyedFile]:
    """The files that show which secrets belong into the secrets files beside them."""
    named = [entry.name for entry in project.entries if entry.secret]
    for name in dict.fromkeys(f"{secret}{ending}" for secret in (*named, _USUAL) for ending in _EXAMPLES):
        if is_file(project.root / name):
            document = read(project.root / name, name, project.bounds)
            yield SurveyedFile(name=name, values=document.values, locate=document.locate, broken=not document.parses)
