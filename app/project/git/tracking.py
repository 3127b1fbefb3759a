"""Which of a project's files a repository holds, or would."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from app.sources.project import Project


class Committed(Struct, frozen=True, kw_only=True, dict=True):
    """What everybody who can read the repository reads.

    Attributes:
        project: a snapshot of its files.
        environ: where git and its user's configuration are found.
        told: the files that are tracked, where that is known; None where git is to be asked.
    """

    project: Project
    environ: Mapping[str, str]
    told: frozenset[Path] | None = None

    def holds(self, name: str) -> bool:
        """Whether a file is no secrets file, and is tracked; without a repository its name alone decides."""
        if name in self._secret:
            return False
        tracked = self.tracks(name)
        return ".local." not in name if tracked is None else tracked

    def tracks(self, name: str) -> bool | None:
        """Whether git tracks a file; None where there is no repository, or git does not answer."""
        return None if self._tracked is None else self.project.root / name in self._tracked

    @cached_property
    def _secret(self) -> frozenset[str]:
        return frozenset(entry.name for entry, _ in self.project.documents if entry.secret)

    @cached_property
    def _tracked(self) -> frozenset[Path] | None:
        if self.told is not None:
            return self.told
        from app.project.git import tracked  # noqa: PLC0415 - starts a process, which most runs need not

        return tracked(self.project.root, self.environ)
