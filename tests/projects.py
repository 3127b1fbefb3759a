"""Projects from dictionaries of files, and the command line without a process."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from app.project.workspace import Scope, Workspace, open_workspace

OWN = """\
schema = "app.schema:Settings"
envvar_prefix = "ASSAY"
merge_enabled = true
lists = "replace"
known_environments = ["development", "testing", "staging", "production"]
production = ["staging", "production"]
"""
"""Options of a project that is configured with the service's own model."""


NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
"""When the command line of these projects is asked."""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What one call of the command line gave."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, kw_only=True)
class ProjectFolder:
    """A project in a folder of its own."""

    root: Path
    capture: pytest.CaptureFixture[str]
    now: datetime = NOW

    def later(self) -> "ProjectFolder":
        """The same folder, an hour on: however long a command takes, what it finds is newer."""
        return replace(self, now=self.now + timedelta(hours=1))

    def write(self, files: Mapping[str, str | bytes]) -> "ProjectFolder":
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            if "secret" in path.name:
                path.chmod(0o600)
        return self

    def workspace(self, environ: Mapping[str, str] | None = None, scope: Scope = "active") -> Workspace:
        return open_workspace(self.root, environ or {}, scope)

    def assay(self, *arguments: str, **environ: str) -> Ran:
        self.capture.readouterr()
        status = run(arguments, environ, self.root, lambda: self.now)
        captured = self.capture.readouterr()
        return Ran(status=status, out=captured.out, err=captured.err)


type MakeProject = Callable[..., ProjectFolder]
