"""Stock Dynaconf, asked in clean processes: what an application would really get.

A server process imports Dynaconf once, in an empty environment, and forks for each question, so nothing leaks from one
answer to the next. In the fork four things are arranged, each a difference that the product documents:
files are looked for in the project alone and globs are sorted, where there are includes the variables are read
once, behind them, and an environment's name is in lower case. Everything else is the library as it is installed.
"""

import gc
import os
import pickle
import struct
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

RAISES = ("raises",)
"""What stands in an answer where evaluating a value fails."""

_DEEP = 40
"""Deeper than any value that the tests write down."""

_OWN_OPTIONS = {"lists", "known_environments", "production", "deployed", "roles", "schema", "waivers"}


@dataclass(frozen=True, kw_only=True)
class Question:
    """A project's folder and options (as `assay.toml` has them), and the variables of its process."""

    folder: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The canonical values by top-level key in lower case, or why the application would not start."""

    values: Mapping[str, Any] | None = None
    error: str = ""


def canonical(value: object) -> Any:
    """The value in tables, lists and `(type, repr)`: `True`, `1` and `1.0` differ."""
    if isinstance(value, dict):
        return {str(key): canonical(item) for key, item in dict.items(value)}
    if isinstance(value, list):
        return [canonical(item) for item in list.__iter__(value)]
    return type(value).__name__, repr(value)


class Stock:
    """The server, seen from the tests."""

    def __init__(self) -> None:
        command = [sys.executable, "-I", __file__]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={})

    def ask(self, question: Question) -> Answer:
        """What stock Dynaconf gives.

        Raises:
            RuntimeError: the process that was to tell ended before it did.
        """
        assert self._process.stdin
        assert self._process.stdout
        kwargs = {key: value for key, value in question.options.items() if key not in _OWN_OPTIONS}
        kwargs.setdefault("settings_files", ["settings.toml", "settings/*.toml", ".secrets.toml"])
        _send(self._process.stdin, (str(question.folder), kwargs, dict(question.environ)))
        answer = _receive(self._process.stdout)
        if answer is None:
            message = f"The process that was asked about {question.folder} is gone without an answer."
            raise RuntimeError(message)
        values, error = answer
        return Answer(values=values, error=error)

    def close(self) -> None:
        """End the server."""
        self._process.communicate()


@contextmanager
def running() -> Iterator[Stock]:
    """A server for as long as the block lasts."""
    stock = Stock()
    try:
        yield stock
    finally:
        stock.close()


def _send(stream: IO[bytes], message: object) -> None:
    raw = pickle.dumps(message)
    stream.write(struct.pack("!I", len(raw)) + raw)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:
    """The next message; None where the other end is closed before it is whole."""
    head = stream.read(4)
    length = struct.unpack("!I", head)[0] if len(head) == 4 else 0
    raw = stream.read(length)
    return pickle.loads(raw) if raw and len(raw) == length else None  # noqa: S301 - our own


def _serve() -> None:
    import dynaconf  # noqa: F401, PLC0415 - only the server may import it, before it forks

    gc.disable()  # a collection would copy the pages that the fork shares
    while (message := _receive(sys.stdin.buffer)) is not None:
        ours, theirs = os.pipe()
        child = os.fork()
        if not child:
            with os.fdopen(theirs, "wb") as stream:
                _send(stream, _answer(*message))
            os._exit(0)
        os.close(theirs)
        with os.fdopen(ours, "rb") as stream:
            answer = _receive(stream)  # its end tells, where the child is gone without a word
        os.waitpid(child, 0)
        _send(sys.stdout.buffer, answer)


def _answer(folder: str, options: dict[str, Any], environ: dict[str, str]) -> tuple[Any, str]:
    os.environ.clear()
    os.environ.update(environ)
    _confine(folder, options)
    if options.get("root_path"):
        options["root_path"] = os.path.join(folder, options["root_path"])  # noqa: PTH118 - pathlib costs more
    from dynaconf import Dynaconf  # noqa: PLC0415 - the server alone has it

    warnings.simplefilter("ignore")
    try:
        settings = Dynaconf(**{"environments": True, **options})
        return _values(settings.store), ""
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is the answer
        return None, f"{type(error).__name__}: {error}"


def _confine(base: str, options: dict[str, Any]) -> None:
    """Run as if `main.py` in the folder had been started there, with nothing above the folder.

    A test may say with the option `cwd` below the folder that it was started in another.
    """
    from dynaconf import loaders  # noqa: PLC0415 - the server alone has it
    from dynaconf.loaders import env_loader  # noqa: PLC0415
    from dynaconf.utils import files  # noqa: PLC0415

    os.chdir(os.path.join(base, options.pop("cwd", "")))  # noqa: PTH118 - pathlib costs more than the answer
    script = SimpleNamespace(filename=f"{base}/main.py")
    files.inspect = SimpleNamespace(stack=lambda: [script])
    walk = files._walk_to_root  # noqa: SLF001
    files._walk_to_root = lambda *args, **kwargs: [path for path in walk(*args, **kwargs) if _is_in(path, base)]  # noqa: SLF001
    glob = loaders.glob
    loaders.glob = lambda *args, **kwargs: sorted(glob(*args, **kwargs))
    if options.get("includes") or os.environ.get("INCLUDES_FOR_DYNACONF"):
        env_loader.load = _from_second_call(env_loader.load)
    _keep_texts()
    _name_environments_in_lower_case()


def _is_in(path: str, base: str) -> bool:
    return path == base or path.startswith(f"{base}{os.sep}")


def _name_environments_in_lower_case() -> None:
    """What `{this.current_env}` gives: the name that the product gives an environment, however it is selected."""
    from dynaconf.base import Settings  # noqa: PLC0415 - the server alone has it

    named = Settings.current_env.fget
    Settings.current_env = property(lambda settings: named(settings).strip().lower())


def _from_second_call(function: Callable[..., None]) -> Callable[..., None]:
    calls: list[None] = []

    def call(*args: Any, **kwargs: Any) -> None:
        calls.append(None)
        if len(calls) > 1:
            function(*args, **kwargs)

    return call


def _keep_texts() -> None:
    """Let marker objects remember their text, which is what the product shows where one is left in a result."""
    from dynaconf.utils import parse_conf  # noqa: PLC0415 - the server alone has it

    for token in ("@reset", "@del", "@merge", "@merge_unique", "@insert"):
        parse_conf.converters[token] = _with_text(token, parse_conf.converters[token])


def _with_text(token: str, convert: Callable[..., Any]) -> Callable[..., Any]:
    def converted(value: Any, box_settings: Any) -> Any:
        marker = convert(value, box_settings)
        marker.text = f"{token} {getattr(value, '_dynaconf_encode', value.__str__)()}".strip()
        return marker

    return converted


def _values(store: Any) -> dict[str, Any]:
    from dynaconf.base import UPPER_DEFAULT_SETTINGS  # noqa: PLC0415 - the server alone has it

    own = {*UPPER_DEFAULT_SETTINGS, "LOAD_DOTENV"}  # which the call alone knows, and which stock takes for a setting
    return {key.lower(): _top(store, key) for key in dict.keys(store) if key not in own}


def _top(store: Any, key: str) -> Any:
    """One key's value; a table that holds itself is a failure, though stock unrolls it until the stack is full."""
    try:
        return _value(store, key, 0)
    except RecursionError:
        return RAISES


def _value(node: Any, key: Any, depth: int) -> Any:
    """What `as_dict` gives for one key, but a failure stays where it is."""
    try:
        value = node[key]
    except RecursionError:
        raise
    except Exception:  # noqa: BLE001 - whatever a value raises, it has none
        return RAISES
    return _shown(value, depth + 1)


def _shown(value: Any, depth: int) -> Any:
    from dynaconf.utils.functional import empty  # noqa: PLC0415 - the server alone has it
    from dynaconf.utils.parse_conf import MetaValue  # noqa: PLC0415

    if depth > _DEEP:
        raise RecursionError
    if isinstance(value, dict):
        return {str(key): _value(value, key, depth) for key in value}
    if isinstance(value, list):
        return [_shown(item, depth + 1) for item in value]
    if isinstance(value, MetaValue):
        value = value.text  # type: ignore[attr-defined]
    return canonical("@empty" if value is empty else value)


if __name__ == "__main__":
    _serve()
