"""What a revision holds: the files of a commit, or those of the working tree that git tracks."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Literal

from msgspec import Struct

from app.core.errors import RepositoryError
from app.core.limits import NESTED, SEEN
from app.core.opening import is_there
from app.planning.git.repository import GitRevision, Repository

type Kind = Literal["file", "program", "link", "folder"]

_KINDS: dict[bytes, Kind] = {b"100644": "file", b"100755": "program", b"120000": "link", b"160000": "folder"}
_UNREAD = (".7z", ".avif", ".bmp", ".bz2", ".css", ".csv", ".eot", ".gif", ".gz", ".htm", ".html", ".ico", ".ipynb",
           ".jar", ".jpeg", ".jpg", ".js", ".jsx", ".less", ".map", ".md", ".mjs", ".mo", ".mp3", ".mp4", ".npy",
           ".otf", ".parquet", ".pdf", ".pkl", ".png", ".po", ".pot", ".pyc", ".rst", ".scss", ".so", ".svelte",
           ".svg", ".tar", ".tgz", ".tif", ".tiff", ".ts", ".tsx", ".ttf", ".vue", ".webm", ".webp", ".whl", ".woff",
           ".woff2", ".xls", ".xlsx", ".xz", ".zip", ".zst")  # fmt: skip
"""Endings of what no project reads as settings, code or deployment."""


class Entry(Struct, frozen=True, kw_only=True):
    """One entry of a revision.

    Attributes:
        path: relative to the top of the tree; it leads nowhere else.
        kind: a submodule is a folder.
        blob: the id of its content; None where that stands in the working tree.
    """

    path: PurePosixPath
    kind: Kind
    blob: str | None


def entries(repository: Repository, revision: GitRevision) -> list[Entry]:
    """The entries of a revision that a project may read.

    Raises:
        RepositoryError: git does not list them, or there are too many, or too deep ones.
    """
    if revision.commit:
        listed = _split(repository.ask("ls-tree", "-r", "-z", "--full-tree", revision.commit))
        found = (_of_tree(head.split(b" "), name) for head, name in listed)
    else:
        listed = _split(repository.ask("ls-files", "-z", "--stage", "-t"))
        found = (_of_index(repository.top, head.split(b" "), name) for head, name in listed)
    kept = list({entry.path: entry for entry in found if entry}.values())
    if len(kept) > SEEN.figure:
        raise RepositoryError(f"The repository {SEEN.breach}.", fix="Plan a clone that has the project alone.")
    if any(len(entry.path.parts) > NESTED.figure for entry in kept):
        raise RepositoryError(f"A file of the repository {NESTED.breach}.", fix="Have it lie where files do.")
    return kept


def _split(listed: bytes) -> Iterator[tuple[bytes, bytes]]:
    for line in listed.split(b"\0"):
        head, tab, name = line.partition(b"\t")
        if tab:
            yield head, name


def _of_tree(head: list[bytes], name: bytes) -> Entry | None:
    mode, _, blob = head
    return _entry(mode, name, blob.decode())


def _of_index(top: Path, head: list[bytes], name: bytes) -> Entry | None:
    """An entry of the index; one that a sparse work tree leaves out stands in the object store alone."""
    tag, mode, blob, _ = head
    is_left_out = tag == b"S" and not is_there(top / os.fsdecode(name))
    return _entry(mode, name, blob.decode() if is_left_out else None)


def _entry(mode: bytes, name: bytes, blob: str | None) -> Entry | None:
    kind, path = _KINDS.get(mode), PurePosixPath(os.fsdecode(name))
    if kind is None or not _is_plain(name.split(b"/")) or is_passed_over(path.name):
        return None
    return Entry(path=path, kind=kind, blob=None if kind == "folder" else blob)


def is_passed_over(name: str) -> bool:
    """Whether no project reads a file of that name."""
    return name.lower().endswith(_UNREAD)


def _is_plain(parts: Iterable[bytes]) -> bool:
    """Whether a path stays below: a tree may be made by hand, and name anything."""
    return all(part not in {b"", b".", b".."} and part.lower() != b".git" for part in parts)
