"""What every command says of generated projects, one line each: run by test_stable_output.py, once for each hash seed.

Arguments: the folder to work in, the first seed, and how many.
"""

import contextlib
import io
import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from edited_projects import edited
from faulty_projects import faulty
from histories import history
from projects import NOW
from validator_projects import validated

from app.cli import run

READ = ("DATABASE.HOST", "SERVER.PORT", "DB.PORT", "SECRET_KEY", "db.pol.size", "nam", "cache.tags", "db.hosts")
FORMATS = {"check": ("json", "text", "sarif", "github"), "plan": ("json", "markdown"), "usage": ("json", "text")}
CALLS: Sequence[Sequence[str]] = (
    ("check", "--fail-level", "info"), ("show", "production"), ("matrix",), ("usage",), ("schema",),
    ("diff", "development", "production"), ("plan", "HEAD~1..HEAD"),
)  # fmt: skip


def projects(seed: int) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Files and variables of three kinds of project."""
    one, other, third = faulty(seed), edited(seed), validated(seed)
    yield {**one.files, **({} if "schema" in one.options else {"main.py": code(one.options)})}, dict(one.environ)
    yield {**other.files, "main.py": code(other.options)}, dict(other.environ)
    yield dict(third.files), dict(third.environ)


def code(options: Mapping[str, Any]) -> str:
    """An application that reads some keys."""
    stated = ", ".join(f"{name}={value!r}" for name, value in options.items() if name.isidentifier())
    reads = "".join(f"print(settings.{key})\n" for key in READ)
    return f"from dynaconf import Dynaconf\n\nsettings = Dynaconf({stated})\n{reads}"


def said(folder: Path, seed: int) -> Iterator[tuple[str, str]]:
    """Each call, and what came of it."""
    for number, (files, environ) in enumerate(projects(seed)):
        home = folder / f"{seed}-{number}"
        turned = {name: text.replace("production", "staging") for name, text in files.items()}
        history(home, turned, files)
        for call in CALLS:
            for answer in FORMATS.get(call[0], ("json",)):
                out, err = (io.TextIOWrapper(io.BytesIO()) for _ in range(2))
                with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                    status = run((*call, "--format", answer), environ, home, lambda: NOW)
                told = "\n".join((str(status), *(read(stream) for stream in (out, err))))
                yield f"{seed}-{number} {' '.join(call)} {answer}", told
        shutil.rmtree(home)


def read(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


if __name__ == "__main__":
    for seed in range(int(sys.argv[2]), int(sys.argv[2]) + int(sys.argv[3])):
        for line in said(Path(sys.argv[1]), seed):
            print(json.dumps(line), file=sys.__stdout__)
