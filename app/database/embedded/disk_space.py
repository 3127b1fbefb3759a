"""How much space an embedded server has left."""

import shutil
from contextlib import suppress
from pathlib import Path

from app.database.embedded.folder import place_of


def free_bytes(home: Path) -> int | None:
    """What an ordinary user may still write where the embedded server of this home keeps its data.

    None where it cannot be told.
    """
    with suppress(OSError):
        return shutil.disk_usage(place_of(home / ".assay")).free
    return None
