"""What a layer says about one top-level key, and whether that needs no replay. Pure."""

from collections.abc import Iterable
from typing import Any, Literal

from msgspec import Struct

from app.core.layers import MARKERS, VARIABLES, Layer, Path

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


class Item(Struct, frozen=True, kw_only=True, eq=False, gc=False):
    """One top-level statement of one layer, as `Settings.set` takes it.

    Attributes:
        key: as Dynaconf's loader hands it on.
        spelled: the same in the layer's own spelling.
        source: the same as a path.
        top: the key under which Dynaconf stores it, where it is plain.
        group: what it has in common with all statements that may touch the same top-level key.
        path: where it begins in the result.
        plain: whether it can be folded.
        lazy: whether something in it is to be evaluated late.
        names: of a dotted key that sets a scalar those below the first, so that it can be folded where one stands;
            empty for every other.
    """

    layer: Layer
    key: str
    spelled: str
    source: Path
    value: Any
    top: str
    group: str
    path: Path
    plain: bool
    lazy: bool
    names: tuple[str, ...] = ()

    @property
    def is_foldable(self) -> bool:
        """Whether it can be folded, for all that it says itself."""
        return not self.lazy and (self.plain or bool(self.names))

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


def names_below(key: str, options: MergeOptions) -> tuple[str, ...]:
    """The names below the first in a dotted key; none where Dynaconf may take it for something else."""
    if "[" in key or options.nested_separator not in {"", "__"}:
        return ()
    top, *names = split(key, options)
    usual = "__" not in top and all(name.isascii() and name and " " not in name for name in (top, *names))
    return tuple(names) if usual else ()


def traits(value: Any) -> tuple[bool, bool]:
    """Whether Dynaconf hands a value on as it is, whatever it is merged with, and whether it evaluates a part late."""
    if isinstance(value, str):
        if value.startswith("@"):
            return False, any(token in value for token in _LAZY_TOKENS)
        return value not in MARKERS, False
    if isinstance(value, dict):
        plain = MARKERS.isdisjoint(value) and all(key.isascii() and " " not in key for key in value)
        return _traits(value.values(), plain=plain)
    return _traits(value, plain=True) if isinstance(value, list) else (True, False)


def _traits(values: Iterable[Any], *, plain: bool) -> tuple[bool, bool]:
    lazy = False
    for value in values:
        plain_below, lazy_below = traits(value)
        plain, lazy = plain and plain_below, lazy or lazy_below
    return plain, lazy


def split(key: str, options: MergeOptions) -> list[str]:
    """The parts of a dotted key."""
    separator = options.nested_separator
    return (key.replace(separator, ".") if separator else key).split(".")


def batch(item: Item) -> str | int:
    """What Dynaconf loads at once: all variables of one prefix, or one section."""
    if not item.is_variable:
        return id(item.layer)
    return (item.layer.name or "").removesuffix(item.spelled)
