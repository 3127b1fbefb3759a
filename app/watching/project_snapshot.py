"""A project as it was read at one moment, with the answers that were given about it."""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Lock

from msgspec import Struct

from app.core.cancellation import SharedToken, checkpoint, waited_for
from app.core.errors import ProjectError
from app.core.findings import Finding
from app.core.opening import exists, is_folder, real_path
from app.project.workspace import Workspace
from app.reports import wire
from app.reports.validation import is_clean
from app.sources.files import OPTIONS_FILE, list_files, list_includes
from app.sources.project import Project

type Seen = tuple[str, int, int, int, int, int]
type Mark = tuple[Seen | None, ...]
type Question = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedAnswer:
    """An answer as bytes, with the tag that changes whenever they do. Source: RFC 9110, 8.8.3.

    Attributes:
        seconds: how long it took to work out; 0 where nobody has measured.
    """

    body: bytes
    tag: str
    seconds: float = 0


def document(content: Struct) -> CachedAnswer:
    """An answer, encoded."""
    return tagged(wire.encode(content))


def tagged(body: bytes) -> CachedAnswer:
    """An answer that is encoded already."""
    return CachedAnswer(body=body, tag=f'"{hashlib.sha256(body).hexdigest()[:32]}"')


class Inquiry(Struct, frozen=True):
    """A question, and what works out its answer where it has not been asked before."""

    question: Question
    make: Callable[[Workspace], CachedAnswer]


@dataclass(frozen=True, kw_only=True)
class ProjectSnapshot:
    """One reading of a project. Nothing in it changes but that answers are kept; safe to ask from several threads.

    Attributes:
        number: counts the readings.
        mark: equal as long as no file has changed.
        loaded_at: when it was read.
        readable: the project; None where its folder or its options cannot be used.
        error: why they cannot.
    """

    number: int
    mark: Mark
    loaded_at: datetime
    readable: Workspace | None = None
    error: ProjectError | None = None
    documents: dict[Question, CachedAnswer] = field(default_factory=dict, repr=False)
    flights: dict[Question, SharedToken] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def workspace(self) -> Workspace:
        """What questions are asked of.

        Raises:
            ProjectError: the folder, or its options, cannot be used.
        """
        if self.readable is None:
            raise self.error or ProjectError("The project cannot be used.")
        return self.readable

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What is wrong with the files."""
        return self.readable.source_findings if self.readable else ()

    @property
    def good(self) -> bool:
        """Whether everything could be read."""
        return self.readable is not None and is_clean(self.faults)

    def kept(self, question: Question) -> CachedAnswer | None:
        """The answer to a question that was asked before."""
        return self.documents.get(question)

    def answer(self, inquiry: Inquiry) -> CachedAnswer:
        """The answer to a question, worked out when it is first asked, for as long as anybody waits for it.

        Raises:
            AssayError: what working it out raises; it is not kept.
            NobodyWaits: all who asked have left.
        """
        return self.keep(inquiry.question, inquiry.make)

    def keep(self, question: Question, make: Callable[[Workspace], CachedAnswer]) -> CachedAnswer:
        """The same, of a question and what works it out."""
        kept = self.documents.get(question)
        if kept is None:
            flight = self.flights.setdefault(question, SharedToken())
            with flight.joined(), self._lock, waited_for(flight):
                kept = self.documents.get(question) or self._timed(make)
                self.documents[question] = kept
        return kept

    def _timed(self, make: Callable[[Workspace], CachedAnswer]) -> CachedAnswer:
        checkpoint()
        began = time.perf_counter()
        return replace(make(self.workspace), seconds=time.perf_counter() - began)


def options_mark(folder: Path) -> Mark:
    """The state of a project's folder, and of the files that may hold its options."""
    files = tuple(_seen(folder / name) for name in (OPTIONS_FILE, "pyproject.toml"))
    there = _seen(folder)
    return (there and (there[0], there[1], 0, 0, 0, 0), *files)


def mark_of(project: Project) -> Mark:
    """The state of every file that the project reads, or would read if it were there."""
    return (*options_mark(project.root), *(_seen(path) for path in paths(project)))


def process_mark(workspace: Workspace) -> Mark:
    """The same of the files that are known once it is read: by its variables, and by manifests."""
    named = [workspace.project.root / file for one in workspace.deployments.values() for file in one.files]
    own = () if workspace.process is workspace.project else mark_of(workspace.process)
    return (*own, *map(_seen, named))


def texts_of(workspace: Workspace) -> object:
    """What a workspace was read of: its options, and what each file says; equal where they say the same."""
    workspace.read()
    projects = (workspace.project, workspace.process)
    files = [(document.name, document.text, document.fault) for one in projects for _, document in one.documents]
    code = workspace.project.application.texts, workspace.usage
    return workspace.project.options, workspace.process.options, files, workspace.dotenv, workspace.deployments, code


def paths(project: Project) -> Iterator[Path]:
    """Every file that the options name, whether it is there or not."""
    entries = list_files(project.root, project.options).entries
    first = next((entry.path for entry in entries if exists(entry.path)), None)
    for entry in (*entries, *list_includes(project.root, project.options, first, []).entries):
        yield entry.path
    yield from (entry.path for entry, _ in project.documents)
    yield from project.application.files
    yield from project.code_files()
    yield from (project.root / name for name in project.deployment_files())
    yield from (project.root / name for name in (project.options.dotenv_path, ".env", "config/.env"))


def folders(project: Project) -> set[Path]:
    """The folders in which such files lie, those that links lead to included."""
    found = {project.root}
    for path in paths(project):
        found.add(path.parent)
        if path.is_symlink():
            found.add(Path(real_path(path)).parent)
    found |= {Path(real_path(folder)) for folder in found}
    return {folder for folder in found if is_folder(folder) and project.bounds.hold(folder)}


def _seen(path: Path) -> Seen | None:
    """What changes with a file, even where its size and time are kept; who may read it is judged too."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return str(path), found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_mode
