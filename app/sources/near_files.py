"""Files that lie where one is looked for that is not there: of a close name, or its example."""

import re
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

_NEAR = 0.7
_ALIKE = 0.9
_NUMBER = re.compile(r"\d+")
_EXAMPLE = re.compile(r"[._-](?:dist|examples?|sample|template)(?![^._-])|^(?:example|sample|template)[._-]")
"""What makes a file's name that of its example: `local.example.toml`, `local.toml.sample`, `example.local.toml`."""


def near_name(path: Path, read: Collection[Path]) -> str | None:
    """The name of a file that may be meant by one that is not there: one that nothing reads, or hardly another name."""
    try:
        beside = [found for found in path.parent.iterdir() if found.suffix == path.suffix]
    except OSError:
        return None
    there = [found for found in beside if not _EXAMPLE.search(found.name)]
    unread = get_close_matches(path.stem, [found.stem for found in there if found not in read], n=1, cutoff=_NEAR)
    alike = get_close_matches(path.stem, [found.stem for found in there], n=1, cutoff=_ALIKE)
    found = [*unread, *(stem for stem in alike if _NUMBER.sub("", stem) != _NUMBER.sub("", path.stem))]
    return f"{found[0]}{path.suffix}" if found else None


def example_name(path: Path) -> str | None:
    """The name of a file beside one that is not there, which shows what belongs into it."""
    try:
        there = sorted(found.name for found in path.parent.iterdir() if _EXAMPLE.search(found.name))
    except OSError:
        return None
    return next((name for name in there if _EXAMPLE.sub("", name) == path.name), None)
