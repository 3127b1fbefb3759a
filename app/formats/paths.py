"""Files as those name them who look at the whole work tree."""

from pathlib import PurePosixPath

from msgspec import Struct


class Paths(Struct, frozen=True, kw_only=True):
    """The names of a project's files in its work tree.

    Attributes:
        tree: the work tree's root, or the project's own where it is in none.
        root: the project's root, in the tree or the same.
        home: the file, relative to the root, that stands for the whole project; None where it has no file at all.
    """

    tree: PurePosixPath
    root: PurePosixPath
    home: str | None = None

    def name(self, file: str) -> str:
        """The file relative to the work tree; absolute where it lies outside."""
        path = self.root / file
        return path.relative_to(self.tree).as_posix() if path.is_relative_to(self.tree) else path.as_posix()
