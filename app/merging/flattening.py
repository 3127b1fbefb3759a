"""The leaves of what a settings object holds, lazy values evaluated."""

import os
from collections.abc import Iterator, Sequence
from typing import Any

from app.merging.process_isolation import without_options

with without_options(os.environ):
    from dynaconf.utils import upperfy
    from dynaconf.utils.functional import empty
    from dynaconf.utils.parse_conf import Lazy, MetaValue

from app.core.layers import Layer, Path
from app.core.tree import Leaf
from app.merging.isolated_settings import CIRCULAR, LazyValue, Replay
from app.merging.items import MergeOptions, split
from app.merging.provenance_tags import Tagged, bare


def flatten(path: Path, value: Any, replay: Replay, within: Sequence[LazyValue] = ()) -> Iterator[Leaf]:
    """The leaves of a value; what stands in a table that is referred to belongs to the reference."""
    if isinstance(value, Lazy):
        within, value = (*within, value), _evaluated(value, replay, within)
    if isinstance(value, dict) and value:
        for key in dict.keys(value):
            yield from flatten((*path, str(key)), dict.__getitem__(value, key), replay, within)
    elif isinstance(value, list) and value:
        for number, item in enumerate(list.__iter__(value)):
            yield from flatten((*path, number), item, replay, within)
    else:
        yield _leaf(path, value, within[0].said if within else value)


def _leaf(path: Path, value: Any, said: Any) -> Leaf:
    layer, source = (said.layer, said.path) if isinstance(said, Tagged) else (None, path)
    if not isinstance(value, Tagged):
        return Leaf(path=path, value=_leftover(value), layer=layer, source=source)
    shown = _leftover(value.value)
    return Leaf(path=path, value=shown, layer=layer, source=source, state=value.state, reason=value.reason)


def _evaluated(lazy: LazyValue, replay: Replay, within: Sequence[LazyValue]) -> Any:
    if any(lazy is other for other in within):
        return lazy.said.turned(None, state="unresolved", reason=CIRCULAR)
    return lazy(replay)


def _leftover(value: Any) -> Any:
    """What stands in the result without a tag: markers, None, and empty tables and lists."""
    if isinstance(value, MetaValue):
        said = getattr(value, "said", None)  # one that stood inside another's text was never tagged
        return said.value if said else f"@{type(value).__name__.lower()}"
    if value is empty:
        return "@empty"
    return bare(value)


def failed(layer: Layer, source: Path, reason: str, options: MergeOptions) -> Leaf:
    """The leaf that stands for what could not be loaded."""
    parts = split(upperfy(str(source[0])).strip(), options)
    names: list[str] = []
    for part in (parts[0].lower(), *parts[1:], *source[1:]):
        if isinstance(part, int):
            break  # a list that holds a failure fails as a whole
        names.append(part)
    return Leaf(path=tuple(names), value=None, layer=layer, source=source, state="unresolved", reason=reason)
