"""Makes the file operations of a process fail, block or lie as a night has it; Python imports this when it starts.

BAD_NIGHT names a folder: `night.json` in it says when the night begins, and `struck` gets a line for each operation
that was struck. Nothing of the service itself is replaced: its calls to the system are.
"""

import builtins
import io
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fault_plan import ERRORS, Fault, night

_FOLDER = os.environ["BAD_NIGHT"]
_real = {name: getattr(os, name) for name in ("stat", "lstat", "scandir", "listdir", "open")}
_real_open = io.open
_seen: dict[str, os.stat_result] = {}
_busy = threading.local()
_night: list[Any] = []


def _begun() -> list[Any] | None:
    """The night, once it has begun: when, in which folder, and its faults."""
    if not _night:
        try:
            with _real_open(os.path.join(_FOLDER, "night.json")) as file:
                said = json.load(file)
        except (OSError, ValueError):
            return None
        _night[:] = [said["begins"], said["folder"], night(said["seed"]).files]  # at once: other threads may do so too
    return _night


def _striking(path: Any) -> Fault | None:
    """The fault that strikes an operation on this path just now."""
    if isinstance(path, int) or (begun := _begun()) is None:
        return None
    begins, folder, faults = begun
    name = os.path.relpath(os.path.join(os.getcwd(), os.fsdecode(path)), folder)
    if name.startswith((os.pardir, ".assay")):
        return None
    now = time.monotonic() - begins
    return next((fault for fault in faults if fault.begins <= now < fault.ends and fault.strikes(name)), None)


def _struck(operation: str, path: Any, fault: Fault) -> None:
    """Notes it, then lets it fail or wait."""
    line = f"{time.monotonic() - _night[0]:.3f} {fault.kind} {operation} {os.fsdecode(path)}\n"
    descriptor = _real["open"](os.path.join(_FOLDER, "struck"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(descriptor, line.encode())
    os.close(descriptor)
    if fault.kind in ERRORS:
        code = ERRORS[fault.kind]
        raise OSError(code, os.strerror(code), path)
    if fault.kind == "block":
        time.sleep(max(0.0, _night[0] + fault.ends - time.monotonic()))


def _faulty(name: str) -> Callable[..., Any]:
    real = _real[name]

    def operation(path: Any = ".", *arguments: Any, **options: Any) -> Any:
        if getattr(_busy, "now", False):
            return real(path, *arguments, **options)
        _busy.now = True
        try:
            fault = _striking(path)
            if fault and not (fault.kind == "short" and name != "open"):
                _struck(name, path, fault)
            if fault and fault.kind == "stale" and name in {"stat", "lstat"} and (known := _seen.get(f"{name} {path}")):
                return known
            if fault and fault.kind == "short" and name == "open":
                return _half(path)
            found = real(path, *arguments, **options)
            if name in {"stat", "lstat"}:
                _seen[f"{name} {path}"] = found
            return found
        finally:
            _busy.now = False

    return operation


def _half(path: Any) -> int:
    """A descriptor that gives the first half of a file, and says that it is all."""
    with _real_open(path, "rb") as file:
        whole = file.read()
    descriptor = _real["open"](Path(path).parent, os.O_TMPFILE | os.O_RDWR, 0o600)
    os.write(descriptor, whole[: len(whole) // 2])
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _open(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
    """`open`, whose descriptor comes from the faulty operation where a file is read by its name."""
    if isinstance(file, int) or getattr(_busy, "now", False) or set(mode) & set("wax+") or _striking(file) is None:
        return _real_open(file, mode, *arguments, **options)
    return _real_open(os.open(file, os.O_RDONLY | os.O_CLOEXEC), mode, *arguments, **options)


for _name in _real:
    setattr(os, _name, _faulty(_name))
io.open = builtins.open = _open
assert Path(_FOLDER).is_dir()
