"""The one client of a process: made when it is first needed, and made anew in the child of a fork."""

import atexit
import os
import threading
from collections.abc import Mapping
from typing import Any

from dynaconf.base import Settings
from dynaconf.utils.functional import LazyObject

from assay_client import configuration
from assay_client.client import Client, OnChange
from assay_client.errors import AssayClientError


class _Process:
    """What is the process's own.

    Attributes:
        lock: guards the rest.
        told: what `configure` was told.
        client: None until something is loaded, or where nothing is configured.
        callbacks: of `on_change`, registered before there is a client or after.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.told: dict[str, object] = {}
        self.client: Client | None = None
        self.callbacks: list[OnChange] = []


_process = _Process()


def current() -> Client | None:
    """The client, if there is one."""
    return _process.client


def told(names: Mapping[str, object]) -> None:
    """Keeps what `configure` is told.

    Raises:
        ConfigurationError: it cannot be used.
        AssayClientError: a client runs already.
    """
    named = configuration.canonical_names(names)
    with _process.lock:
        if _process.client:
            raise AssayClientError(
                "A client runs already: call configure() before settings are loaded, or close() first."
            )
        configuration.read(os.environ, {**_process.told, **named})
        _process.told.update(named)


def client_for(environment: str, *, follow: bool = True) -> Client | None:
    """The client of an environment; None where nothing is configured, or another environment is this process's.

    Raises:
        ConfigurationError: what is configured cannot be used.
    """
    with _process.lock:
        if _process.client is None:
            configured = configuration.read(os.environ, _process.told)
            if configured is None:
                return None
            _process.client = Client(configured, environment)
            _process.client.callbacks = _process.callbacks
        client = _process.client
    if client.environment != environment:
        return None
    if follow:
        client.follow()
    return client


def register(callback: OnChange) -> None:
    """Lets a function hear of releases, and refuse them."""
    with _process.lock:
        _process.callbacks.append(callback)


def close() -> None:
    """Ends the client, and forgets callbacks and configuration; settings keep the values that they have."""
    with _process.lock:
        client, _process.client = _process.client, None
        _process.callbacks, _process.told = [], {}
    if client:
        client.close()


def joined(settings: Any) -> Settings:
    """The settings object below a lazy one, which pretends to be of its class."""
    if not isinstance(settings, LazyObject):
        return settings
    settings.current_env  # noqa: B018 - the first access of anything loads it
    return settings._wrapped  # noqa: SLF001 - Dynaconf has no public way to it


def _in_child() -> None:
    _process.lock = threading.RLock()
    if _process.client:
        _process.client.reborn()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
atexit.register(close)
