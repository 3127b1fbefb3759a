"""Which files a call means, and where they are looked for."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.application.calls import DJANGO, FLASK, GLOBAL, Call
from app.application.functions import Unclear
from app.core.opening import exists, is_file
from app.options.validation import split_names

FILES = ("settings_files", "preload", "includes", "secrets")
"""The options that name files."""

_EXTENSIONS = ("py", "toml", "tml", "yaml", "yml", "ini", "conf", "properties", "json")
_DEFAULT_FILES = [f"{stem}.{ending}" for stem in ("settings", ".secrets") for ending in _EXTENSIONS]
_USUAL = frozenset({"settings.toml", ".secrets.toml"})
_SEPARATORS = re.compile(r"[,;]")
_WITH_DEFAULTS = frozenset({FLASK, DJANGO, GLOBAL})
_PATHS = "default_settings_paths"


def looked_for(call: Call) -> list[str]:
    """The names that files are looked for by where the call names none.

    Raises:
        Unclear: the call computes them.

    Source: `constants.py`, and `Settings.settings_module` of Dynaconf 3.3.5.
    """
    said = next((one for one in call.arguments if one.name.lower() == _PATHS), None)
    if said is None:
        return _DEFAULT_FILES if call.callee in _WITH_DEFAULTS else []
    evaluation = call.evaluation()
    if evaluation.meaning(said.value).endswith("DEFAULT_SETTINGS_FILES"):
        return _DEFAULT_FILES
    names = split_names(evaluation.value(said.value) or [])
    if names is None:
        raise Unclear
    return [str(name) for name in names]


def found_files(call: Call, root: Path, root_path: object) -> list[str]:
    """The files that are loaded where the call names none.

    Args:
        call: the call.
        root: the project's folder.
        root_path: what the call says about where they are looked for; None where it says nothing.
    """
    names = looked_for(call)
    if names is not _DEFAULT_FILES:
        return names
    itself = root / call.file
    start = root / str(root_path) if root_path else _start(call, root, names)
    places = list(_places(start, root))
    there = {name for name in names for folder in places if folder / name != itself and is_file(folder / name)}
    return [name for name in names if name in there | _USUAL]


def _start(call: Call, root: Path, names: list[str]) -> Path:
    """Where the search begins: Django's module, else the project's folder, unless all lies around the code."""
    beside = Path(call.file).parent
    others = [name for name in names if name != Path(call.file).name]
    around = beside if call.callee == DJANGO else _around(others, root, beside)
    return root / around if around else root


def _places(start: Path, root: Path) -> Iterator[Path]:
    """The folders in which a file is looked for: this one and those above it in the project, each with its `config`.

    Source: `find_file` in `utils/files.py` of Dynaconf 3.3.5.
    """
    for folder in (start, *start.parents):
        yield from (folder, folder / "config")
        if folder == root or not folder.is_relative_to(root):
            return


def place(options: dict[str, Any], call: Call, root: Path, *, computed: bool) -> None:
    """Says where files are looked for; absolute paths below the project become relative ones.

    Args:
        options: those that the call says, to which it is added.
        call: the call.
        root: the project's folder.
        computed: whether the call says where, and nobody knows what.
    """
    _begin(options, call, root, computed=computed)
    base = root / options.get("root_path", "")
    for name in FILES:
        if name in options:
            options[name] = _named(options[name], base, root)
    if "dotenv_path" in options:
        options["dotenv_path"] = _relative(str(options["dotenv_path"]), root, root)


def _begin(options: dict[str, Any], call: Call, root: Path, *, computed: bool) -> None:
    """Says where the search for files begins."""
    folder = Path(call.file).parent
    if "root_path" in options and _is_passed_over(str(options["root_path"]), options.get("settings_files"), root):
        del options["root_path"]
    if "root_path" in options:
        options["root_path"] = _relative(str(options["root_path"]), root, root)
        if around := _around(options.get("settings_files"), root, folder, root / options["root_path"]):
            options["root_path"] = around.as_posix()  # Dynaconf looks around the program that is started, too
    elif computed or folder == Path():
        pass
    elif around := folder if call.callee == DJANGO else _around(options.get("settings_files"), root, folder):
        options["root_path"] = around.as_posix()
    if options.get("root_path") == ".":
        del options["root_path"]
    if "root_path" not in options and _are_apart(options.get("settings_files"), root):
        options["root_path"] = "."  # else they would be sought where the first of them lies


def _is_passed_over(root_path: str, files: object, root: Path) -> bool:
    """Whether the search begins outside the project and finds nothing there: it goes on around the program."""
    start = Path(os.path.normpath(root / root_path))
    names = _listed(files)
    return not start.is_relative_to(root) and not any(
        exists(place / name) for place in _places(start, root) for name in names
    )


def _are_apart(files: object, root: Path) -> bool:
    """Whether all files are named by their whole paths, in several folders of the project."""
    paths = [Path(os.path.normpath(str(name))) for name in files] if isinstance(files, list) else []
    return all(path.is_relative_to(root) for path in paths) and len({path.parent for path in paths}) > 1


def _named(files: object, base: Path, root: Path) -> object:
    if isinstance(files, str):
        names = _SEPARATORS.split(files)
        relative = [_file(name.strip(), base, root) for name in names]
        return files if relative == [name.strip() for name in names] else relative
    return [_file(str(name), base, root) for name in files] if isinstance(files, list) else files


def _file(name: str, base: Path, root: Path) -> str:
    """A file as seen from a folder; one that is not there keeps its whole path where a search would find another."""
    shown = _relative(name, base, root)
    is_another = (
        shown != name and not exists(Path(name)) and any(exists(place / shown) for place in _places(base, root))
    )
    return name if is_another else shown


def _relative(name: str, base: Path, root: Path) -> str:
    """A path as seen from a folder; one that leads out of the project stays as it is."""
    path = Path(os.path.normpath(name))
    if not path.is_absolute() or not path.is_relative_to(root):
        return name
    return Path(os.path.relpath(path, base)).as_posix()


def _around(files: object, root: Path, folder: Path, start: Path | None = None) -> Path | None:
    """The folder around the code that the first settings file lies in; None where the search finds it from its start.

    Dynaconf looks above the program that is started, too, and for each folder in its `config`.

    Args:
        files: their names.
        root: the project's folder.
        folder: that of the code, as seen from there.
        start: where the search begins; by default at the project's folder.
    """
    for name in _listed(files):
        if not name or any(exists(place / name) for place in _places(start or root, root)):
            return None
        for around in (folder, *folder.parents):
            if any(exists(root / place / name) for place in (around, around / "config")):
                return around
    return None


def _listed(files: object) -> list[str]:
    """The names of an option that holds a list, or a text of several."""
    names = _SEPARATORS.split(files) if isinstance(files, str) else files if isinstance(files, list) else []
    return [str(name).strip() for name in names]
