"""The files of an environment's sources: found by path or glob, read once, and what is wrong with them."""

from collections.abc import Callable
from pathlib import Path

from app.core.findings import Fault
from app.core.opening import Bounds, OutsideError, is_folder, is_there, read_file, remedy, why
from app.deployments.compose.grouping import is_above_others
from app.deployments.given import GivenSource
from app.deployments.telling import spot, unread
from app.sources.globbing import Globbing

NOT_TEXT = "is not UTF-8"

type FileReader = Callable[[str], str | Fault | None]
"""Gives a file's text by its name relative to the root; None where it is not there."""


class SourceFiles:
    """The files below a project's root.

    Args:
        root: the project's folder.
        bounds: where files may be read.
        given: a source that was read already.

    Attributes:
        texts: what was read, by the files' names.
        looked_at: the files that were read, or looked for.
        faults: what is wrong with them.
    """

    def __init__(self, root: Path, bounds: Bounds, given: GivenSource | None) -> None:
        self._root, self._bounds, self._globbing = root, bounds, Globbing(bounds)
        self._matched: dict[str, list[str]] = {}
        self.texts: dict[str, str] = {given.name: given.text} if given else {}
        self.looked_at: list[str] = []
        self.faults: list[Fault] = []

    def named(self, path: str) -> list[str]:
        """The files of a source: itself, or what a glob matches."""
        if path in self.texts or not any(letter in path for letter in "*?["):
            return [path]
        found = [one for one in self.matches(path) if not is_folder(self._root / one)]
        if not found:
            message = f"No file matches {path}, which deployments names."
            self.faults.append(unread(spot(path, 1), message, "Correct the glob.", "matches no file"))
        return sorted(found, key=is_above_others)

    def matches(self, pattern: str) -> list[str]:
        """What a glob matches, in the order of the names."""
        if pattern not in self._matched:
            self._matched[pattern] = self._globbing.matches(pattern, self._root)
        return self._matched[pattern]

    def read(self, file: str) -> str | Fault | None:
        """A file's text; None where it is not there."""
        if file in self.texts:
            return self.texts[file]
        self.looked_at.append(file)
        path = self._root / file
        if not is_there(path):
            return None
        try:
            self.texts[file] = read_file(path, self._bounds).decode()
        except OSError as error:
            usual = "Make it a readable file."
            fix = f'Write outside = ["{file}"] into the options, or take the link away.'
            said = fix if isinstance(error, OutsideError) else remedy(error, usual)
            return unread(spot(file, 1), f"{file} cannot be read: {why(error)}.", said, "cannot be read")
        except UnicodeDecodeError:
            return unread(spot(file, 1), f"{file} is not UTF-8.", "Save it as UTF-8.", NOT_TEXT)
        return self.texts[file]

    def text(self, file: str) -> str | None:
        """The text of a file that must be there; where it cannot be had, that is told."""
        found = self.read(file)
        if found is None:
            message = f"There is no {file}, which deployments names."
            found = unread(spot(file, 1), message, "Correct the path, or put the file there.", "is not there")
        if isinstance(found, Fault):
            self.faults.append(found)
            return None
        return found

    def below_root(self, path: str) -> str | None:
        """The name of a path on the host that lies below the root."""
        return path.removeprefix(f"{self._root}/") if path.startswith(f"{self._root}/") else None
