"""The options that a project's own call amounts to, and what its reader should know about them."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.sources.code import Call, default_files

_SWITCHES = ("environments", "load_dotenv", "merge_enabled", "ignore_unknown_envvars")
_FILES = ("settings_files", "preload", "includes", "secrets")
_SEPARATORS = re.compile(r"[,;]")
_DJANGO = "DjangoDynaconf"
_WITH_DEFAULTS = frozenset({"FlaskDynaconf", _DJANGO, "settings"})
_MACHINERY = re.compile(
    r"validat|load|vault|redis|skip_|yaml|dot|cast|default_settings|encoding|silent|fresh|sysenv|lowercase|project_root"
    r"|settings_module|base_exclude|warn_|filtering|extensions|instance|wrapper|post_hooks|box|apply_default"
)
"""Arguments that are about how Dynaconf works; every other one that is no option is a setting."""


def options_of(call: Call, root: Path) -> dict[str, Any]:
    """The call's options as `assay.toml` has them, and what Dynaconf would take for those that it leaves out."""
    options = {name: value for name, value in call.options.items() if value is not None}
    switches = [name for name in _SWITCHES if name in options and not isinstance(options[name], list)]
    options |= {name: bool(options[name]) for name in switches}
    computed = {unread.name for unread in call.unread}
    if "environments" not in computed:
        options.setdefault("environments", False)
    if "settings_files" not in computed:
        options.setdefault("settings_files", _defaults(call, root))
    _place(options, call, root)
    return options


def _defaults(call: Call, root: Path) -> list[str]:
    """The files that are loaded where none is named."""
    if call.callee not in _WITH_DEFAULTS:
        return []
    beside = (root / call.file).parent
    found = default_files(root if any((root / name).exists() for name in default_files(root)) else beside)
    itself = Path(call.file).name if call.callee == _DJANGO else ""
    return [name for name in found if name != itself]


def _place(options: dict[str, Any], call: Call, root: Path) -> None:
    """Says where files are looked for; absolute paths below the project become relative ones."""
    folder = Path(call.file).parent
    if "root_path" in options:
        options["root_path"] = _relative(str(options["root_path"]), root, root)
    elif folder != Path() and (call.callee == _DJANGO or _lies_beside(options.get("settings_files"), root, folder)):
        options["root_path"] = folder.as_posix()
    if options.get("root_path") == ".":
        del options["root_path"]
    base = root / options.get("root_path", "")
    for name in _FILES:
        if name in options:
            options[name] = _named(options[name], base, root)
    if "dotenv_path" in options:
        options["dotenv_path"] = _relative(str(options["dotenv_path"]), root, root)


def _named(files: object, base: Path, root: Path) -> object:
    if isinstance(files, str):
        names = _SEPARATORS.split(files)
        relative = [_relative(name.strip(), base, root) for name in names]
        return files if relative == [name.strip() for name in names] else relative
    return [_relative(str(name), base, root) for name in files] if isinstance(files, list) else files


def _relative(name: str, base: Path, root: Path) -> str:
    """A path as seen from a folder; one that leads out of the project stays as it is."""
    path = Path(name)
    if not path.is_absolute() or not path.is_relative_to(root):
        return name
    return Path(os.path.relpath(path, base)).as_posix()


def _lies_beside(files: object, root: Path, folder: Path) -> bool:
    """Whether the first settings file lies beside the code and not in the project's folder."""
    names = _SEPARATORS.split(files) if isinstance(files, str) else files if isinstance(files, list) else []
    first = str(names[0]).strip() if names else ""
    return bool(first) and not (root / first).exists() and (root / folder / first).exists()


def noted(call: Call, others: Sequence[Call], options: Mapping[str, Any]) -> Iterator[str]:
    """What was read, and what was not."""
    yield f"read {call.file}:{call.line}"
    yield from (f"not read: {other.file}:{other.line}, another Dynaconf call" for other in others)
    for unread in call.unread:
        what = f"{unread.text[:60]}, line {unread.line}"
        yield f"{unread.name} is computed there ({what}): write it into assay.toml by hand"
    if options.get("settings_files") == []:
        yield "the call names no settings_files: only variables are read; name in assay.toml what else is"
    for name in call.foreign:
        is_machinery = _MACHINERY.search(name.lower())
        yield f"{name} " + (
            "means nothing to a diagnosis" if is_machinery else "is set in code, where Assay does not look"
        )
