"""Stock Dynaconf with validators, asked in clean processes: what an application with this code would do.

A server imports Dynaconf once and forks for each batch of projects. In the fork the code is run, as the application
would; then each validator by itself, so that everything that is wrong is known, and not the first thing only.
"""

import gc
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from stock import _receive, _send, canonical

_WHOLE = 16
"""One of so many applications is started as a whole."""


@dataclass(frozen=True, kw_only=True)
class Started:
    """What became of an application.

    Attributes:
        error: why it does not start; empty where it does.
        results: of each validator by itself, why it refuses; empty where it does not.
        values: the canonical values by top-level key in lower case, once all validators have seen them.
    """

    error: str
    results: list[str]
    values: Mapping[str, Any]


class StockApplications:
    """The server, seen from the tests."""

    def __init__(self) -> None:
        command = [sys.executable, "-I", __file__]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={})

    def start(self, asked: Sequence[tuple[Path, Mapping[str, str]]]) -> list[Started]:
        """Starts an application in each of these folders, with these variables.

        Every sixteenth is started as a whole; of the others each validator is asked by itself, which costs half.
        """
        assert self._process.stdin
        assert self._process.stdout
        _send(self._process.stdin, [(str(folder), dict(environ)) for folder, environ in asked])
        return [Started(error=error, results=results, values=values)
                for error, results, values in _receive(self._process.stdout)]  # fmt: skip

    def close(self) -> None:
        """Ends the server."""
        self._process.communicate()


@contextmanager
def stock_applications() -> Iterator[StockApplications]:
    """A server for as long as the block lasts."""
    stock = StockApplications()
    try:
        yield stock
    finally:
        stock.close()


def _serve() -> None:
    from dynaconf import utils  # noqa: PLC0415 - only the server may import it, before it forks

    utils.find_the_correct_casing = lru_cache(1 << 16)(utils.find_the_correct_casing)  # pure, and half of the time
    gc.collect()
    gc.freeze()
    while (message := _receive(sys.stdin.buffer)) is not None:
        child = os.fork()
        if not child:
            gc.disable()  # it ends before it has made much
            warnings.simplefilter("ignore")
            _send(sys.stdout.buffer, [_started(*one, whole=number % _WHOLE == 0) for number, one in enumerate(message)])
            os._exit(0)
        os.waitpid(child, 0)


def _started(folder: str, environ: dict[str, str], *, whole: bool) -> tuple[str, list[str], dict[str, Any]]:
    from dynaconf import loaders  # noqa: F401, PLC0415 - the server alone has it
    from dynaconf.utils import files  # noqa: PLC0415

    os.environ.clear()
    os.environ.update(environ)
    os.chdir(folder)
    files.inspect = SimpleNamespace(stack=lambda: [SimpleNamespace(filename=f"{folder}/main.py")])
    files._walk_to_root = lambda path, **_: [path, os.path.join(path, "config")]  # noqa: PTH118, SLF001
    code = compile(Path("config.py").read_bytes(), "config.py", "exec")
    error = _fault(lambda: _run(code)["settings"].store) if whole else None
    settings = _run(code, dynaconf_skip_validators=True)["settings"]
    if unloadable := _fault(lambda: settings.store):
        return unloadable, [], {}
    core = settings.validators.settings.__core__
    only, exclude, current = (
        core.config.validate_only,
        core.config.validate_exclude,
        core.config.validate_only_current_env,
    )
    results = [
        _fault(lambda one=one: one.validate(settings._wrapped, only=only, exclude=exclude, only_current_env=current))  # noqa: SLF001
        for one in list(settings.validators)
    ]
    return next(filter(None, results), "") if error is None else error, results, _values(settings)


def _run(code: Any, **more: Any) -> dict[str, Any]:
    """The code's names; settings are made with these arguments, too."""
    import dynaconf  # noqa: PLC0415 - the server alone has it

    made = dynaconf.LazySettings
    dynaconf.Dynaconf = lambda *args, **given: made(*args, **given, **more)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the tests have written it
    return names


def _fault(ask: Any) -> str:
    try:
        ask()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
        name = type(error).__name__
        return str(error) if name == "ValidationError" else f"{name}: {error}"
    return ""


def _values(settings: Any) -> dict[str, Any]:
    from dynaconf.base import UPPER_DEFAULT_SETTINGS  # noqa: PLC0415 - the server alone has it

    own = {*UPPER_DEFAULT_SETTINGS, "DYNACONF_SKIP_VALIDATORS", "VALIDATE_ONLY", "VALIDATE_EXCLUDE",
           "VALIDATE_ONLY_CURRENT_ENV"}  # fmt: skip
    return {key.lower(): _value(settings.store, key) for key in dict.keys(settings.store) if key not in own}


def _value(node: Any, key: Any) -> Any:
    try:
        return shown(node[key])
    except Exception:  # noqa: BLE001 - whatever a value raises, it has none
        return "raises"


def shown(value: Any) -> Any:
    """The canonical value; of a set, its items in order."""
    if isinstance(value, dict):
        return {str(key): _value(value, key) for key in dict.keys(value)}
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, set | frozenset):
        return [canonical(item) for item in sorted(value, key=repr)]
    if isinstance(value, PurePath):
        value = str(value)
    if type(value).__module__ == "dynaconf.utils.parse_conf":  # a marker that was left there
        return "marker"
    if isinstance(value, str) and value.startswith("@merge "):
        return "marker"
    kind, said = canonical("@empty" if type(value).__name__ == "Empty" else value)
    return kind, re.sub(r"\) on \d+", ")", said)  # a marker in a text, with its address


if __name__ == "__main__":
    _serve()
