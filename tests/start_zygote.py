"""Processes that start at once: forked from one that has imported what they need, and has done nothing else.

Two things are asked of it. `start`: does a small application start, in this folder and with these variables? `run`: run
Assay's own script that asks a model, for the stand-in interpreter below, which hands over its three streams.
"""

import gc
import importlib
import inspect
import json
import os
import signal
import socket
import sys
import threading
import warnings
from contextlib import suppress
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any, Never

STAND_IN = """\
#!{python} -IS
import _socket, posix, sys
zygote = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
zygote.connect({address!r})
asked = "\\0".join(["run", posix.getcwd(), *sys.argv[1:]]).encode()
streams = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
zygote.sendmsg([len(asked).to_bytes(4, "big") + asked], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
for descriptor in (0, 1, 2):
    posix.close(descriptor)
status = posix.waitstatus_to_exitcode(int.from_bytes(zygote.recv(4), sys.byteorder))
if status < 0:
    posix.kill(posix.getpid(), -status)
posix._exit(status)
"""
"""A program in the place of a project's interpreter."""


def main(address: str, script: str) -> None:
    """Serves until it is killed.

    Args:
        address: of the socket to listen on.
        script: the one that asks models.
    """
    for name in ("dynaconf", "pydantic", "sqlalchemy.ext.asyncio", "asyncpg", "sqlalchemy.dialects.postgresql.asyncpg"):
        importlib.import_module(name)
    _warm()
    gc.disable()  # a collection would copy the pages that a fork shares
    asker = compile(Path(script).read_bytes(), script, "exec")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(address)
        server.listen(64)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            connection, _ = server.accept()
            if not os.fork():
                server.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _answer(connection, asker)
                os._exit(0)
            connection.close()


def _warm() -> None:
    """Imports what Pydantic and Dynaconf import only when they are used."""
    import pydantic  # noqa: PLC0415 - this process alone imports these
    from dynaconf import loaders  # noqa: PLC0415
    from dynaconf.loaders import env_loader, py_loader, toml_loader  # noqa: F401, PLC0415
    from dynaconf.utils import files  # noqa: PLC0415

    warm = pydantic.create_model("Warm", a=(int, pydantic.Field(ge=1)), b=(list[str], []))
    warm.model_json_schema()
    warm(a=1)
    # As if `main.py` in the folder had been started there, with nothing above the folder, and globs in order.
    files.inspect = SimpleNamespace(stack=lambda: [SimpleNamespace(filename=f"{Path.cwd()}/main.py")])
    files._walk_to_root = lambda path, **_: [path, f"{path}/config"]  # noqa: SLF001
    glob = loaders.glob
    loaders.glob = lambda *args, **kwargs: sorted(glob(*args, **kwargs))


def _answer(connection: socket.socket, asker: CodeType) -> None:
    head, descriptors, _, _ = socket.recv_fds(connection, 65536, 3)
    length, raw = int.from_bytes(head[:4], "big"), head[4:]
    while len(raw) < length:
        raw += connection.recv(length - len(raw))
    kind, folder, *arguments = raw.decode().split("\0")
    os.chdir(folder)
    if kind == "run":
        runner = os.fork()
        if not runner:
            connection.close()
            _run(descriptors, asker, arguments[-1])
        for descriptor in descriptors:
            os.close(descriptor)
        threading.Thread(target=_end_with, args=(connection, runner), daemon=True).start()
        _, status = os.waitpid(runner, 0)
        with suppress(BrokenPipeError):  # the stand-in was ended first
            connection.sendall(status.to_bytes(4, sys.byteorder))
    else:
        connection.sendall(json.dumps(_started(json.loads(arguments[0]))).encode())


def _end_with(stand_in: socket.socket, runner: int) -> None:
    """Ends the script when the stand-in ends, which is killed in its place."""
    stand_in.recv(1)
    with suppress(ProcessLookupError):  # it ended by itself
        os.kill(runner, signal.SIGKILL)


def _run(descriptors: list[int], asker: CodeType, script: str) -> Never:
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
    os.environ.clear()
    os.environ["PATH"] = os.defpath
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115 - the process's
    status = 0
    try:
        exec(asker, {"__name__": "__main__", "__file__": script})  # noqa: S102 - what the interpreter would do with it
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    sys.stdout.flush()
    os._exit(status)


def _started(asked: dict[str, Any]) -> str:
    """Why the application does not start; empty where it does."""
    os.environ.clear()
    os.environ.update(asked["environ"])
    sys.path.insert(0, str(Path.cwd()))
    warnings.simplefilter("ignore")
    stage = "dynaconf"
    try:
        values = _values(asked["options"])
        stage = "model"
        settings = importlib.import_module("model").Settings(**{key.lower(): value for key, value in values.items()})
        stage = "engine"
        _connect(settings.database_url)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it does not start
        return f"{stage}: {type(error).__name__}: {error}"
    return ""


def _values(options: dict[str, Any]) -> dict[str, Any]:
    from dynaconf import Dynaconf  # noqa: PLC0415 - imported before the fork

    values: dict[str, Any] = Dynaconf(root_path=str(Path.cwd()), validators=_validators(), **options).as_dict()
    values.pop("LOAD_DOTENV", None)  # the library's own, which it counts among the values
    return values


def _validators() -> list[Any]:
    """What the application's code hands to Dynaconf beside the options."""
    if not Path("config.py").is_file():
        return []
    rules: list[Any] = importlib.import_module("config").RULES
    return rules


def _connect(url: str) -> None:
    """As far as one comes without a server: what SQLAlchemy hands to the driver, and what the driver makes of it."""
    import asyncpg  # noqa: PLC0415 - imported before the fork
    from asyncpg import connect_utils  # noqa: PLC0415
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415

    engine = create_async_engine(url)
    _, given = engine.dialect.create_connect_args(engine.url)
    for name in ("prepared_statement_cache_size", "prepared_statement_name_func", "async_fallback",
                 "async_creator_fn"):  # fmt: skip
        given.pop(name, None)
    bound = inspect.signature(asyncpg.connect).bind(**given)
    bound.apply_defaults()
    _ = bound.arguments["timeout"] + 0.0  # asyncpg adds it to the clock
    taken = inspect.signature(connect_utils._parse_connect_arguments).parameters  # noqa: SLF001 - it connects at once
    connect_utils._parse_connect_arguments(**{name: bound.arguments[name] for name in taken})  # noqa: SLF001


if __name__ == "__main__":
    main(*sys.argv[1:])
