"""Runs the module `config` of each named folder in a fork of its own, and prints what its `settings` hold as JSON."""

import json
import os
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

from dynaconf.utils import files

_MACHINERY = {"LOAD_DOTENV", "DEFAULT_SETTINGS_PATHS"}
"""Arguments about how Dynaconf works, which stock takes for settings as well."""


def _answer(folder: str) -> None:
    os.chdir(folder)
    sys.path.insert(0, folder)
    script = SimpleNamespace(filename=f"{folder}/main.py")
    files.inspect = SimpleNamespace(stack=lambda: [script])  # as if `main.py` had been started there
    warnings.simplefilter("ignore")
    from config import settings  # noqa: PLC0415 - of the folder

    values = {key.lower(): value for key, value in settings.as_dict().items() if key not in _MACHINERY}
    Path("stock.json").write_text(json.dumps(values, default=str))


for folder in sys.argv[1:]:
    child = os.fork()
    if not child:
        try:
            _answer(folder)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
