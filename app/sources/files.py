"""Which files a project's options name, in the order in which they are merged."""

import os
from collections.abc import Iterator, Sequence
from glob import has_magic
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from app.core.errors import ProjectError
from app.core.opening import Bounds, exists, is_file, is_folder, is_there, within
from app.options import Options
from app.sources.globbing import Globbing, Obstacle

OPTIONS_FILE = "assay.toml"

_LOADERS = {
    **dict.fromkeys((".toml", ".tml"), "TOML"),
    **dict.fromkeys((".yaml", ".yml"), "YAML"),
    **dict.fromkeys((".ini", ".conf", ".properties"), "INI"),
    ".json": "JSON",
    ".py": "PY",
}
"""Which of Dynaconf's loaders takes a file, by its ending; a name without one of these is a Python module's."""


class SourceFile(Struct, frozen=True, kw_only=True):
    """One file to read.

    Attributes:
        name: relative to the project's root, with `/`.
        path: where it lies.
        named: whether the options name it without a glob, so that its absence is a fault.
        secret: whether it holds secrets: by its name, or because `secrets` lists it.
        patterns: the entries of `settings_files` that match it, in their order; siblings are named by nobody.
    """

    name: str
    path: Path
    named: bool
    secret: bool
    patterns: tuple[str, ...] = ()

    @property
    def loader(self) -> str | None:
        """Which of Dynaconf's loaders takes it; None where it is no file to Dynaconf."""
        return loader_of(self.path.name)


class Listed(Struct, frozen=True, kw_only=True):
    """The files that options name, and what kept their globs from an end."""

    entries: list[SourceFile]
    obstacles: tuple[Obstacle, ...]


def loader_of(name: str) -> str | None:
    """Which of Dynaconf's loaders takes a file of that name."""
    return next((loader for ending, loader in _LOADERS.items() if name.endswith(ending)), None)


def base_folder(root: Path, options: Options) -> Path:
    """Where files are looked for; of a file that `root_path` names, as `__file__` does, its folder.

    Source: `_walk_to_root` of Dynaconf 3.3.5.

    Raises:
        ProjectError: `root_path` names no folder, and no file.
    """
    if options.root_path is None:
        return root
    folder = root / options.root_path
    if is_file(folder):
        folder = folder.parent
    if not is_folder(folder) or not within(root).own(folder):
        message = f"The option 'root_path' names {options.root_path!r}, which is no folder of the project."
        raise ProjectError(message, fix="Correct root_path, or remove it.")
    return folder


def _anchor(root: Path, options: Options) -> Path | None:
    """What names are joined to; below a file, to which Dynaconf joins them too, there is nothing to be loaded."""
    if options.root_path is None:
        return None
    folder, named = base_folder(root, options), root / options.root_path
    return named if is_file(named) else folder


def bounds(root: Path, options: Options) -> Bounds:
    """Where the project's files may lie."""
    return within(root, options.outside)


def list_files(root: Path, options: Options) -> Listed:
    """The files below includes: preload, settings_files and secrets, with their `.local` siblings. Each once.

    Source: `Settings.load_file` and `settings_loader` of Dynaconf, but for sorted globs, parent folders, repetitions.
    """
    anchor = _anchor(root, options)
    globs = Globbing(bounds(root, options))
    preloaded = list(_loaded(options.preload, root, anchor, options, globs))
    main = list(_searched(_main_names(options), root, anchor or _folder(preloaded), options, globs))
    siblings = [sibling for entry in main for sibling in _sibling(entry, root)]
    last = {entry.name for entry in siblings}
    entries = _once([*preloaded, *(entry for entry in main if entry.name not in last), *siblings])
    return Listed(entries=entries, obstacles=globs.obstacles)


def _main_names(options: Options) -> list[str]:
    """`settings_files` and `secrets`; stock looks for no secrets where nothing else is named."""
    stated = options.settings_files or options.preload or options.includes
    return [*options.settings_files, *options.secrets] if stated else []


def list_includes(root: Path, options: Options, first: Path | None, included: Sequence[str]) -> Listed:
    """The included files; where `root_path` is not set they start at the folder of the first file loaded."""
    anchor = _anchor(root, options) or (first.parent if first else None)
    globs = Globbing(bounds(root, options))
    entries = _once(list(_loaded([*included, *options.includes], root, anchor, options, globs)))
    return Listed(entries=entries, obstacles=globs.obstacles)


def placed_among(entries: Sequence[SourceFile], new: SourceFile) -> list[SourceFile]:
    """The entries with one that is not there yet, where its glob will put it: by its name among those it matches."""
    if any(entry.name == new.name for entry in entries):
        return list(entries)
    above = [at for at, entry in enumerate(entries) if entry.patterns == new.patterns and entry.name < new.name]
    first = next((at for at, entry in enumerate(entries) if entry.patterns == new.patterns), len(entries))
    place = above[-1] + 1 if above else first
    return [*entries[:place], new, *entries[place:]]


def with_sibling(entries: Sequence[SourceFile], new: SourceFile, root: Path) -> list[SourceFile]:
    """The entries with the `.local` file of one that is not there yet: it counts as soon as the other is there."""
    names = [entry.name for entry in entries]
    for sibling in _local(new, root):
        if sibling.name not in names:
            later = {local.name for entry in entries[names.index(new.name) + 1 :] for local in _local(entry, root)}
            place = next((at for at, name in enumerate(names) if name in later), len(entries))
            return [*entries[:place], sibling, *entries[place:]]
    return list(entries)


def _loaded(
    names: Sequence[str], root: Path, anchor: Path | None, options: Options, globs: Globbing
) -> Iterator[SourceFile]:
    """Files named one by one, each with its sibling; without an anchor the first decides where the others start."""
    for name in names:
        start = anchor or root
        named = [] if has_magic(name) else [_entry(start / name, root, options, named=True)]
        for entry in named or _matches(name, start, root, options, globs):
            yield entry
            yield from _sibling(entry, root)
            anchor = anchor or _folder([entry])


def _searched(
    names: Sequence[str], root: Path, anchor: Path | None, options: Options, globs: Globbing
) -> Iterator[SourceFile]:
    """Files that are searched for; without an anchor the first one found decides where the others start."""
    for name in names:
        start = anchor or root
        if has_magic(name):
            found = _matches(name, start, root, options, globs)
        else:
            start = start.parent if is_file(start) else start
            folders = _upwards(start, root)
            file, usual = _module(name, folders) or name, start if options.root_path is not None else root
            found = [_entry(_placed(file, folders, options) or usual / file, root, options, named=True)]
        patterns = (name,) if name in options.settings_files else ()
        found = [entry for entry in found if str(entry.path) not in options.skip_files]
        yield from (replace(entry, patterns=patterns) for entry in found)
        anchor = anchor or _folder(found)


def _matches(name: str, folder: Path, root: Path, options: Options, globs: Globbing) -> list[SourceFile]:
    """The files that a glob finds; folders are none, and whatever else is none is told when it is read."""
    matches = globs.matches(name, folder)
    paths = [_placed(match, [folder], options) or folder / match for match in matches if loader_of(match)]
    return [_entry(path, root, options, named=False) for path in paths if not is_folder(path)]


def _folder(entries: Sequence[SourceFile]) -> Path | None:
    """The folder of the first file that is there."""
    return next((entry.path.parent for entry in entries if exists(entry.path)), None)


def _upwards(start: Path, root: Path) -> list[Path]:
    """Where a file is searched for: in a folder and those above it, up to the project's own, as Dynaconf does."""
    above = [folder for folder in start.parents if folder.is_relative_to(root)]
    return [start, *above] if above or start == root else [start, root]


def _placed(name: str, folders: Sequence[Path], options: Options) -> Path | None:
    """The file in the first folder that has it, or has it in its `config/`; None where none does.

    Source: `dynaconf.utils.files.find_file`, which skips exactly the paths that `skip_files` spells.
    """
    places = (folder.joinpath(*below, name) for folder in folders for below in ((), ("config",)))
    return next((place for place in places if str(place) not in options.skip_files and exists(place)), None)


def _module(name: str, folders: Sequence[Path]) -> str | None:
    """The file of the Python module that Dynaconf would import for a name without a known ending; None for none."""
    if loader_of(name):
        return None
    stem = name.replace(".", "/") if not name.startswith(".") else name
    names = (f"{stem}.py", f"{stem}/__init__.py", f"{name}.py")
    return next((file for file in names for folder in folders if is_file(folder / file)), None)


def _entry(path: Path, root: Path, options: Options, *, named: bool) -> SourceFile:
    listed = any(path.name == Path(secret).name for secret in options.secrets)
    secret = listed or "secret" in path.name.lower()
    return SourceFile(name=relative_name(path, root), path=path, named=named, secret=secret)


def relative_name(path: Path, root: Path) -> str:
    """The path as reports write it: relative to the root, or as the options have it."""
    text, inside = str(path), f"{root}/"
    if text.startswith(inside) and ".." not in text:
        return text.removeprefix(inside)
    resolved = Path(*_normal(path.parts))
    if resolved.is_relative_to(root):
        return resolved.relative_to(root).as_posix()
    return Path(os.path.relpath(resolved, root)).as_posix() if ".." in path.parts else resolved.as_posix()


def _normal(parts: Sequence[str]) -> list[str]:
    """The parts without `.` and `..`; links are left alone."""
    normal: list[str] = []
    for part in parts:
        if part == ".." and len(normal) > 1:
            normal.pop()
        elif part != ".":
            normal.append(part)
    return normal


def _sibling(entry: SourceFile, root: Path) -> Iterator[SourceFile]:
    """The entry's `.local` file, where both are there."""
    if exists(entry.path):
        yield from _local(entry, root)


def _local(entry: SourceFile, root: Path) -> Iterator[SourceFile]:
    """The entry's `.local` file, where that is there."""
    stem, _, extension = entry.path.name.rpartition(".")
    path = entry.path.parent / f"{stem}.local.{extension}"
    if ".local." not in entry.path.name and is_there(path):
        yield SourceFile(name=relative_name(path, root), path=path, named=False, secret=entry.secret)


def _once(entries: Sequence[SourceFile]) -> list[SourceFile]:
    """Each file once, with everything that matches it; the options themselves are no profile."""
    found: dict[str, SourceFile] = {}
    for entry in entries:
        if entry.path.name != OPTIONS_FILE:
            earlier = found.get(entry.name)
            found[entry.name] = replace(entry, patterns=earlier.patterns + entry.patterns) if earlier else entry
    return list(found.values())
