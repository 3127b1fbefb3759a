"""Stock Dynaconf in a process of its own: asked for a pass over all environments, it tells the processor's seconds.

Each file is parsed once, before the first pass: what is timed is what Dynaconf makes of it.
"""

import copy
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_FEWEST = 5
"""Fewer keys than any project here has at its top."""


@contextmanager
def passes(folder: Path, *files: str, environ: "dict[str, str] | None" = None) -> Iterator[Callable[[], float]]:
    """Whoever calls what this gives has one pass made, and gets the seconds that it took.

    Args:
        folder: the project's root.
        files: the entries of `settings_files`.
        environ: the variables of the process.
    """
    command = [sys.executable, "-I", __file__, str(folder), *files]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True, bufsize=1, env=environ or {}) as process:

        def one() -> float:
            if process.stdin is None or process.stdout is None:
                raise RuntimeError("stock Dynaconf cannot be asked.")
            process.stdin.write("\n")
            return float(process.stdout.readline())

        yield one


def _serve(folder: str, files: list[str]) -> None:
    os.chdir(folder)
    from dynaconf import Dynaconf  # type: ignore[attr-defined]  # noqa: PLC0415 - in this process alone

    _parse_once()
    names = sorted(file.stem for file in Path("settings").glob("*.toml")) or ["production"]
    for _ in sys.stdin:
        begun = time.process_time()
        for name in names:
            settings: Any = Dynaconf(
                root_path=folder, settings_files=files, environments=True, merge_enabled=True, env=name
            )
            if len(settings.as_dict()) < _FEWEST:
                raise RuntimeError("the files were not found")
        print(time.process_time() - begun, flush=True)


def _parse_once() -> None:
    from dynaconf.vendor import tomllib  # type: ignore[attr-defined]  # noqa: PLC0415 - in this process alone

    known: dict[str, Any] = {}
    load = tomllib.load

    def loaded(file: Any, *args: Any, **kwargs: Any) -> Any:
        if file.name not in known:
            known[file.name] = load(file, *args, **kwargs)
        return copy.deepcopy(known[file.name])

    tomllib.load = loaded


if __name__ == "__main__":
    _serve(sys.argv[1], sys.argv[2:])
