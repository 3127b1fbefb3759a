"""Where a project begins: the folder that holds its options, or that its application's code is read for."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from glob import glob, has_magic
from pathlib import Path
from posixpath import relpath
from typing import Any

from app.application.calls import GLOBAL, Call
from app.application.folders import MARKERS
from app.application.idle import is_idle
from app.application.reading import named_files
from app.application.search import find_calls
from app.core.errors import ArgumentError, ProjectError
from app.core.opening import exists, is_there, read_file, real_path
from app.options import OPTIONS_FILES

_PROFILES = ("settings.toml", ".secrets.toml")
"""Where nothing else marks a project, its profiles do."""

_TOLD = 10
"""So many applications are named in a message."""

_STATES = re.compile(rb"^[ \t]*+\[++[ \t]*+tool[ \t]*+\.[ \t]*+assay\b", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class ServiceRoot:
    """The call that stands for a project's options.

    Attributes:
        root: the folder that it is for.
        call: seen from there.
        others: the calls that were not taken, seen from there too.
    """

    root: Path
    call: Call
    others: tuple[Call, ...] = ()


def has_options(folder: Path) -> bool:
    """Whether options of a project stand in a folder."""
    own, shared = (folder / name for name in OPTIONS_FILES)
    try:
        return is_there(own) or (is_there(shared) and bool(_STATES.search(read_file(shared))))
    except OSError:
        return True  # whoever reads the options says why they cannot be read


def upwards(start: Path, home: Path | None) -> Iterator[Path]:
    """A folder and those above it, to the root of the git work tree, else to the home folder."""
    for folder in (start, *start.parents):
        yield folder
        if folder == home or exists(folder / ".git"):
            return


def with_code(start: Path, home: Path | None) -> list[Path]:
    """The folders whose code may be a project's: this one and those above it in the same project."""
    folders = [folder for folder in upwards(start, home) if home != folder or folder == start]
    if exists(folders[-1] / ".git"):
        return folders
    marked = _first_with(MARKERS, folders) or _first_with(_PROFILES, folders) or 1
    return folders[:marked]


def _first_with(names: Sequence[str], folders: Sequence[Path]) -> int:
    """The number, counted from 1, of the first folder that has one of these files; 0: none has."""
    found = (number for number, folder in enumerate(folders, 1) if any(exists(folder / name) for name in names))
    return next(found, 0)


def services(top: Path, within: str = "") -> list[ServiceRoot]:
    """Each application below a folder with the folder that it is for, the one that fits best first.

    Args:
        top: the folder that holds everything.
        within: the folder below it whose calls count.

    Raises:
        ArgumentError: only tests, documents and examples call Dynaconf there, or nothing does.
    """
    calls = find_calls(top, within=within)
    own = [call for call in calls if not call.is_aside]
    if not own:
        told = ", ".join(call.place for call in calls[:3])
        what = f"Only tests, documents or examples call Dynaconf below {top.name}/: {told}." if calls else (
            f"No Dynaconf(…) call was found below {top.name}/.")  # fmt: skip
        fix = "Name one: --call PATH:LINE." if calls else "Write assay.toml by hand."
        raise ArgumentError(what, fix=fix)
    best: dict[Path, list[Call]] = {}
    there = cache(_is_there)  # of many imports of the global object each looks for the same files
    own = _asked_for(own, top, there)
    for call in sorted(own, key=lambda call: _rank(call, top, there)):
        best.setdefault(home_of(call, top, lambda: len(own) == 1 and _is_alone(top, within), there), []).append(call)
    found = [
        ServiceRoot(root=root, call=seen_from(calls[0], top, root), others=tuple(calls[1:]))
        for root, calls in best.items()
    ]
    return _with_files(found, top, calls)


def _asked_for(own: list[Call], top: Path, there: Callable[[str, Path], bool]) -> list[Call]:
    """The calls without those whose settings nobody takes, where the files of another are there."""
    if len(own) == 1:
        return own
    asked = [call for call in own if not is_idle(call)]
    return asked if any(_files_there(call, top, there) for call in asked) else own


def _is_alone(top: Path, within: str) -> bool:
    """Whether the one call in a folder is the only one of all that are there."""
    return within in {"", "."} or sum(not call.is_aside for call in find_calls(top)) == 1


def _with_files(found: list[ServiceRoot], top: Path, calls: Sequence[Call]) -> list[ServiceRoot]:
    """Those whose files are there, where any are; each with the calls that were not taken."""
    there = [one for one in found if _files_there(one.call, one.root)] or found[:1]
    taken = {(one.root / one.call.file, one.call.line) for one in there}
    rest = [call for call in calls if (top / call.file, call.line) not in taken]
    return [replace(one, others=tuple(seen_from(call, top, one.root) for call in rest)) for one in there]


def _rank(call: Call, top: Path, there: Callable[[str, Path], bool]) -> tuple[Any, ...]:
    root = home_of(call, top, lambda: True, there)
    return not _files_there(seen_from(call, top, root), root, there), call.callee == GLOBAL, -len(call.arguments)


def seen_from(call: Call, top: Path, root: Path) -> Call:
    """The call with its file relative to the folder that it is for, which lies in `top`."""
    return replace(call, file=relpath(f"/{call.file}", f"/{root.relative_to(top).as_posix()}"))


def home_of(call: Call, top: Path, alone: Callable[[], bool], there: Callable[[str, Path], bool] | None = None) -> Path:
    """The folder that a call is for: the nearest around it that is a project's, and in which its files are.

    Args:
        call: seen from `top`.
        top: the folder that was searched.
        alone: tells whether it is the only one there.
        there: tells whether a file is there; who asks often remembers.
    """
    there = there or _is_there
    around = [folder for folder in (top / call.file).parents if folder.is_relative_to(top)]
    marked = around[number - 1] if (number := _first_with(MARKERS, around)) else None
    names = named_files(call)
    outer = [folder for folder in around if marked is None or marked.is_relative_to(folder)]
    holding = next((folder for folder in outer if any(there(name, folder) for name in names)), None)
    if marked is not None and holding is None:
        return marked
    if marked is None and (holding is None or alone()):
        return top
    return holding or top


def _is_there(name: str, folder: Path) -> bool:
    """Whether a file, or one that matches, is there; an absolute one counts where it lies below."""
    if Path(name).is_absolute() and not Path(name).is_relative_to(folder):
        return False
    places = (folder, folder / "config")
    if has_magic(name):
        return any(glob(name, root_dir=place, include_hidden=True) for place in places)  # noqa: PTH207 - no recursion
    return any(exists(place / name) for place in places)


def _files_there(call: Call, root: Path, there: Callable[[str, Path], bool] = _is_there) -> bool:
    """Whether a file that the call, as seen from a folder, names lies there, or on the way from there to the code."""
    around = [folder for folder in (root / call.file).parents if folder.is_relative_to(root)]
    return any(there(name, folder) for name in named_files(call) for folder in around)


def find_application(start: Path, home: Path | None) -> ServiceRoot | None:
    """The application whose code stands in a folder, or around it; None where there is none.

    Raises:
        ProjectError: there are several, each with files of its own.
    """
    folders = with_code(start, home)
    top = folders[-1]
    for folder in folders:
        try:
            found = services(top, folder.relative_to(top).as_posix())
        except ArgumentError:
            continue
        here = [one for one in found if one.root == folder]
        if len(found) == 1 or len(here) == 1:
            return here[0] if here else found[0]
        raise _several(found, top)
    return None


def completing(folder: Path, code: Sequence[str] | None) -> ServiceRoot | None:
    """The one call for a folder whose options leave to it what Dynaconf's own options say.

    Args:
        folder: it.
        code: the folders below it whose code counts; None: all.
    """
    try:
        found = services(folder)
    except ArgumentError:
        return None
    own = [one for one in found if one.root == folder]
    counts = code is None or any(Path(one.call.file).is_relative_to(name) for one in own for name in code)
    return own[0] if len(own) == len(found) == 1 and counts else None


def _several(found: Sequence[ServiceRoot], top: Path) -> ProjectError:
    places = [f"{(one.root / one.call.file).relative_to(top).as_posix()}:{one.call.line}" for one in found]
    folders = [one.root.relative_to(top).as_posix() for one in found]
    rest = f" and {len(places) - _TOLD} more" if len(places) > _TOLD else ""
    return ProjectError(
        f"There are several applications here, each with a Dynaconf call: {', '.join(places[:_TOLD])}{rest}.",
        fix=f"Name one: --project {folders[0]}, or --call {places[0]}. assay init writes an assay.toml for each.",
    )


def chosen_call(wanted: str, folder: Path) -> ServiceRoot:
    """The call that somebody names.

    Args:
        wanted: `PATH:LINE`, the path relative to the folder, or to the one that the call is for, or absolute.
        folder: the project's folder, or one around it.

    Raises:
        ArgumentError: there is no such call.
    """
    name, _, line = wanted.rpartition(":")
    number, calls = int(line) if line.isdecimal() else 0, find_calls(folder)
    for call in calls:
        root = home_of(call, folder, lambda: sum(not one.is_aside for one in calls) <= 1)
        is_meant = real_path(folder / call.file) in {real_path(folder / name), real_path(root / name)}
        if is_meant and call.line <= number <= call.span(call.node).end_line:
            return ServiceRoot(root=root, call=seen_from(call, folder, root))
    there = ", ".join(call.place for call in calls[:5]) or "none"
    raise ArgumentError(f"No Dynaconf call stands at {wanted}.", fix=f"Calls that were found: {there}.")
