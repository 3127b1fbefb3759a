"""The revisions of a repository that people know by name, and how they may be named by a stranger."""

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from app.core.errors import ArgumentError
from app.planning.git.repository import Repository

REVISION = r"[A-Za-z0-9_](?:[A-Za-z0-9_/~^-]|\.[A-Za-z0-9_/~^-])*"
"""A name, an id, or an ancestor of one; no range, no option, and nothing that git looks up in its log of moves."""

LONGEST = 200
_NAMES = ("for-each-ref", "--sort=-creatordate", "--count=50", "--format=%(refname:short)%00%(contents:subject)")
_KINDS = ("refs/heads", "refs/tags", "refs/remotes")
_COMMITS = ("rev-list", "--max-count=30", "--format=%h%x00%cs %s", "HEAD", "--")


class NamedRevision(Struct, frozen=True, kw_only=True):
    """A revision to choose: its name, or its short id, and what its commit says of itself."""

    rev: str
    subject: str


def legal(revision: str | None) -> str:
    """A revision that may be handed to git; empty where none is named.

    Raises:
        ArgumentError: it may not.
    """
    if revision is None:
        return ""
    if not _is_legal(revision):
        raise ArgumentError(f"{revision[:LONGEST]!r} is no revision here.", fix="Name a branch, a tag or an id.")
    return revision


def _is_legal(revision: str) -> bool:
    return len(revision) <= LONGEST and re.fullmatch(REVISION, revision) is not None


def named_revisions(repository: Repository, said: Callable[[str], str]) -> list[NamedRevision]:
    """Branches and tags, the newest first, then the last commits.

    Args:
        repository: where they are.
        said: takes out of a text what is secret.
    """
    return [*_listed(repository, (*_NAMES, *_KINDS), said), *_listed(repository, _COMMITS, said)]


def _listed(repository: Repository, command: tuple[str, ...], said: Callable[[str], str]) -> Iterator[NamedRevision]:
    ran = repository.try_asking(*command)
    for line in ran.stdout.decode(errors="replace").split("\n") if ran and ran.returncode == 0 else ():
        name, separator, subject = line.partition("\0")
        if separator and _is_legal(name):
            yield NamedRevision(rev=name, subject=said(subject))
