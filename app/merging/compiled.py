"""A layer taken apart, once for all environments that it belongs to."""

import os
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

from msgspec import Struct

from app.merging.process_isolation import without_options

with without_options(os.environ):
    from dynaconf.utils import upperfy

from app.core.layers import VARIABLES, Layer, Path
from app.core.tree import Statement
from app.merging.isolated_settings import INTERNAL_KEYS, is_token
from app.merging.items import Item, MergeOptions, is_plain_key, names_below, split, traits
from app.merging.provenance_tags import is_taggable
from app.merging.statements import say, state

type Cast = Callable[[str, Layer, str], Any]
"""What Dynaconf makes of a variable's text."""

_DOTS = frozenset(" .[")

_KEY, _LAZY, _PLAIN = attrgetter("key"), attrgetter("lazy"), attrgetter("plain")


class CompiledLayer(Struct, frozen=True, kw_only=True, eq=False):
    """What one layer says.

    Attributes:
        items: by top-level key.
        statements: the same leaf by leaf.
        references: those that refer to something else.
        plain: whether all of it can be folded where what lies below is fit, and nothing in it is evaluated late.
        ordered: whether a key is not ASCII or has blanks, so that Dynaconf must see all keys in their order.
    """

    layer: Layer
    items: tuple[Item, ...]
    statements: tuple[Statement, ...]
    references: tuple[Statement, ...]
    plain: bool
    ordered: bool


def compile_layer(layer: Layer, options: MergeOptions, cast: Cast) -> CompiledLayer:
    """The layer taken apart."""
    items = tuple(_items(layer, options, cast))
    said: list[Statement] = []
    for item in items:
        state(item.path, item.source, item.value, layer, said)
    lazy, keys = True in map(_LAZY, items), "".join(map(_KEY, items))
    return CompiledLayer(
        layer=layer,
        items=items,
        statements=tuple(said),
        references=tuple(one for one in said if _refers(one.value)) if lazy else (),
        plain=not lazy and (all(map(_PLAIN, items)) or all(item.is_foldable for item in items)),
        ordered=not keys.isascii() or " " in keys,
    )


def _refers(value: object) -> bool:
    return isinstance(value, str) and value.startswith("@") and ("@format" in value or "@get" in value)


def _items(layer: Layer, options: MergeOptions, cast: Cast) -> Iterator[Item]:
    if layer.kind == "call":
        is_alone = len({upperfy(key) for key in layer.values}) == len(layer.values)
        named = [(upperfy(key.strip()), key) for key in layer.values]
    else:
        is_alone = False
        named = list({_top(key): key for key in layer.values}.items())  # of two spellings the later counts
    is_usual = layer.kind == "file" and not layer.literal and options.nested_separator in {"", "__"}
    for top, key in named:
        if is_usual and key.isidentifier() and key.isascii() and "__" not in key:
            item = _named(layer, key, top)
        else:
            item = _odd(layer, key, options, cast, is_alone=is_alone)
        if item.top not in INTERNAL_KEYS:
            yield item


def _top(key: str) -> str:
    return key.upper() if "__" not in key else upperfy(key)


def _named(layer: Layer, key: str, top: str) -> Item:
    """A file's statement under a usual name, of which most are."""
    value = layer.values[key]
    plain, lazy = traits(value)
    path, source = (top.lower(),), (key,)
    return Item(
        layer=layer, key=top, spelled=key, source=source, value=value, top=top, group=top,
        path=source if path == source else path, plain=plain, lazy=lazy,
    )  # fmt: skip


def _odd(layer: Layer, key: str, options: MergeOptions, cast: Cast, *, is_alone: bool) -> Item:
    """A statement of whatever layer, under whatever key."""
    value, is_variable = layer.values[key], layer.kind in VARIABLES
    if is_variable and not layer.literal and not is_token(value):
        value = cast(value, layer, key)
    alone = is_alone and key.isascii() and not _DOTS & set(key)
    named = alone if layer.kind == "call" else is_plain_key(key, options)
    taken = key if is_variable or layer.kind == "call" else upperfy(key)
    plain, lazy = traits(value)
    is_path = plain and not named and layer.kind != "call" and _is_read_as_path(layer, options)
    return Item(
        layer=layer,
        key=taken,
        spelled=key,
        source=(key,),
        value=value,
        top=upperfy(key.strip()),
        group=split(taken, options)[0].strip().upper(),
        path=_path(taken, layer, options),
        plain=named and (layer.literal or plain),
        lazy=lazy,
        names=names_below(taken.strip(), options) if is_path and is_taggable(value) else (),
    )


def _is_read_as_path(layer: Layer, options: MergeOptions) -> bool:
    return not layer.literal and options.dotted_lookup and layer.dotted_lookup is not False


def _path(key: str, layer: Layer, options: MergeOptions) -> Path:
    """The path at which a statement begins."""
    parts = split(key.strip(), options)
    if layer.kind == "call":
        parts = key.strip().split(".")
    elif layer.dotted_lookup is False:
        parts = [".".join(parts)]
    return parts[0].lower(), *parts[1:]


def statements(item: Item) -> list[Statement]:
    """What one item states, leaf by leaf."""
    return say(item.path, item.source, item.value, item.layer)
