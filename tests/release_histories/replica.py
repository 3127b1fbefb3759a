"""A replica of the service in processes of its own, always on the same port, however often it is killed."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from ports import unused_port
from release_histories import process_trees
from services import announced, descendants

from app.database.target import Target

OPERATOR, CLIENT = "canary-operator-of-histories", "canary-client-of-histories"
ENVIRONMENTS = ("production", "staging")


def tokens() -> str:
    """Who may release, and who is delivered."""
    known = (
        f'{{name="ada", role="operator", sha256="{_digest(OPERATOR)}"}}',
        f'{{name="orders", role="client", environments={json.dumps(ENVIRONMENTS)}, sha256="{_digest(CLIENT)}"}}',
    )
    return f"[{', '.join(known)}]"


def variables(target: Target, ports: Iterable[int]) -> dict[str, str]:
    """What names the databases to a replica, of which it asks the primary: their ports, and who it is there."""
    return {
        "ASSAY_DATABASE__HOST": ",".join(f"127.0.0.1:{port}" for port in ports),
        "ASSAY_DATABASE__NAME": target.name or "",
        "ASSAY_DATABASE__USERNAME": target.username or "",
        "ASSAY_DATABASE__PASSWORD": target.password or "",
        "ASSAY_DATABASE__TLS__MODE": "disable",
        "ASSAY_DATABASE__TARGET_SESSION_ATTRS": "primary",
    }


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Replica:
    """One replica.

    Args:
        root: the project that it diagnoses and releases.
        log: where what it prints goes.
        environ: its variables.

    Attributes:
        port: where it listens.
        life: how often it was started.
    """

    def __init__(self, root: Path, log: Path, environ: Mapping[str, str]) -> None:
        self._root, self._log = root, log
        self._environ = {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error", "ASSAY_LOGGING__LEVEL": "warning",
                         "ASSAY_AUTH__TOKENS": tokens(), **environ}  # fmt: skip
        self._process: subprocess.Popen[str] | None = None
        self._frozen: list[int] = []
        self.port = unused_port()
        self.life = 0

    def start(self) -> None:
        """Starts it; returns when it says that it serves."""
        command = [sys.executable, "-m", "app", "serve", "--port", str(self.port)]
        self.life += 1
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                command, cwd=self._root, env=self._environ, stdout=subprocess.PIPE, stderr=log, text=True
            )
        announced(self._process)

    def kill(self) -> None:
        """It is gone at once."""
        if self._process and self._process.poll() is None:
            process_trees.kill(self._process.pid)
        self._reap()

    @property
    def workers(self) -> list[int]:
        """The processes that answer."""
        assert self._process
        return descendants(self._process.pid)

    def freeze(self) -> None:
        """It stands still."""
        assert self._process
        self._frozen = process_trees.frozen(self._process.pid)

    def thaw(self) -> None:
        """Lets it go on."""
        tree, self._frozen = self._frozen, []
        process_trees.thaw(tree)

    def _reap(self) -> None:
        process, self._process = self._process, None
        if process and process.stdout and not process.stdout.closed:  # of one that never served it is
            process.communicate()
