"""Setting what holds markers, tokens or dotted keys: Dynaconf itself decides, through an isolated settings object."""

import os

from app.merging.process_isolation import without_options

with without_options(os.environ):
    from dynaconf.loaders.base import SourceMetadata
    from dynaconf.utils.functional import empty

from app.merging.isolated_settings import FAILURES, Replay
from app.merging.items import Item
from app.merging.lookup import ABSENT
from app.merging.provenance_tags import tag


def set_all(items: list[Item], replay: Replay) -> list[Item]:
    """Sets what is loaded at once; gives what it leaves out: variables that nothing lower knows, if options say so."""
    ignored = [item for item in items if item.is_variable and not _is_known(item, replay)]
    for item in items:
        if item not in ignored:
            _set(replay, item)
    return ignored


def _is_known(item: Item, replay: Replay) -> bool:
    if not replay.options.ignore_unknown_envvars:
        return True
    try:
        return replay.get(item.key, default=ABSENT) is not ABSENT
    except FAILURES as error:
        replay.fail(item.layer, item.source, error)
        return False


def _set(replay: Replay, item: Item) -> None:
    """Hands one item to Dynaconf; where Dynaconf would not start, the replay keeps the reason."""
    try:
        _set_value(replay, item)
    except FAILURES as error:
        replay.fail(item.layer, item.source, error)


def _set_value(replay: Replay, item: Item) -> None:
    if item.layer.kind == "call":
        replay.begin(item.key, tag(item.value, item.layer, item.source))
        return
    flag = empty if item.layer.merge is None else item.layer.merge
    lookup = empty if item.layer.dotted_lookup is None else item.layer.dotted_lookup
    value = tag(item.value, item.layer, item.source, final=item.layer.literal)
    if item.is_variable and isinstance(item.value, str):
        value = replay.read(value)  # the environment's loader reads tokens before `set` does
    if flag is not empty and replay.options.lists == "replace":
        replay.state.flag = bool(flag)
        flag = empty
    source = SourceMetadata(loader="layer", identifier=str(id(item.layer)))
    try:
        replay.set(item.key, value, loader_identifier=source, merge=flag, dotted_lookup=lookup, validate=False)
    finally:
        replay.state.flag = None
