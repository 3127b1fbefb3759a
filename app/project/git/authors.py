"""The commits of a project's lines, a file at a time and each once."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from app.core.opening import exists, read_file, real_path
from app.project.git import run_git
from app.project.git.blame import blame_text
from app.reports.wire import DeploymentOrigin, FileOrigin, LineCommit
from app.sources.project import Project


class LineAuthors(Struct, frozen=True, kw_only=True, dict=True):
    """Who wrote the lines of a project's profiles and deployments last.

    Attributes:
        project: a snapshot of its files.
        environ: where git and its user's configuration are found.
    """

    project: Project
    environ: Mapping[str, str]

    def commit(self, origin: FileOrigin | DeploymentOrigin) -> LineCommit | None:
        """The commit of the line at a place; None where git does not know it, or it is not committed."""
        if self._top is None or origin.line is None:
            return None
        if origin.file not in self._files:
            self._files[origin.file] = self._asked(self._top, origin.file)
        return self._files[origin.file].get(origin.line)

    @cached_property
    def _files(self) -> dict[str, dict[int, LineCommit]]:
        return {}

    @cached_property
    def _top(self) -> Path | None:
        root = Path(real_path(self.project.root))
        return next((folder for folder in (root, *root.parents) if exists(folder / ".git")), None)

    @cached_property
    def _shallow(self) -> bool:
        ran = run_git(self.project.root, self.environ, "rev-parse", "--is-shallow-repository")
        return ran is None or ran.stdout.strip() != b"false"

    def _asked(self, top: Path, file: str) -> dict[int, LineCommit]:
        text, place = self._text(file), Path(real_path(self.project.root / file))
        if text is None or not place.is_relative_to(top):
            return {}
        lines = range(1, text.count("\n") + 2)
        name = place.relative_to(top).as_posix()
        return blame_text(top, self.environ, name, text, lines, shallow=self._shallow)

    def _text(self, file: str) -> str | None:
        """What a file says: a profile as it was read, a source of a deployment as it is."""
        if document := self.project.document(file):
            return document.text
        try:
            return read_file(self.project.root / file, self.project.bounds).decode()
        except (OSError, UnicodeDecodeError):
            return None
