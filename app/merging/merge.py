"""The merge engine: layers in, effective leaves out. Dynaconf decides every value.

Dynaconf 3.3.5 is used without its loaders and its globals. What only tables, lists and scalars say is folded with
its `object_merge` under the rule of `Settings.set`; what holds markers, tokens or dotted keys is replayed through an
isolated `Settings`. Values carry tags through both (tags.py), so each comes out with its origin.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from app.merging.process_isolation import without_options

with without_options(os.environ):
    from dynaconf.loaders.base import SourceMetadata
    from dynaconf.nodes import DataDict
    from dynaconf.utils import object_merge, upperfy
    from dynaconf.utils.functional import empty
    from dynaconf.utils.parse_conf import (
        Lazy,
        MetaValue,
        boolean_fix,
        parse_conf_data,
    )

from app.core import limits
from app.core.layers import VARIABLES, Layer, Path
from app.merging.isolated_settings import (
    ABSENT,
    CIRCULAR,
    FAILURES,
    INTERNAL_KEYS,
    LazyValue,
    Replay,
    is_token,
    require_bounded,
)
from app.merging.items import Item, MergeOptions, batch, is_plain, is_plain_key, partition, split
from app.merging.lazy import UnresolvedError
from app.merging.merge_result import Merged, StatedLeaf, attribute, say, tell
from app.merging.provenance_tags import Tagged, bare, tag
from app.merging.tables import merged

_DOTS = frozenset(" .[")


def merge(
    layers: Sequence[Layer], options: MergeOptions, environ: Mapping[str, str]
) -> tuple[list[Merged], list[StatedLeaf]]:
    """What `loaded` gives, without the settings object."""
    return loaded(layers, options, environ)[1:]


def loaded(
    layers: Sequence[Layer], options: MergeOptions, environ: Mapping[str, str]
) -> tuple[Replay, list[Merged], list[StatedLeaf]]:
    """Merge layers, lowest first, as Dynaconf does with the project's options.

    Args:
        layers: what each source says.
        options: the project's own.
        environ: variables that `@format {env[...]}` may refer to.

    Returns:
        The settings object, every effective leaf, and every leaf that some layer states. A value that Dynaconf would
        fail on is `unresolved` and says why.

    Source: `Settings.set`, `Settings._merge_before_set` and `object_merge` of Dynaconf 3.3.5.
    """
    replay = Replay(options, environ)
    items = [item for number, layer in enumerate(layers) for item in _items(number, layer, replay)]
    simple, rest = _possible(*partition(items, options), replay)
    for key, value in _fold(simple, options).items():
        replay.store[key] = DataDict(value, core=replay) if isinstance(value, dict) else value
    ignored = [item for _, batch in groupby(rest, batch) for item in _set_all(list(batch), replay)]
    failures = tuple(replay.state.failures)  # what fails later than this fails where it stands
    leaves = [leaf for key in replay.user_keys() for leaf in _flatten((key.lower(),), replay.raw(key), replay)]
    leaves = tell(leaves, (_failed(*failure, options) for failure in failures))
    said = [said for item in items if item not in ignored for said in _said(item, options)]
    return replay, attribute(leaves, said), said


def _possible(simple: list[Item], rest: list[Item], replay: Replay) -> tuple[list[Item], list[Item]]:
    """The same; where more would be replayed than is, none of it is, and each statement fails."""
    if sum(_size(item.value) for item in rest) <= limits.REPLAYED.figure:
        return simple, rest
    for item in rest:
        replay.fail(item.number, (item.spelled,), UnresolvedError(f"it has more than {limits.REPLAYED} beside it"))
    return simple, []


def _size(value: Any) -> int:
    """How many values a value holds, itself included."""
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_size, children))


def _items(number: int, layer: Layer, replay: Replay) -> Iterator[Item]:
    last = {upperfy(key): key for key in layer.values}  # of two spellings the later counts
    spellings = layer.values if layer.kind == "call" else last.values()
    for key in spellings:
        if upperfy(key.strip()) in INTERNAL_KEYS:
            continue
        value, is_variable = layer.values[key], layer.kind in VARIABLES
        if is_variable and not layer.literal and not is_token(value):
            value = _cast(value, number, key, replay)
        alone = layer.kind == "call" and key.isascii() and not _DOTS & set(key) and len(last) == len(layer.values)
        named = alone if layer.kind == "call" else is_plain_key(key, replay.options)
        plain = named and (layer.literal or is_plain(value))
        taken = key if is_variable or layer.kind == "call" else upperfy(key)
        yield Item(number=number, layer=layer, key=taken, spelled=key, value=value, plain=plain)


def _cast(text: str, number: int, key: str, replay: Replay) -> Any:
    """What Dynaconf makes of a variable's text; where it fails, or that is too much, the text and a failure."""
    try:
        value = parse_conf_data(boolean_fix(text), tomlfy=True, box_settings=replay)
        require_bounded(value)
    except FAILURES as error:
        replay.fail(number, (key,), error)
        return text
    return value


def _fold(items: Sequence[Item], options: MergeOptions) -> dict[str, Any]:
    store: dict[str, Any] = {}
    for item in items:
        key = upperfy(item.key.strip())
        new = tag(item.value, item.number, (item.spelled,), final=item.layer.literal)
        old = store.get(key)
        store[key] = new if old is None or old == new else _combined(old, new, item.layer, options)
    return store


def _combined(old: Any, new: Any, layer: Layer, options: MergeOptions) -> Any:
    if not (options.merge_enabled if layer.merge is None else layer.merge):
        return new
    if options.lists == "replace":
        return object_merge(old, new, list_merge="shallow") if isinstance(new, dict) else new
    return object_merge(old, new) if layer.literal else merged(old, new)  # what is taken as it stands may hold markers


def _set_all(items: list[Item], replay: Replay) -> list[Item]:
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
        replay.fail(item.number, (item.spelled,), error)
        return False


def _set(replay: Replay, item: Item) -> None:
    """Hands one item to Dynaconf; where Dynaconf would not start, the replay keeps the reason."""
    try:
        _set_value(replay, item)
    except FAILURES as error:
        replay.fail(item.number, (item.spelled,), error)


def _set_value(replay: Replay, item: Item) -> None:
    if item.layer.kind == "call":
        replay.begin(item.key, tag(item.value, item.number, (item.spelled,)))
        return
    flag = empty if item.layer.merge is None else item.layer.merge
    lookup = empty if item.layer.dotted_lookup is None else item.layer.dotted_lookup
    value = tag(item.value, item.number, (item.spelled,), final=item.layer.literal)
    if item.is_variable and isinstance(item.value, str):
        value = replay.read(value)  # the environment's loader reads tokens before `set` does
    if flag is not empty and replay.options.lists == "replace":
        replay.state.flag = bool(flag)
        flag = empty
    source = SourceMetadata(loader="layer", identifier=str(item.number))
    try:
        replay.set(item.key, value, loader_identifier=source, merge=flag, dotted_lookup=lookup, validate=False)
    finally:
        replay.state.flag = None


def _flatten(path: Path, value: Any, replay: Replay, within: Sequence[LazyValue] = ()) -> Iterator[Merged]:
    """The leaves of a value; what stands in a table that is referred to belongs to the reference."""
    if isinstance(value, Lazy):
        within, value = (*within, value), _evaluated(value, replay, within)
    if isinstance(value, dict) and value:
        for key in dict.keys(value):
            yield from _flatten((*path, str(key)), dict.__getitem__(value, key), replay, within)
    elif isinstance(value, list) and value:
        for number, item in enumerate(list.__iter__(value)):
            yield from _flatten((*path, number), item, replay, within)
    else:
        yield _leaf(path, value, within[0].said if within else value)


def _leaf(path: Path, value: Any, said: Any) -> Merged:
    layer, source = (said.layer, said.path) if isinstance(said, Tagged) else (None, path)
    if not isinstance(value, Tagged):
        return Merged(path=path, value=_leftover(value), layer=layer, source=source)
    shown = _leftover(value.value)
    return Merged(path=path, value=shown, layer=layer, source=source, state=value.state, reason=value.reason)


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


def _failed(number: int, source: Path, reason: str, options: MergeOptions) -> Merged:
    parts = split(upperfy(str(source[0])).strip(), options)
    names: list[str] = []
    for part in (parts[0].lower(), *parts[1:], *source[1:]):
        if isinstance(part, int):
            break  # a list that holds a failure fails as a whole
        names.append(part)
    return Merged(path=tuple(names), value=None, layer=number, source=source, state="unresolved", reason=reason)


def _said(item: Item, options: MergeOptions) -> Iterator[StatedLeaf]:
    """What one item states, leaf by leaf."""
    parts = split(item.key.strip(), options)
    if item.layer.kind == "call":
        parts = item.key.strip().split(".")
    elif item.layer.dotted_lookup is False:
        parts = [".".join(parts)]
    yield from say((parts[0].lower(), *parts[1:]), (item.spelled,), item.value, item.number)
