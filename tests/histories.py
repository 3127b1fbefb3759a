"""Histories of projects in git: each step is a dictionary of files."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_ENVIRON = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "2026-06-01T12:00:00+00:00",
    "GIT_COMMITTER_DATE": "2026-06-01T12:00:00+00:00",
}

type Files = Mapping[str, str | bytes | None]
"""Contents by name; None takes the file away."""


SECRET_POD = """\
apiVersion: v1
kind: Pod
metadata: { name: orders }
spec:
  containers:
    - name: orders
      env:
        - { name: DYNACONF_TOKEN, valueFrom: { secretKeyRef: { name: orders-one, key: token } } }
"""
"""A manifest whose variable comes from a Secret that lies elsewhere."""


def git(root: Path, *arguments: str, given: bytes = b"") -> str:
    """What git says in a folder, without the machine's configuration."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(root.parent), **_ENVIRON}
    ran = subprocess.run(["git", *arguments], cwd=root, env=environ, check=True, capture_output=True, input=given)  # noqa: S607
    return ran.stdout.decode().strip()


def write(root: Path, files: Files) -> None:
    """Change files of a work tree."""
    for name, content in files.items():
        path = root / name
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def started(root: Path) -> Path:
    """A repository without a commit, as `git init` makes one."""
    for folder in ("objects", "refs"):
        (root / ".git" / folder).mkdir(parents=True)
    (root / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (root / ".git/config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
    return root


def commit(root: Path, files: Files, subject: str = "a change") -> str:
    """One more commit; its id."""
    write(root, files)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", subject)
    return git(root, "rev-parse", "HEAD")


def history(root: Path, *steps: Files) -> list[str]:
    """A repository with a commit for each step, and the last one's work tree; their ids."""
    started(root)
    git(root, "fast-import", "--quiet", given=b"".join(_stream(steps)))
    git(root, "reset", "--quiet", "--hard")
    return git(root, "rev-list", "--reverse", "HEAD").splitlines()


def _stream(steps: Sequence[Files]) -> Iterator[bytes]:
    """Source: git-fast-import(1)."""
    for number, files in enumerate(steps):
        said = f"step {number}"
        yield f"commit refs/heads/main\ncommitter Ada <ada@example.org> 1780315200 +0000\n{_data(said)}".encode()
        for name, content in files.items():
            if content is None:
                yield f'D "{name}"\n'.encode()
            else:
                raw = content if isinstance(content, bytes) else content.encode()
                yield f'M 100644 inline "{name}"\ndata {len(raw)}\n'.encode() + raw + b"\n"
        yield b"\n"


def _data(text: str) -> str:
    return f"data {len(text)}\n{text}\n"
