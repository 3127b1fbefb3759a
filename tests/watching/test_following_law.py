"""The law of a followed project: whatever was read before, its answers are those of one that is opened afresh."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from edited_projects import edited
from faulty_projects import faulty
from projects import MakeProject

from app.checking.check import validate
from app.checking.compare import compare
from app.checking.environments import environments
from app.checking.values import show
from app.core.errors import AssayError
from app.project.following import following
from app.project.workspace import Workspace, open_workspace
from app.reports import wire

SEEDS = int(os.environ.get("ASSAY_LAW_SEEDS", "6"))
_STEPS = 8


@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_any_edits_the_answers_are_those_of_a_fresh_reading(tmp_path: Path, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - nothing secret comes of it
    environ: Mapping[str, str] = {}
    known: Workspace | None = None
    for step in range(_STEPS):
        _write(tmp_path, faulty(random.randrange(10_000)).files if step == 0 else dict(_edit(tmp_path, random)))
        if random.random() < 0.2:
            environ = faulty(random.randrange(10_000)).environ
        try:
            opened = open_workspace(tmp_path, environ)
            opened = following(opened, known) if known else opened
            opened.read()
        except AssayError:
            continue
        assert _answers(opened) == _answers(open_workspace(tmp_path, environ)), (seed, step)
        known = opened


def _edit(folder: Path, random: Random) -> Iterator[tuple[str, str | None]]:
    """Other texts of some files; None takes one away."""
    other = random.choice((faulty, edited))(random.randrange(10_000)).files
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    name = random.choice([one for one in names if one != "assay.toml"] or names)
    text = (folder / name).read_bytes().decode()
    match random.randrange(9):
        case 0:
            yield from other.items()
        case 1:
            yield random.choice([*other.items(), ("settings.toml", "")])
        case 2:
            yield name, None
        case 3:
            yield name, text.replace("\n", "\r\n")
        case 4:
            yield name, text + "\n[broken\n"
        case 5:
            yield "more.toml", f"[production.db]\nport = {random.randrange(90)}\n"
            yield name, f'{text}\n[staging]\ndynaconf_include = ["more.toml"]\n'
        case 6:
            yield ".env", f"DYNACONF_DB__PORT={random.randrange(90)}\n"
        case _:
            yield name, "".join(str(random.randrange(10)) if one.isdigit() else one for one in text)


def _write(folder: Path, files: Mapping[str, str | None]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(text.encode())


def _answers(workspace: Workspace) -> dict[str, Any]:
    asks = {"validate": validate, "environments": environments, "matrix": compare}
    for name in workspace.environments:
        asks[f"values of {name}"] = lambda known, name=name: show(known, name=name)
    return {name: _said(ask, workspace) for name, ask in asks.items()}


def _said(ask: Any, workspace: Workspace) -> object:
    try:
        return wire.encode(ask(workspace))
    except AssayError as error:
        return error.message


def test_what_still_says_the_same_is_not_read_again_and_what_is_gone_is_let_go(project: MakeProject) -> None:
    made = project({"settings.toml": "[default]\na = 1\n", "more.toml": "[production]\nb = 1\n",
                    "assay.toml": 'settings_files = ["settings.toml", "more.toml"]\n'})  # fmt: skip
    first = made.workspace()
    assert first.tree("production").get("a") is not None
    made.write({"more.toml": "[production]\nb = 2\n"})
    second = following(made.workspace(), first)
    assert second.project.document("settings.toml") is first.project.document("settings.toml")
    assert second.tree("production").get("a") is first.tree("production").get("a")
    third = following(made.workspace(), second)
    assert third.project.earlier is not None
    kept = third.project.earlier.documents.values()
    assert not any(document is first.project.document("more.toml") for document in kept)


def test_a_converter_that_the_code_has_now_is_seen_though_no_profile_changed(project: MakeProject) -> None:
    code = "from dynaconf import Dynaconf\nsettings = Dynaconf(settings_files=['settings.toml'], environments=True)\n"
    made = project({"settings.toml": "[default]\na = '@own x'\n[production]\nb = 1\n", "app.py": code})
    first = made.workspace()
    before = wire.encode(show(first, name="production"))
    made.write({"app.py": f"from dynaconf import add_converter\nadd_converter('own', str.upper)\n{code}"})
    second = following(made.workspace(), first)
    after = wire.encode(show(second, name="production"))
    assert after == wire.encode(show(made.workspace(), name="production"))
    assert after != before
