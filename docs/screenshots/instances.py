"""Processes of the demonstrated application: the client in them follows the service's releases, and reports."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from benchmarks.servers import REPOSITORY

ENVIRONMENT = "staging"
CLIENT_TOKEN = "pictures-client"  # noqa: S105 - it opens a service that lives for a minute, on this machine alone

_APPLICATION = """\
import signal
import assay_client
from dynaconf import Dynaconf
settings = Dynaconf(environments=True, envvar_prefix="ORDERS", loaders=["assay_client.loader"], settings_files=[])
settings.as_dict()
assay_client.report(settings)
signal.pause()
"""
_INSTANCES: Sequence[tuple[str, Mapping[str, str]]] = (
    ("orders-api-1", {}),
    ("orders-api-2", {"ORDERS_LOGGING__LEVEL": "debug"}),
    ("orders-worker-1", {}),
)


@contextmanager
def running(url: str) -> Iterator[None]:
    """The application's processes, of which one has a variable that its neighbours lack."""
    with ExitStack() as ending:
        folder = ending.enter_context(tempfile.TemporaryDirectory(prefix="assay-instances-"))
        for name, own in _INSTANCES:
            ending.enter_context(_application({**_variables(url, folder, name), **own}, folder))
        yield


@contextmanager
def _application(environ: Mapping[str, str], folder: str) -> Iterator[None]:
    with subprocess.Popen([sys.executable, "-c", _APPLICATION], cwd=folder, env=environ) as process:  # noqa: S603 - our own
        try:
            yield
        finally:
            process.terminate()


def _variables(url: str, folder: str, name: str) -> Mapping[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": folder,
        "PYTHONPATH": str(REPOSITORY / "clients/python/src"),
        "ENV_FOR_DYNACONF": ENVIRONMENT,
        "ASSAY_SERVICE_URLS": url,
        "ASSAY_SERVICE_TOKEN": CLIENT_TOKEN,
        "ASSAY_INSTANCE": name,
        "ASSAY_LAST_GOOD": f"{folder}/{name}.json",
    }
