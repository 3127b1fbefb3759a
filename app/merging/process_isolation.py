"""Process isolation: what Dynaconf reads of the process, and does to it, is held off."""

import sys
import warnings
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from threading import RLock

_LOCK = RLock()

_TEMPLATES = "jinja2"


@contextmanager
def silence() -> Iterator[None]:
    """No warnings. One thread at a time: filters belong to the whole process."""
    with _LOCK, warnings.catch_warnings(action="ignore"):
        yield


@contextmanager
def without_options(environ: MutableMapping[str, str]) -> Iterator[None]:
    """No Dynaconf options in this environment: importing Dynaconf reads them all, and fails where one is malformed.

    Nor Jinja, which takes a sixth of that time: Dynaconf does without it, and no template runs here.
    """
    if "dynaconf" in sys.modules:  # it has been read, and taking thousands of variables out takes seconds
        with silence():
            yield
        return
    held = {name: environ.pop(name) for name in list(environ) if "DYNACONF" in name}
    try:
        with silence(), _without_templates():
            yield
    finally:
        environ.update(held)


@contextmanager
def _without_templates() -> Iterator[None]:
    """Jinja cannot be imported for the time, unless somebody has."""
    if _TEMPLATES in sys.modules:
        yield
        return
    sys.modules[_TEMPLATES] = None  # type: ignore[assignment]  # as the import system has it: there is none
    try:
        yield
    finally:
        del sys.modules[_TEMPLATES]
