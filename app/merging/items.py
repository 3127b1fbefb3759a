"""Statements of layers, one for each top-level key, and which of them need no replay. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct

from app.core.layers import VARIABLES, Layer
from app.merging.provenance_tags import MARKERS

_LAZY_TOKENS = ("@format", "@get", "@jinja", "@read_file")


class MergeOptions(Struct, frozen=True, kw_only=True):
    """Dynaconf's options that decide values, and Assay's one of its own (`lists`)."""

    merge_enabled: bool = False
    nested_separator: str = "__"
    ignore_unknown_envvars: bool = False
    lists: Literal["dynaconf", "replace"] = "dynaconf"
    auto_cast: bool = True
    dotted_lookup: bool = True
    environment: str = "development"


class Item(Struct, frozen=True, kw_only=True, eq=False):
    """One top-level statement of one layer, as `Settings.set` takes it, and the key in the layer's own spelling."""

    number: int
    layer: Layer
    key: str
    spelled: str
    value: Any
    plain: bool

    @property
    def is_variable(self) -> bool:
        """Whether a variable says it."""
        return self.layer.kind in VARIABLES


def is_dotted(key: str, options: MergeOptions) -> bool:
    """Whether Dynaconf takes the key for a path."""
    separator = options.nested_separator
    return "." in key or "[" in key or bool(separator and separator in key)


def is_plain_key(key: str, options: MergeOptions) -> bool:
    """Whether the key is one name that no other spelling but another case matches."""
    return key.isascii() and " " not in key and not is_dotted(key, options)


def is_plain(value: Any) -> bool:
    """True for values that Dynaconf hands on as they are, whatever they are merged with."""
    if isinstance(value, str):
        return not value.startswith("@") and value not in MARKERS
    if isinstance(value, dict):
        return not MARKERS & value.keys() and all(
            key.isascii() and " " not in key and is_plain(item) for key, item in value.items()
        )
    return all(is_plain(item) for item in value) if isinstance(value, list) else True


def partition(items: Sequence[Item], options: MergeOptions) -> tuple[list[Item], list[Item]]:
    """The items of top-level keys that can be folded, and the others, each in their order."""
    groups = [_group(item, options) for item in items]
    if options.ignore_unknown_envvars or any(not item.key.isascii() or " " in item.key for item in items):
        return [], list(items)
    often = {group for group, count in Counter(groups).items() if count > 1}
    if any(group in often and mentions_lazy(item.value) for group, item in zip(groups, items, strict=True)):
        return [], list(items)
    odd = {group for group, item in zip(groups, items, strict=True) if not item.plain}
    pairs = list(zip(groups, items, strict=True))
    return [item for group, item in pairs if group not in odd], [item for group, item in pairs if group in odd]


def _group(item: Item, options: MergeOptions) -> str:
    return split(item.key, options)[0].strip().upper()


def split(key: str, options: MergeOptions) -> list[str]:
    """The parts of a dotted key."""
    separator = options.nested_separator
    return (key.replace(separator, ".") if separator else key).split(".")


def mentions_lazy(value: Any) -> bool:
    """Whether something in the value is to be evaluated late."""
    if isinstance(value, str):
        return value.startswith("@") and any(token in value for token in _LAZY_TOKENS)
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(mentions_lazy(child) for child in children)


def batch(item: Item) -> str | int:
    """What Dynaconf loads at once: all variables of one prefix, or one section."""
    if not item.is_variable:
        return item.number
    return (item.layer.name or "").removesuffix(item.spelled)
