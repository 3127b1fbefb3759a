"""Resolving all environments of a project whose files are parsed, against stock Dynaconf and plain dictionaries."""

import copy
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from app.sources.project import Project
from app.sources.project.discovery import open_project
from app.sources.resolution import resolve
from benchmarks.paired import Row, timed_pairs
from benchmarks.projects import KEYS, write, write_flat
from benchmarks.stock import passes

PAIRS = 7
ENVIRONMENTS, LEAVES, FLAT = 50, 200, 2000


def measure() -> Iterator[Row]:
    """The rows of the engine."""
    with tempfile.TemporaryDirectory() as parent:
        yield from _nested(Path(parent) / "nested")
        yield from _odd(Path(parent))
        yield from _flat(Path(parent) / "flat")


def _nested(folder: Path) -> Iterator[Row]:
    write(folder, ENVIRONMENTS, LEAVES)
    name, ours = f"resolve {ENVIRONMENTS} environments x {LEAVES} keys", lambda: _seconds(folder)
    for how, files in {"a list of files": _files(folder), "a glob": ["settings.toml", "settings/*.toml"]}.items():
        with passes(folder, *files) as stock:
            aim = 1 / 40 if how == "a list of files" else 1 / 80
            yield _row(name, f"stock Dynaconf, {how}", ours, stock, aim)
    yield _row(name, "merging dictionaries, deepcopy", ours, lambda: _plainly(folder), 2.5)


def _odd(parent: Path) -> Iterator[Row]:
    folder = parent / "format"
    write(folder, ENVIRONMENTS, LEAVES, template='title = "@format {this.area0.part.item1}!"')
    with passes(folder, *_files(folder)) as stock:
        yield _row("the same, one @format in each file", "stock Dynaconf", lambda: _seconds(folder), stock, 1 / 12)
    folder, variables = parent / "variables", {f"DYNACONF_AREA{table}__PART__ITEM3": "7" for table in range(10)}
    write(folder, ENVIRONMENTS, LEAVES)
    with passes(folder, *_files(folder), environ=variables) as stock:
        ours = lambda: _seconds(folder, variables)  # noqa: E731 - as the others
        yield _row("the same, 10 nested variables", "stock Dynaconf", ours, stock, 1 / 12)


def _flat(folder: Path) -> Iterator[Row]:
    write_flat(folder, FLAT)
    with passes(folder, "settings.toml") as stock:
        yield _row(
            f"resolve 1 environment x {FLAT} flat keys", "stock Dynaconf", lambda: _seconds(folder), stock, 1 / 200
        )


def growth() -> str:
    """How the cost grows with environments and with keys: milliseconds, and the exponent that fits them."""
    lines = ["| environments x keys | ms |", "|---|---:|"]
    for environments, keys in ((25, 400), (50, 400), (100, 400), (200, 400), (50, 200), (50, 800), (50, 1600)):
        with tempfile.TemporaryDirectory() as parent:
            folder = Path(parent) / "project"
            write(folder, environments, keys)
            best = min(_seconds(folder) for _ in range(PAIRS))
        lines.append(f"| {environments} x {keys} | {best * 1000:.1f} |")
    return "\n".join(lines)


def _row(name: str, against: str, ours: Callable[[], float], theirs: Callable[[], float], aim: float) -> Row:
    seconds, ratio = timed_pairs(ours, theirs, pairs=PAIRS)
    return Row(name=name, against=against, seconds=seconds, ratio=ratio, aim=aim)


def _files(folder: Path) -> list[str]:
    return ["settings.toml", *sorted(f"settings/{file.name}" for file in (folder / "settings").glob("*.toml"))]


def _parsed(folder: Path) -> Project:
    project = open_project(folder)
    _ = project.documents
    return project


def _seconds(folder: Path, environ: Mapping[str, str] = {}) -> float:
    project = _parsed(folder)
    begun = time.process_time()
    trees = [resolve(project, name, environ) for name in project.environments]
    taken = time.process_time() - begun
    if len(trees[0].leaves) < KEYS:
        raise RuntimeError(f"{folder} was not read.")
    return taken


def _plainly(folder: Path) -> float:
    documents = [document.values for _, document in _parsed(folder).documents]
    names = [name for document in documents for name in document if name != "default"]
    begun = time.process_time()
    merged = []
    for name in names:
        values = copy.deepcopy(documents[0]["default"])
        for document in documents:
            _merge(values, copy.deepcopy(document.get(name, {})))
        merged.append(values)
    return time.process_time() - begun


def _merge(old: dict[str, Any], new: Mapping[str, Any]) -> None:
    for key, value in new.items():
        if isinstance(value, dict) and isinstance(old.get(key), dict):
            _merge(old[key], value)
        else:
            old[key] = value
