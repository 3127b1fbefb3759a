"""Which two revisions a plan compares."""

import re

from app.core.errors import UnknownRevision
from app.planning.git.repository import DEEPEN, GitRevision, Repository

_DEFAULT_BRANCHES = ("refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/master", "refs/remotes/origin/main",
                     "refs/remotes/origin/master")  # fmt: skip
_RANGE = re.compile(r"(?P<base>.*?)(?P<dots>\.{2,3})(?P<head>.*)", re.DOTALL)


def sides(repository: Repository, asked: str | None) -> tuple[GitRevision, GitRevision]:
    """The two revisions that are meant, the base first.

    Args:
        repository: where they are.
        asked: `BASE`, `BASE..HEAD` or `BASE...HEAD`, either of which may be left out; the third form means where the
            two part. By default the base is where HEAD parts from the default branch; the head is the working tree.

    Raises:
        UnknownRevision: one of them is not there.
    """
    found = _RANGE.fullmatch(asked or "")
    base, head = (found["base"], found["head"]) if found else (asked or "", "")
    is_tree = not head and not repository.bare
    newer = GitRevision(rev="working tree", commit=None) if is_tree else repository.required(head or "HEAD")
    if not base:
        return _parting(repository, repository.required("HEAD") if is_tree else newer), newer
    older = repository.required(base)
    if found and found["dots"] == "...":
        named = repository.required("HEAD") if is_tree else newer
        older = GitRevision(rev=base, commit=repository.merge_base(_id(older), _id(named)))
    return older, newer


def _parting(repository: Repository, head: GitRevision) -> GitRevision:
    for name in _DEFAULT_BRANCHES:
        if commit := repository.commit(name):
            shown = name.removeprefix("refs/remotes/").removeprefix("refs/heads/")
            return GitRevision(rev=shown, commit=repository.merge_base(commit, _id(head)))
    fix = DEEPEN if repository.shallow else "Name the base: assay plan BASE."
    raise UnknownRevision("There is no default branch here: no origin/HEAD, main or master.", fix=fix)


def _id(revision: GitRevision) -> str:
    return revision.commit or "HEAD"
