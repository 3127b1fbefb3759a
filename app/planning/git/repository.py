"""The git repository around a project, and its revisions.

Nothing that a repository configures runs: git is asked with plumbing commands alone, which start no hook, no alias, no
filter and no transport, and a revision is never taken for an option.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from msgspec import Struct

from app.core.errors import RepositoryError, UnknownRevision
from app.core.opening import exists, real_path
from app.project.git import run_git

_SECONDS = 60
_OF_OBJECTS = ("cat-file", "ls-tree")


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
        if ran is not None and ran.returncode == 0:
            return ran.stdout
        if ran is not None and arguments[0] in _OF_OBJECTS:
            raise self.lacking()
        message = f"git {arguments[0]} does not answer about this repository."
        raise RepositoryError(message, fix="Look what `git fsck` says about it.")

    def try_asking(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes] | None:
        """The same, whatever comes of it."""
        return run_git(self.top, self.environ, *arguments, given=given, seconds=_SECONDS)

    def lacking(self) -> RepositoryError:
        """Why what a revision holds cannot be read: the clone left it out, or it has been lost."""
        if self._answers("config", "--get-regexp", _PROMISED):
            return RepositoryError("This partial clone lacks objects that the plan needs.", fix=_COMPLETE)
        return RepositoryError("The repository lacks objects that the plan needs.", fix=_RESTORE)

    def _answers(self, *arguments: str) -> bool:
        ran = self.try_asking(*arguments)
        return ran is not None and ran.returncode == 0

    def commit(self, revision: str) -> str | None:
        """The id of a revision's commit; None where there is none."""
        if not revision or revision.startswith("-"):
            return None
        ran = self.try_asking("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        found = ran.stdout.decode().strip() if ran and ran.returncode == 0 else ""
        return found if found.isalnum() else None  # what is excluded (^main) begins with ^

    def required(self, revision: str) -> GitRevision:
        """A revision that must be there.

        Raises:
            UnknownRevision: it is not.
        """
        if commit := self.commit(revision):
            return GitRevision(rev=revision, commit=commit)
        raise self._missing(revision)

    def _missing(self, revision: str) -> UnknownRevision:
        is_born = self._answers("rev-parse", "--verify", "--quiet", "HEAD")
        known = is_born or self.ask("for-each-ref", "--count=1")
        if not known:
            fix = "Commit the project as it is: then there is something to compare it with."
            return UnknownRevision("Nothing is committed here yet.", fix=fix)
        if revision != "HEAD":
            return UnknownRevision(f"There is no revision {revision!r} here.", fix=self._how_to_get(revision))
        if is_born:
            return UnknownRevision("The commit of HEAD is not there.", fix=_RESTORE)
        fix = "Commit, or name what to compare the working tree with: assay plan BASE."
        return UnknownRevision("The branch of HEAD has no commit yet.", fix=fix)

    def has_folder(self, revision: GitRevision) -> bool:
        """Whether a revision has the project's folder; the working tree has it in any case."""
        if revision.commit is None or self.prefix == PurePosixPath():
            return True
        ran = self.try_asking("cat-file", "-t", f"{revision.commit}:{self.prefix}")
        return ran is not None and ran.stdout == b"tree\n"

    def holds(self, revision: GitRevision) -> bool:
        """Whether HEAD's history has a revision; the working tree is there in any case."""
        if revision.commit is None:
            return True
        return self._answers("merge-base", "--is-ancestor", revision.commit, "HEAD")

    def _how_to_get(self, revision: str) -> str:
        if self.shallow:
            return f"This clone is shallow. {DEEPEN}"
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
        fix = f"This clone is shallow. {DEEPEN}" if self.shallow else "Name the base: assay plan BASE."
        raise UnknownRevision("The two revisions have no commit in common here.", fix=fix)


DEEPEN = "Fetch the whole history: git fetch --unshallow (in GitHub Actions fetch-depth: 0, in GitLab GIT_DEPTH: 0)."
_COMPLETE = "Fetch them: git fetch --refetch --no-filter; in CI, clone without a filter."
_RESTORE = "`git fsck` lists what is missing; fetch it anew: git fetch --refetch."
_TRAITS = ("--is-inside-work-tree", "--is-inside-git-dir", "--is-bare-repository", "--is-shallow-repository")
_PROMISED = r"^(remote\..*\.promisor|extensions\.partialclone)$"


def find_repository(root: Path, environ: Mapping[str, str]) -> Repository:
    """The repository that a project's folder lies in.

    Raises:
        RepositoryError: there is none, or no git, or git does not trust it.
    """
    root = Path(real_path(root))
    ran = run_git(root, environ, "rev-parse", *_TRAITS)
    if ran is None:
        raise RepositoryError("git cannot be run here.", fix="Install git, and have it in PATH.")
    if ran.returncode:
        raise _refusal(ran.stderr)
    is_inside, is_git_folder, bare, shallow = (said == b"true" for said in ran.stdout.split())
    around = () if is_git_folder else (root, *root.parents)
    top = next((folder for folder in around if exists(folder / ".git")), root)
    if not bare and not (is_inside and _stated_top(root, environ) == top):
        message = "git does not take this folder for one of the work tree around it."
        fix = "Go to the work tree. Where the configuration names another: git config --unset core.worktree"
        raise RepositoryError(message, fix=fix)
    return Repository(
        top=top,
        prefix=PurePosixPath(root.relative_to(top).as_posix()),
        environ=environ,
        bare=bare,
        shallow=shallow,
    )


def _stated_top(root: Path, environ: Mapping[str, str]) -> Path | None:
    ran = run_git(root, environ, "rev-parse", "--show-toplevel")
    return Path(os.fsdecode(ran.stdout).removesuffix("\n")) if ran and ran.returncode == 0 else None


def _refusal(said: bytes) -> RepositoryError:
    if b"dubious ownership" in said:
        message = "git does not trust this repository, since it belongs to another user."
        return RepositoryError(message, fix="git config --global --add safe.directory FOLDER, where you trust it.")
    return RepositoryError("This folder lies in no git repository.", fix="Go to the clone, or name it with --project.")
