"""Runs the `main.py` of each named folder in a fork of its own, as its users start it; it prints its settings itself.

The folders, and the variables of each, stand as JSON on standard input. What a program prints goes into `stock.json`.
"""

import io
import json
import os
import runpy
import sys
import warnings
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, sys.argv[1])  # the frameworks

import django.conf  # noqa: F401 - once, and not in each fork
import dynaconf  # noqa: F401
import flask  # noqa: F401
from dynaconf.utils import files


def _run(folder: str, environ: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(folder)
    sys.path.insert(0, folder)
    warnings.simplefilter("ignore")
    program = f"{folder}/main.py"
    files.inspect = SimpleNamespace(stack=lambda: [SimpleNamespace(filename=program)])  # below which nothing was called
    with redirect_stdout(io.StringIO()) as printed:
        runpy.run_path(program, run_name="__main__")
    Path("stock.json").write_text(printed.getvalue())


for folder, environ in json.load(sys.stdin):
    child = os.fork()
    if not child:
        _run(folder, environ)
        break
    if os.waitpid(child, 0)[1]:
        sys.exit(f"{folder} does not run")
