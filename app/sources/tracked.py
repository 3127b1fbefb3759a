"""Which files a git repository holds; asked only where a rule wants to know.

The project may be a stranger's: nothing that its repository configures is run, and nothing is fetched.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

_NEEDED = ("PATH", "HOME", "XDG_CONFIG_HOME", "USERPROFILE", "SYSTEMROOT")
_QUIET = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none",
          "GIT_TERMINAL_PROMPT": "0"}  # fmt: skip
_COMMAND = ("git", "-c", "core.fsmonitor=false", "ls-files", "-z", "--cached")
_SECONDS = 10


def tracked(root: Path, environ: Mapping[str, str]) -> frozenset[Path] | None:
    """The files in a folder and below that git tracks; None where there is no repository, or git does not answer.

    Args:
        root: the folder.
        environ: where `git` and its user's configuration are found.
    """
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return None
    variables = {name: environ[name] for name in _NEEDED if name in environ} | _QUIET
    listed = _listed(root, variables)
    return None if listed is None else frozenset(root / os.fsdecode(name) for name in listed.split(b"\0") if name)


def _listed(root: Path, variables: Mapping[str, str]) -> bytes | None:
    try:
        ran = subprocess.run(  # noqa: S603 - a fixed command
            _COMMAND,
            cwd=root,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return ran.stdout if ran.returncode == 0 else None
