"""What a replay knows that Dynaconf's settings do not."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from app.core.layers import Layer, Path
from app.merging.items import MergeOptions

type Failure = tuple[Layer, Path, Exception]
"""What could not be had: the layer, the path in its own spelling, and why."""


class State(Struct, kw_only=True):
    """What a replay knows that Dynaconf's settings do not.

    Attributes:
        environ: the variables that were handed in.
        options: the project's.
        flag: the word on merging of the source that is being set, under `lists = "replace"`.
        failures: what could not be had.
        fatal: of these, what failed while the layers were loaded, before any value was asked for.
        active: the lazy values that are being evaluated, each for the one before it.
        evaluated: how many have been.
    """

    environ: Mapping[str, str]
    options: MergeOptions
    flag: bool | None = None
    failures: list[Failure] = field(default_factory=list)
    fatal: Sequence[Failure] = ()
    active: list[Any] = field(default_factory=list)
    evaluated: int = 0
