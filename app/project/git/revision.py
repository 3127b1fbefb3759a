"""The commit that has a project's profiles as they are."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from app.core.opening import read_file
from app.project.git import in_repository, run_git
from app.sources.project import Project

_HASHES = {40: "sha1", 64: "sha256"}
"""How an object's id is made, by its length. Source: gitformat-pack(5), "OBJECT NAMES"."""


def committed_revision(project: Project, environ: Mapping[str, str]) -> str | None:
    """The commit that is checked out, where it has every profile as it is read; secrets files are in none.

    None where a profile was changed since, is not tracked, or git does not answer. No filter runs: what git stores
    otherwise than it lies there counts as changed.
    """
    if not in_repository(project.root):
        return None
    named = {entry.name: entry.path for entry, _ in project.documents if not entry.secret}
    ran = run_git(project.root, environ, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    listed = run_git(project.root, environ, "ls-tree", "-z", "HEAD", "--", *named)
    if ran is None or ran.returncode or listed is None or listed.returncode:
        return None
    known = dict(_blobs(listed.stdout.split(b"\0")))
    return ran.stdout.decode().strip() if all(_is(known.get(name), path) for name, path in named.items()) else None


def _blobs(lines: Iterable[bytes]) -> Iterable[tuple[str, str]]:
    """Source: git-ls-tree(1), "OUTPUT FORMAT": `<mode> <type> <id>`, a tab, the name."""
    for line in filter(None, lines):
        said, _, name = line.partition(b"\t")
        yield os.fsdecode(name), said.split(b" ")[2].decode()


def _is(blob: str | None, path: Path) -> bool:
    """Whether a file's bytes are those of a blob."""
    if blob is None or len(blob) not in _HASHES:
        return False
    try:
        raw = read_file(path)
    except OSError:
        return False
    made = hashlib.new(_HASHES[len(blob)], b"blob %d\0" % len(raw), usedforsecurity=False)
    made.update(raw)
    return made.hexdigest() == blob
