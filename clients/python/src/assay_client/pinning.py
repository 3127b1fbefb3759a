"""One snapshot of all settings for the length of a block, however many releases come meanwhile.

Dynaconf keeps all of a settings object's values in its core. A followed object reads the core that its context pins,
else the newest; replacing the core in one step is how a release is applied.
"""

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from typing import Any

from dynaconf.base import DynaconfCore, Settings


class Pin:
    """What a context reads, until its block ends; a task that outlives the block goes on with the newest values.

    Attributes:
        cores: by the identity of the settings object.
    """

    def __init__(self, cores: Mapping[int, DynaconfCore]) -> None:
        self.cores = cores


_pin: ContextVar["Pin | None"] = ContextVar("assay_client_pin", default=None)


def follow(settings: Settings) -> None:
    """Lets a settings object read what its context pins."""
    if not isinstance(settings, _Followed):
        object.__setattr__(settings, "__class__", _followed(type(settings)))  # type: ignore[arg-type]  # a class has a hash


def newest(settings: Settings) -> DynaconfCore:
    """The core of the newest values, whatever the context pins."""
    return settings.__dict__["__core__"]


def replace(settings: Settings, core: DynaconfCore) -> None:
    """Gives a settings object other values, in one step."""
    settings.__dict__["__core__"] = core


def kind(settings: Settings) -> type[Settings]:
    """The class that the application chose for it."""
    return type(settings).__mro__[2] if isinstance(settings, _Followed) else type(settings)


@contextlib.contextmanager
def pinned(cores: Mapping[int, DynaconfCore]) -> Iterator[None]:
    """Within the block, these are the values."""
    pin = Pin(cores)
    token = _pin.set(pin)
    try:
        yield
    finally:
        pin.cores = {}
        _pin.reset(token)


class _Followed(Settings):  # type: ignore[misc]  # Dynaconf ships no types
    """Reads its core through the context."""

    @property
    def __core__(self) -> DynaconfCore:
        pin = _pin.get()
        core = pin.cores.get(id(self)) if pin else None
        if core is not None:
            return core
        try:
            return self.__dict__["__core__"]
        except KeyError:
            raise AttributeError("__core__") from None

    @__core__.setter
    def __core__(self, core: DynaconfCore) -> None:
        self.__dict__["__core__"] = core


@cache
def _followed(chosen: type[Any]) -> type[Any]:
    return type(chosen.__name__, (_Followed, chosen), {"__module__": chosen.__module__, "__doc__": chosen.__doc__})
