"""The git repository around a project, and its revisions.

Nothing that a repository configures runs: git is asked with plumbing commands alone, which start no hook, no alias, no
filter and no transport, and a revision is never taken for an option.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from msgspec import Struct

from app.core.errors import RepositoryError, UnknownRevision
from app.core.opening import exists, real_path
from app.project.git import run_git

_SECONDS = 60
_DEFAULT_BRANCHES = ("refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/master", "refs/remotes/origin/main",
                     "refs/remotes/origin/master")  # fmt: skip
_RANGE = re.compile(r"(?P<base>.*?)(?P<dots>\.{2,3})(?P<head>.*)", re.DOTALL)


class GitRevision(Struct, frozen=True, kw_only=True):
    """One side of a plan: `rev` as it was asked for, and its commit; None for the working tree."""

    rev: str
    commit: str | None


class Repository(Struct, frozen=True, kw_only=True):
    """A repository as it is asked about one project.

    Attributes:
        top: the work tree's root, or the repository itself where it is bare; without links.
        prefix: the project's folder, relative to that.
        environ: where `git` and its user's configuration are found.
        bare: whether it has no work tree.
        shallow: whether its history is cut off.
    """

    top: Path
    prefix: PurePosixPath
    environ: Mapping[str, str]
    bare: bool
    shallow: bool

    def ask(self, *arguments: str, given: bytes = b"") -> bytes:
        """What git answers.

        Raises:
            RepositoryError: it does not.
        """
        ran = self.try_asking(*arguments, given=given)
        if ran is None or ran.returncode:
            message = f"git {arguments[0]} does not answer about this repository."
            raise RepositoryError(message, fix="Look what `git fsck` says about it; a partial clone needs its objects.")
        return ran.stdout

    def try_asking(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes] | None:
        """The same, whatever comes of it."""
        return run_git(self.top, self.environ, *arguments, given=given, seconds=_SECONDS)

    def commit(self, revision: str) -> str | None:
        """The id of a revision's commit; None where there is none."""
        if not revision or revision.startswith("-"):
            return None
        ran = self.try_asking("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return ran.stdout.decode().strip() if ran and ran.returncode == 0 else None

    def required(self, revision: str) -> GitRevision:
        """A revision that must be there.

        Raises:
            UnknownRevision: it is not.
        """
        if commit := self.commit(revision):
            return GitRevision(rev=revision, commit=commit)
        raise UnknownRevision(f"There is no revision {revision!r} here.", fix=self._how_to_get(revision))

    def holds(self, revision: GitRevision) -> bool:
        """Whether HEAD's history has a revision; the working tree is there in any case."""
        if revision.commit is None:
            return True
        ran = self.try_asking("merge-base", "--is-ancestor", revision.commit, "HEAD")
        return ran is not None and ran.returncode == 0

    def _how_to_get(self, revision: str) -> str:
        if self.shallow:
            return f"This clone is shallow. {_DEEPEN}"
        remote = self.commit(f"origin/{revision}")
        return f"Did you mean 'origin/{revision}'?" if remote else "`git branch --all` lists the branches; fetch it."

    def merge_base(self, left: str, right: str) -> str:
        """The commit at which two histories part.

        Raises:
            UnknownRevision: they have none in common here.
        """
        ran = self.try_asking("merge-base", left, right)
        if ran is not None and ran.returncode == 0:
            return ran.stdout.decode().split()[0]
        fix = f"This clone is shallow. {_DEEPEN}" if self.shallow else "Name the base: assay plan BASE."
        raise UnknownRevision("The two revisions have no commit in common here.", fix=fix)


_DEEPEN = "Fetch the whole history: git fetch --unshallow (in GitHub Actions fetch-depth: 0, in GitLab GIT_DEPTH: 0)."


def find_repository(root: Path, environ: Mapping[str, str]) -> Repository:
    """The repository that a project's folder lies in.

    Raises:
        RepositoryError: there is none, or no git, or git does not trust it.
    """
    root = Path(real_path(root))
    asked = ("rev-parse", "--is-inside-work-tree", "--is-shallow-repository")
    ran = run_git(root, environ, *asked)
    if ran is None:
        raise RepositoryError("git cannot be run here.", fix="Install git, and have it in PATH.")
    if ran.returncode:
        raise _refusal(ran.stderr)
    inside, shallow = ran.stdout.decode().split()
    top = next((folder for folder in (root, *root.parents) if exists(folder / ".git")), root)
    if (inside == "true") != exists(top / ".git") or (inside == "true" and _stated_top(root, environ) != top):
        message = "The repository's configuration names another work tree (core.worktree)."
        raise RepositoryError(message, fix="Go there, or take it out: git config --unset core.worktree")
    return Repository(
        top=top,
        prefix=PurePosixPath(root.relative_to(top).as_posix()),
        environ=environ,
        bare=inside != "true",
        shallow=shallow == "true",
    )


def _stated_top(root: Path, environ: Mapping[str, str]) -> Path | None:
    ran = run_git(root, environ, "rev-parse", "--show-toplevel")
    return Path(os.fsdecode(ran.stdout).removesuffix("\n")) if ran and ran.returncode == 0 else None


def _refusal(said: bytes) -> RepositoryError:
    if b"dubious ownership" in said:
        message = "git does not trust this repository, since it belongs to another user."
        return RepositoryError(message, fix="git config --global --add safe.directory FOLDER, where you trust it.")
    return RepositoryError("This folder lies in no git repository.", fix="Go to the clone, or name it with --project.")


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
    named = repository.required(head or "HEAD")
    newer = named if head or repository.bare else GitRevision(rev="working tree", commit=None)
    if not base:
        return _parting(repository, named), newer
    older = repository.required(base)
    if found and found["dots"] == "...":
        older = GitRevision(rev=base, commit=repository.merge_base(_id(older), _id(named)))
    return older, newer


def _parting(repository: Repository, head: GitRevision) -> GitRevision:
    for name in _DEFAULT_BRANCHES:
        if commit := repository.commit(name):
            shown = name.removeprefix("refs/remotes/").removeprefix("refs/heads/")
            return GitRevision(rev=shown, commit=repository.merge_base(commit, _id(head)))
    fix = _DEEPEN if repository.shallow else "Name the base: assay plan BASE."
    raise UnknownRevision("There is no default branch here: no origin/HEAD, main or master.", fix=fix)


def _id(revision: GitRevision) -> str:
    return revision.commit or "HEAD"
