"""Which file and section an edit belongs to."""

from collections.abc import Iterator
from fnmatch import fnmatch
from glob import has_magic
from pathlib import Path, PurePosixPath

from msgspec import Struct

from app.core.errors import ArgumentError, UnknownEnvironment, did_you_mean
from app.core.opening import is_folder, is_there, real_path
from app.sources.files import SourceFile
from app.sources.project import Project
from app.sources.sections import section_of

BASE = ""
"""The environment that nothing but the base sections make up."""


class EditTarget(Struct, frozen=True, kw_only=True):
    """Whose values are edited.

    Attributes:
        environment: the environment to resolve; BASE for what all inherit.
        shown: what people call it.
        section: the section's name; None in files without sections.
    """

    environment: str
    shown: str
    section: str | None


def target(project: Project, name: str) -> EditTarget:
    """The environment of that name, or the base section.

    Raises:
        UnknownEnvironment: there is none; the nearest is suggested.
        ArgumentError: several were named.
    """
    folded = name.strip().lower()
    if not project.options.sectioned:
        return EditTarget(environment=project.known(folded), shown=folded, section=None)
    base = project.options.default_env.lower()
    if folded == base:
        return EditTarget(environment=BASE, shown=base, section=base)
    if "," in folded:
        raise ArgumentError(f"{name!r} names several environments.", fix="Edit one at a time.")
    if not project.is_known(folded):
        fix = did_you_mean(folded, (*project.environments, project.options.default, base))
        told = ", as far as the files can be read" if project.may_exist(folded) else ""
        raise UnknownEnvironment(f"There is no environment {name!r}{told}.", fix=fix)
    return EditTarget(environment=folded, shown=folded, section=folded)


def profiles(project: Project, wanted: EditTarget) -> list[SourceFile]:
    """The files that may take a value that is no secret, the most fitting first; some may not be there yet."""
    there = [entry for entry, _ in reversed(project.documents) if not entry.secret]
    named = [entry for entry in there if entry.path.stem.lower() == wanted.environment]
    having = [entry for entry in there if _has_section(project, entry, wanted)]
    others = {name for name in project.environments if name != wanted.environment}
    rest = [entry for entry in there if entry.path.stem.lower() not in others]
    if wanted.environment == BASE:
        rest.reverse()
    absent = [entry for entry in _absent(project) if not entry.secret]
    found = [*named, *having, *_beside(project, wanted), *rest, *absent]
    return sorted(_once(found), key=lambda entry: ".local." in entry.name)


def secrets_files(project: Project, wanted: EditTarget) -> list[SourceFile]:
    """The files that may take a secret, the most fitting first; some may not be there yet."""
    there = [entry for entry, _ in reversed(project.documents) if entry.secret]
    having = [entry for entry in there if _has_section(project, entry, wanted)]
    found = [*having, *there, *(entry for entry in _absent(project) if entry.secret)]
    return sorted(_once(found), key=lambda entry: ".local." in entry.name)


def named_file(project: Project, name: str, folder: Path, known: list[SourceFile]) -> SourceFile:
    """The profile that somebody names, relative to the project or to the folder they are in.

    Raises:
        ArgumentError: it is no profile of the project; the nearest is suggested.
    """
    entries = _once([*(entry for entry, _ in project.documents), *known])
    plain = PurePosixPath(name).as_posix()
    places = {_place(folder / name), _place(project.root / name)}
    found = next((entry for entry in entries if entry.name == plain), None) or next(
        (entry for entry in entries if _place(entry.path) in places), None
    )
    if found is None:
        message = f"{name} is no TOML profile of this project."
        raise ArgumentError(message, fix=did_you_mean(plain, [entry.name for entry in entries]))
    return found


def _place(path: Path) -> Path:
    """The path without `.` and `..`; a link at its end is left alone."""
    return Path(real_path(path.parent)) / path.name


def _has_section(project: Project, entry: SourceFile, wanted: EditTarget) -> bool:
    document = project.document(entry.name)
    return bool(document and wanted.section and section_of(document.values, wanted.section)[0])


def _absent(project: Project) -> list[SourceFile]:
    """The files that the options name and that are not there."""
    present = {entry.name for entry, _ in project.documents}
    return [
        entry
        for entry in project.entries
        if entry.named and entry.name not in present and entry.path.suffix.lower() in {".toml", ".tml"}
        if is_folder(entry.path.parent) and not is_there(entry.path)
    ]


def _beside(project: Project, wanted: EditTarget) -> Iterator[SourceFile]:
    """The environment's own file beside those of other environments, where a glob will find it."""
    if wanted.environment == BASE:
        return
    others = {name for name in project.environments if name != wanted.environment}
    found = (entry for entry in project.entries if entry.loader == "TOML" and entry.path.stem.lower() in others)
    alike = {(entry.name.rpartition("/")[0], entry.path.suffix, entry.secret, entry.patterns): entry for entry in found}
    for (_, suffix, *_), entry in alike.items():  # of a folder with hundreds one is asked about
        name = f"{wanted.environment}{suffix}"
        path, file = entry.path.with_name(name), PurePosixPath(entry.name).with_name(name).as_posix()
        if _is_matched(name, entry) and not is_there(path):
            yield SourceFile(name=file, path=path, named=False, secret=entry.secret, patterns=entry.patterns)


def _is_matched(name: str, entry: SourceFile) -> bool:
    """Whether a glob that finds the entry will find a file of that name beside it."""
    return any(has_magic(pattern) and fnmatch(name, PurePosixPath(pattern).name) for pattern in entry.patterns)


def _once(entries: list[SourceFile]) -> list[SourceFile]:
    return list({entry.name: entry for entry in reversed(entries)}.values())[::-1]
