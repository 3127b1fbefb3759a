"""The last good release on disk: what a process starts with while no service answers.

It holds no secret, for no release does. It is written whole or not at all, is readable by its owner alone, and is
believed only where everything about it fits.
"""

import contextlib
import json
import os
import stat
import tempfile
from pathlib import Path
from typing import Any

from assay_client.errors import LastGoodRefused, ServiceError
from assay_client.release import Release, is_description

_VERSION = 1
_MOST_BYTES = 64 * 1024 * 1024
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)  # a pipe keeps nobody waiting


def read(path: Path, *, environment: str, project: str | None) -> tuple[Release, float] | None:
    """The release in a file, and when the service last confirmed it (seconds since 1970); None where there is no file.

    Raises:
        LastGoodRefused: there is one, and it is not to be believed; the message says why.
    """
    found = _content(path)
    if found is None:
        return None
    raw, confirmed_at = found
    try:
        kept = json.loads(raw)
        assert_usable(path, kept)
        release = Release(kept["release"], kept["body"].encode())
    except (ValueError, RecursionError) as error:
        raise LastGoodRefused(f"{path} is corrupt: it is no JSON.") from error
    except ServiceError as error:
        raise LastGoodRefused(f"{path} is corrupt: {error}") from error
    if release.environment.lower() != environment.lower():
        raise LastGoodRefused(f"{path} is of the environment {release.environment}, not of {environment}.")
    if project is not None and release.project != project:
        raise LastGoodRefused(f"{path} is of the project {release.project}, not of {project}.")
    return release, confirmed_at


def assert_usable(path: Path, kept: object) -> None:
    """Raises LastGoodRefused where a file's content is not what `write` writes."""
    if not isinstance(kept, dict) or not is_description(kept.get("release")) or not isinstance(kept.get("body"), str):
        raise LastGoodRefused(f"{path} is corrupt: it is no last good file.")
    if kept.get("version") != _VERSION:
        raise LastGoodRefused(f"{path} is of another version of this client.")


def write(path: Path, release: Release) -> None:
    """Replaces the file in one step; a newer release in it stays.

    Raises:
        OSError: the folder cannot be written.
    """
    with contextlib.suppress(LastGoodRefused, OSError):
        kept = read(path, environment=release.environment, project=release.project)
        if kept and kept[0].id > release.id:
            return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content: dict[str, Any] = {"version": _VERSION, "release": release.described, "body": release.body.decode()}
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600, whatever the umask says
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def confirm(path: Path) -> bool:
    """Notes that the service still says the same: the file's time is when it last did. False where it is gone."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # it is there, and another user's
    return True


def _content(path: Path) -> tuple[bytes, float] | None:
    try:
        with os.fdopen(os.open(path, _FLAGS), "rb") as file:
            state = os.fstat(file.fileno())
            _assert_own(path, state)
            return file.read(_MOST_BYTES), state.st_mtime
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LastGoodRefused(f"{path} cannot be read: {error.strerror}.") from error


def _assert_own(path: Path, state: os.stat_result) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise LastGoodRefused(f"{path} is no file.")
    if hasattr(os, "geteuid") and state.st_uid not in {os.geteuid(), 0}:
        raise LastGoodRefused(f"{path} belongs to another user.")
    if os.name == "posix" and state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise LastGoodRefused(f"{path} can be written by others: chmod 600 it, if it is yours.")
    if state.st_size > _MOST_BYTES:
        raise LastGoodRefused(f"{path} has {state.st_size} bytes: that is no last good file.")
