"""A file beside a project that gives its process variables, where the option `deployments` says nothing.

Looked for in few places, and shallowly: it is a hint, for which nobody waits.
"""

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath

from msgspec import Struct

from app.core.opening import Bounds, read_file
from app.options import Options
from app.sources.selection import switcher

_FOLDERS = (".", "deploy", "deployment", "deployments", "docker", "k8s", "kube", "kubernetes", "manifests", "systemd")
_NAMES = re.compile(r"[\w.@-]+\.ya?ml|Dockerfile|[\w.@-]+\.(?:service|container)")
_KINDS = frozenset({"kubernetes", "compose", "systemd", "quadlet", "dockerfile"})
_FILES = 50
_ENTRIES = 500
"""Of one folder."""
_LONGEST = 128 * 1024
"""Bytes; what is larger is no file that somebody writes."""


class UnnamedSource(Struct, frozen=True, kw_only=True):
    """Such a file.

    Attributes:
        file: relative to the root.
        variable: the first one of the project that it names.
    """

    file: str
    variable: str


def unnamed_source(root: Path, bounds: Bounds, options: Options) -> UnnamedSource | None:
    """The first file that names a variable of the project; None where the option is stated, if only as `{}`."""
    if "deployments" in options.stated:
        return None
    ours = _variable(options)
    for path in islice(_candidates(root), _FILES):
        try:
            text = read_file(path, bounds).decode()
        except (OSError, UnicodeDecodeError):
            continue
        file = path.relative_to(root).as_posix()
        found = ours.search(text)
        if found and _is_source(text, file):
            return UnnamedSource(file=file, variable=found["name"])
    return None


def _is_source(text: str, file: str) -> bool:
    from app.deployments.source_kinds import kind_of  # noqa: PLC0415 - every check comes by, and hardly one gets here

    return kind_of(text, file) in _KINDS


def _variable(options: Options) -> re.Pattern[str]:
    """What a line says that is no comment, where it names a variable of the project."""
    prefixes = [f"{re.escape(one)}_[A-Z0-9_]+" for one in (*(options.prefixes or ()), "DYNACONF")]
    names = "|".join((re.escape(switcher(options)), *prefixes))
    return re.compile(rf"^[^#\n]*?(?<![A-Za-z0-9_])(?P<name>{names})\b", re.MULTILINE)


def _candidates(root: Path) -> Iterator[Path]:
    for folder in _FOLDERS:
        try:
            with os.scandir(root / folder) as entries:
                names = sorted(one.name for one in islice(entries, _ENTRIES) if _is_candidate(one))
        except OSError:
            continue
        yield from (root / PurePosixPath(folder) / name for name in names)


def _is_candidate(entry: os.DirEntry[str]) -> bool:
    return bool(_NAMES.fullmatch(entry.name)) and entry.is_file() and entry.stat().st_size <= _LONGEST
