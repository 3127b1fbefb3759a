"""The names of variables that a project's other files speak of: README, Compose files, manifests, scripts.

A variable that is named anywhere may be set anywhere; what only it would set is not known to be missing.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from app.core import limits
from app.core.opening import read_beside

_NAME = re.compile(rb"\b[A-Z][A-Za-z0-9_]{2,}")
_LARGEST = 256 << 10
_DEEP = 4
_SKIPPED = frozenset({"node_modules", "site-packages", "__pycache__", "build", "dist"})
_CODE = frozenset({".py", ".pyc", ".lock"})


def named_variables(root: Path) -> frozenset[str]:
    """The names, in upper case, in the files of a project, code apart."""
    found: set[str] = set()
    for path in _texts(root):
        raw = read_beside(path, _LARGEST) or b""
        if b"\0" not in raw:
            found.update(name.decode().upper() for name in _NAME.findall(raw))
    return frozenset(found)


def _texts(root: Path) -> Iterator[Path]:
    seen = 0
    for here, folders, files in os.walk(root):
        above = Path(here)
        is_deep = len(above.relative_to(root).parts) >= _DEEP
        folders[:] = [] if is_deep else sorted(name for name in folders if not _is_skipped(above / name))
        for name in sorted(files):
            seen += 1
            if seen > limits.FILES.figure:
                return
            if Path(name).suffix not in _CODE:
                yield above / name


def _is_skipped(folder: Path) -> bool:
    is_hidden = folder.name.startswith(".") and folder.name != ".github"
    return is_hidden or folder.name in _SKIPPED or (folder / "pyvenv.cfg").exists()
