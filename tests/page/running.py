"""`assay serve` as a process, over a project of a test's own."""

import os
import select
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from patience import PATIENCE_SECONDS
from ports import unused_port
from projects import OWN

from app.database.target import Target

OPERATOR = "canary-operator-7c1f0a93"
VIEWER = "canary-viewer-51b2e8d4"

PROFILES = {
    "assay.toml": OWN,
    "settings.toml": '[default.app]\nname = "orders"\n\n[default.database]\nport = 5432\n',
    "settings/development.toml": "[development.app]\ndebug = true\n",
    "settings/production.toml": '[production.database]\nhost = "db.example.com"\n\n[production.app]\ndebug = true\n',
}
"""A project with four environments, of which production has an error."""

type Serve = Callable[..., Running]


@dataclass(kw_only=True)
class Running:
    """A service, which can go away and come back at the same address.

    Attributes:
        root: the folder of the project that it diagnoses.
        home: the folder of its own settings; None for the project's.
        environ: its variables.
        port: where it listens.
    """

    root: Path
    home: Path | None = None
    environ: Mapping[str, str]
    port: int = field(default_factory=unused_port)
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def write(self, files: Mapping[str, str]) -> None:
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
            if "secret" in name:
                path.chmod(0o600)

    def replace(self, name: str, old: str, new: str) -> None:
        """Edits a file, as somebody with an editor does: the new one takes the place of the old."""
        path = self.root / name
        text = path.read_text()
        assert old in text
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(text.replace(old, new))
        fresh.chmod(path.stat().st_mode)
        fresh.rename(path)

    def start(self) -> None:
        """Starts it; it answers when this returns."""
        at_home = ["--home", str(self.home), "--project", str(self.root)] if self.home else []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve", "--port", str(self.port), *at_home],
            cwd=self.root,
            env={"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error", **self.environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_SECONDS)
        line = self.process.stdout.readline() if ready else ""
        assert self.url in line, self.stop()

    def stop(self) -> str:
        """Stops it; gives what it said meanwhile."""
        if self.process is None:
            return ""
        process, self.process = self.process, None
        process.terminate()
        try:
            return "".join(process.communicate(timeout=PATIENCE_SECONDS))
        except subprocess.TimeoutExpired:
            process.kill()
            return "".join(process.communicate())


def digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def connected(target: Target) -> dict[str, str]:
    """The variables that give a service its database."""
    named = {"HOST": target.host, "PORT": target.port, "USERNAME": target.username, "NAME": target.name}
    password = {"PASSWORD": target.password} if target.password else {}
    variables = {f"ASSAY_DATABASE__{name}": str(value) for name, value in {**named, **password}.items()}
    return {**variables, "ASSAY_HISTORY__MIGRATE_ON_START": "true"}
