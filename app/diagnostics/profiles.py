"""The diagnosed project while a service runs: read once, and again when its files have changed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from app.diagnostics.workspace import Workspace, open_workspace
from app.reports.validation import is_clean
from app.sources.files import OPTIONS_FILE, list_files, list_includes
from app.sources.project import Project

type Mark = tuple[tuple[str, int, int, int] | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The project as it was read.

    Attributes:
        workspace: what questions are asked of.
        mark: equal as long as no file has changed.
        loaded_at: when it was read.
    """

    workspace: Workspace
    mark: Mark
    loaded_at: datetime


class Profiles:
    """The project of a running service; safe to ask from several threads.

    Args:
        folder: the project's root.
        environ: this process's variables.
        clock: tells the time.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str], clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._environ = environ
        self._clock = clock
        self._lock = Lock()
        self._snapshot: Snapshot | None = None
        self._last_good: datetime | None = None

    def workspace(self) -> Workspace:
        """The project as its files stand now.

        Raises:
            ProjectError: the folder, or its options, cannot be used any more.
        """
        return self.snapshot().workspace

    def snapshot(self) -> Snapshot:
        """The project as its files stand now, and when they were read.

        Raises:
            ProjectError: the folder, or its options, cannot be used any more.
        """
        with self._lock:
            if self._snapshot is None or self._snapshot.mark != self._mark(self._snapshot.workspace.project):
                self._snapshot = self._read()
            return self._snapshot

    @property
    def last_good_at(self) -> datetime | None:
        """When the files last were read without an error in them; None before that."""
        return self._last_good

    def _read(self) -> Snapshot:
        # Marked before it is read: a file that changes meanwhile is read again, never missed.
        options = self._options()
        now = self._clock()
        workspace = open_workspace(self._folder, self._environ)
        snapshot = Snapshot(workspace=workspace, mark=(*options, *_files(workspace.project)), loaded_at=now)
        if is_clean(workspace.source_findings):
            self._last_good = now
        return snapshot

    def _mark(self, project: Project) -> Mark:
        return (*self._options(), *_files(project))

    def _options(self) -> Mark:
        return tuple(_seen(self._folder / name) for name in (OPTIONS_FILE, "pyproject.toml"))


def _files(project: Project) -> Mark:
    return tuple(_seen(path) for path in _paths(project))


def _paths(project: Project) -> Iterator[Path]:
    """Every file that the options name, whether it is there or not."""
    entries = list_files(project.root, project.options)
    first = next((entry.path for entry in entries if entry.path.exists()), None)
    for entry in (*entries, *list_includes(project.root, project.options, first, [])):
        yield entry.path
    yield project.root / project.options.dotenv_path


def _seen(path: Path) -> tuple[str, int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return str(path), found.st_ino, found.st_size, found.st_mtime_ns
