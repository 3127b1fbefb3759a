"""Which files a git repository holds, or would take; asked only where a rule or an edit wants to know.

The project may be a stranger's: nothing that its repository configures is run, and nothing is fetched.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from app.core.opening import exists

_NEEDED = ("PATH", "HOME", "XDG_CONFIG_HOME", "USERPROFILE", "SYSTEMROOT")
_QUIET = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none",
          "GIT_TERMINAL_PROMPT": "0"}  # fmt: skip
_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
_LIST = ("ls-files", "-z", "--cached")
_SECONDS = 10


def tracked(root: Path, environ: Mapping[str, str]) -> frozenset[Path] | None:
    """The files in a folder and below that git tracks; None where there is no repository, or git does not answer.

    Args:
        root: the folder.
        environ: where `git` and its user's configuration are found.
    """
    if not in_repository(root):
        return None
    ran = run_git(root, environ, *_LIST)
    listed = ran.stdout if ran and ran.returncode == 0 else None
    return None if listed is None else frozenset(root / os.fsdecode(name) for name in listed.split(b"\0") if name)


def in_repository(folder: Path) -> bool:
    """Whether a folder is one of a repository's work tree."""
    return any(exists(above / ".git") for above in (folder, *folder.parents))


def ignores(path: Path, environ: Mapping[str, str]) -> bool | None:
    """Whether git passes a file over that is in its folder, or would be; None where there is no repository."""
    ran = run_git(path.parent, environ, "check-ignore", "--quiet", "--", path.name)
    return {0: True, 1: False}.get(ran.returncode) if ran else None


def run_git(
    folder: Path, environ: Mapping[str, str], *arguments: str, given: bytes = b"", seconds: float = _SECONDS
) -> subprocess.CompletedProcess[bytes] | None:
    """What git answers in a folder; None where there is no git, or it does not end in time.

    Args:
        folder: where it is asked.
        environ: where `git` and its user's configuration are found.
        arguments: the command with its options.
        given: its standard input.
        seconds: how long it may take.
    """
    variables = {name: environ[name] for name in _NEEDED if name in environ} | _QUIET
    if "PATH" in variables:
        variables["PATH"] = _absolute(variables["PATH"])
    try:
        return subprocess.run(  # noqa: S603 - a fixed command
            (*_GIT, *arguments),
            cwd=folder,
            env=variables,
            input=given,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.SubprocessError, ValueError):  # ValueError: a NUL in an argument
        return None


def _absolute(path: str) -> str:
    """A `PATH` without what would have programs looked for in the folder that is asked about."""
    return os.pathsep.join(filter(os.path.isabs, path.split(os.pathsep))) or os.defpath
