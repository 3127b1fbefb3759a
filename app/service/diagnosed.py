"""The projects that a service diagnoses: the one it was started for, and the others of its workspace."""

from collections.abc import Mapping

from msgspec import Struct

from app.core.errors import UnknownProject, did_you_mean
from app.history.recorder import Recorder
from app.watching.watcher import Live


class DiagnosedProject(Struct, frozen=True, kw_only=True):
    """A project that is followed.

    Attributes:
        name: what it is called, also in its history.
        path: its folder, relative to the workspace's.
        live: what its files say now.
        recorder: keeps what happens to it; None where there is no database for that.
    """

    name: str
    path: str
    live: Live
    recorder: Recorder | None


def known_project(projects: Mapping[str, DiagnosedProject], name: str) -> DiagnosedProject:
    """The project of that name.

    Raises:
        UnknownProject: there is none; the nearest is suggested.
    """
    if name not in projects:
        raise UnknownProject(f"There is no project {name[:100]!r}.", fix=did_you_mean(name, projects))
    return projects[name]
