"""Git repositories for projects."""

import os
import subprocess
from pathlib import Path


def repository(root: Path, *tracked: str) -> None:
    """A repository in a folder that tracks these files."""
    _git(root, "init", "--quiet")
    if tracked:
        _git(root, "add", "--force", "--", *tracked)


def _git(root: Path, *arguments: str) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": str(root), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *arguments], cwd=root, env=environ, check=True, capture_output=True)  # noqa: S607 - the tests' own words
