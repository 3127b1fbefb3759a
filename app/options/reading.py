"""Options where projects write them: `assay.toml`, or `[tool.assay]` of pyproject.toml."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli

from app.core import limits
from app.core.errors import ProjectError
from app.core.opening import is_there, read_file, remedy, why, within
from app.options import OPTIONS_FILES, Options
from app.options.validation import options_of

_TABLES: Mapping[str, tuple[str, ...]] = {"assay.toml": (), "pyproject.toml": ("tool", "assay")}


def read_options(root: Path) -> Options:
    """The options of the project in this folder; the defaults where it has none.

    Raises:
        ProjectError: they cannot be read, or say something that is no option.
    """
    for name in OPTIONS_FILES:
        path = root / name
        if is_there(path) and (found := _stated(_load(path, name), name)):
            return found
    return Options()


def options_in(raw: bytes, name: str) -> Options:
    """The options that a file of these bytes states.

    Raises:
        ProjectError: as for `read_options`.
    """
    return _stated(_parsed(raw, name), name) or Options()


def _stated(raw: Any, name: str) -> Options | None:
    for part in _TABLES[name]:
        raw = raw.get(part) if isinstance(raw, dict) else None
    return None if raw is None else options_of(raw, name)


def _load(path: Path, name: str) -> dict[str, Any]:
    try:
        return _parsed(read_file(path, within(path.parent)), name)
    except OSError as error:
        raise ProjectError(f"{name} cannot be read: {why(error)}.", fix=remedy(error, "Make it readable.")) from None


def _parsed(raw: bytes, name: str) -> dict[str, Any]:
    try:
        values = tomli.loads(raw.decode())
    except UnicodeDecodeError:
        raise ProjectError(f"{name} is not UTF-8.", fix="Save it as UTF-8.") from None
    except tomli.TOMLDecodeError as error:
        place = {"kind": "file", "file": name, "line": error.lineno, "column": error.colno,
                 "end_line": error.lineno, "end_column": error.colno + 1, "section": None}  # fmt: skip
        message = f"{name}:{error.lineno}:{error.colno} does not parse: {error.msg}"
        raise ProjectError(message, fix="Mend the TOML.", origin=place) from None
    except RecursionError:
        raise _beyond(name, limits.DEPTH.breach) from None
    except ValueError:
        raise _beyond(name, limits.DIGITS.breach) from None
    if found := limits.excess(values):
        raise _beyond(name, found.limit.breach)
    return values


def _beyond(name: str, breach: str) -> ProjectError:
    return ProjectError(f"{name} {breach}, which is more than is read.", fix="Shorten it.")
