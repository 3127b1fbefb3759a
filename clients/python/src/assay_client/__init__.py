"""Configuration released by Assay, in a Python application.

    from dynaconf import Dynaconf
    settings = Dynaconf(environments=True, settings_files=["settings.toml"], loaders=["assay_client.loader"])

The values follow the releases while the application runs. See the README for what wins over what, for requests that
must not see two releases, and for what happens while the service is away.
"""

import os
from typing import Any

from assay_client import process
from assay_client.client import OnChange
from assay_client.errors import (
    AssayClientError,
    Behind,
    ConfigurationError,
    LastGoodRefused,
    Refused,
    ReleaseRefused,
    ServiceError,
    Unreachable,
)
from assay_client.release import Release
from assay_client.snapshots import AsgiSnapshots, WsgiSnapshots, snapshot

__version__ = "0.1.0"
__all__ = [
    "AsgiSnapshots",
    "AssayClientError",
    "Behind",
    "ConfigurationError",
    "LastGoodRefused",
    "Refused",
    "Release",
    "ReleaseRefused",
    "ServiceError",
    "Unreachable",
    "WsgiSnapshots",
    "close",
    "configure",
    "on_change",
    "released",
    "report",
    "snapshot",
    "status",
    "wait_for",
]
_NEVER: dict[str, Any] = {
    "state": "never",
    "since": None,
    "release": None,
    "digest": None,
    "missing": [],
    "refused": None,
}


def configure(**names: object) -> None:
    """Says what the variables would say, under the same names: `service_urls=…` is `ASSAY_SERVICE_URLS`.

    Raises:
        ConfigurationError: a name or a value that cannot be used.
        AssayClientError: settings were loaded already.
    """
    process.told(names)


def on_change(callback: OnChange) -> OnChange:
    """Lets a function hear of each new release before it counts, as `callback(changed_keys, release)`.

    Within the call, settings read as the release would make them; everywhere else the old values count until all
    functions have returned. One that raises refuses the release. It runs in a thread of the client's.

    Returns:
        The function itself, so that this can be used as a decorator.
    """
    process.register(callback)
    return callback


def status() -> dict[str, Any]:
    """Where this process stands: `state` (`fresh`, `stale`, `never`), `since`, `release`, `digest`, `missing`.

    `missing` are the secrets that the release leaves to each instance and that this one lacks. A further
    field, `refused`, has the id of the newest release that the application did not accept.
    """
    client = process.current()
    return client.status() if client else {**_NEVER, "missing": []}


def wait_for(release_id: int, timeout: float | None = None) -> bool:
    """Whether a release of at least this id is in force within so many seconds; None: as long as it takes."""
    client = process.current()
    return client.wait_for(release_id, timeout) if client else False


def report(settings: Any) -> None:
    """Reports a settings object's effective values, as keyed digests, from now on; it returns at once.

    For applications whose values are not released: what their instances run with can be compared all the same. Where no
    service is configured, nothing happens.

    Raises:
        ConfigurationError: a variable of the client cannot be used.
    """
    joined = process.joined(settings)
    client = process.client_for(str(joined.current_env).lower(), follow=False)
    if client:
        client.report_on(joined)


def released(environment: str | None = None) -> Release | None:
    """The release in force, for an application without Dynaconf settings; its `settings` are nested tables.

    Args:
        environment: whose; by default the variable `ENV_FOR_DYNACONF` says, else `development`.

    Returns:
        None where there is none.

    Raises:
        ConfigurationError: a variable of the client cannot be used.
    """
    name = environment or os.environ.get("ENV_FOR_DYNACONF") or "development"
    client = process.client_for(name.strip().lower())
    return client.plain() if client else None


def close() -> None:
    """Ends following and reporting; settings keep the values that they have."""
    process.close()
