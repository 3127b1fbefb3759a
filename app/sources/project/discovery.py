"""Which project a folder is: by its options, else by its application's code."""

from collections.abc import Mapping
from pathlib import Path

from app.application import Application
from app.application.roots import ServiceRoot, chosen_call, completing, find_application, has_options
from app.core.errors import ProjectError
from app.core.opening import is_folder
from app.options import Options
from app.options.reading import read_options
from app.sources.project import Project


def open_project(folder: Path, environ: Mapping[str, str] | None = None, call: str = "") -> Project:
    """The project in a folder: its options, and, where they state none of Dynaconf's, what its application's code says.

    Args:
        folder: where it is, or something of it.
        environ: the variables of the process; the code may ask for them.
        call: the place of the Dynaconf call that counts, `PATH:LINE`; empty where that is to be found.

    Raises:
        ProjectError: the folder is not there, its options cannot be used, or several applications are there.
        ArgumentError: there is no such call.
    """
    root = folder.absolute()
    if not is_folder(root):
        raise ProjectError(f"{folder} is not a folder.", fix="Name the folder that holds the project's settings.")
    root = root.resolve()
    stated = has_options(root)
    options = read_options(root) if stated else None
    found = _found(root, call, environ or {}, options)
    if found is None:
        options = options or Options()
        folders = ("",) if options.code is None else tuple(options.code)
        return Project(root=root, options=options, application=Application(root, options, folders=folders))
    root = root if options else found.root
    written = options if options and (options.lays_out or not options.stated) else None
    application = Application(root, written, found.call, others=found.others, environ=environ or {})
    implied = application.implied(environ or {}) or Options()
    return Project(root=root, options=written or (options.over(implied) if options else implied),
                   application=application)  # fmt: skip


def reopened(project: Project, environ: Mapping[str, str]) -> Project:
    """The same project as it is now.

    Raises:
        ProjectError: its options cannot be used any more.
        ArgumentError: its Dynaconf call is not where it was.
    """
    call = project.application.chosen
    return open_project(project.root, environ, f"{call.module.file}:{call.line}" if call else "")


def _found(folder: Path, call: str, environ: Mapping[str, str], options: Options | None) -> ServiceRoot | None:
    """The call that somebody names, or that stands for what the options leave unsaid of Dynaconf's own."""
    if call:
        return chosen_call(call, folder)
    if options is None:
        return find_application(folder, Path(environ["HOME"]) if environ.get("HOME") else None)
    return completing(folder, options.code) if options.stated and not options.lays_out else None
