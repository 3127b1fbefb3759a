"""Merging tables that hold no markers and no tokens: as Dynaconf does it, in time that grows with their size."""

import os
from typing import Any, Literal

from app.merging.process_isolation import without_options

with without_options(os.environ):
    from dynaconf.utils import object_merge


def merged(old: Any, new: Any, lists: Literal["merge", "shallow"] = "merge") -> Any:
    """What `object_merge` makes of two values; neither is changed, and what only one of them has is shared with it.

    No part of either says how it merges. Lists are Dynaconf's own to merge. Source: `object_merge` of Dynaconf 3.3.5.
    """
    if not isinstance(old, dict) or not isinstance(new, dict) or old == new:
        return object_merge(old, [*new] if isinstance(new, list) else new, list_merge=lists)
    said = _as_spelled(old, new)
    below = {key: merged(value, said[key], lists) if key in said else value for key, value in old.items()}
    return below | {key: value for key, value in said.items() if key not in old}


def _as_spelled(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The new items under the old table's spellings, of which the first counts."""
    if new.keys() <= old.keys():
        return new
    spellings: dict[str, str] = {}
    for key in old:
        spellings.setdefault(key.lower(), key)
    said = dict(new)
    for key in new:
        if key not in old and (right := spellings.get(key.lower())):
            said[right] = said.pop(key)
    return said
