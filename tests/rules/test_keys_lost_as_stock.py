"""What layers say and stock Dynaconf does not give is told, joined keys included; and nothing else is."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from stock import Question, Stock, running

from app.checking.check import validate
from app.core.losses import losses
from app.editing.fix import all_findings
from app.project.workspace import open_workspace

_CASES = 300
_KEYS = ("a", "b", "y.c", "y.d")
_OPTIONS = {"settings_files": ["settings.toml", "more.toml"], "environments": True}


@pytest.fixture(scope="module")
def stock() -> Iterator[Stock]:
    with running() as server:
        yield server


def _section(name: str, random: Random, stated: set[str]) -> str:
    """A section with keys of the table x: joined, with dots, under a header, or in braces."""
    joined = [key for key in _KEYS if random.random() < 0.3]
    tabled = [key for key in _KEYS if key not in joined and random.random() < 0.4]
    stated |= {*joined, *tabled}
    lines = [f"[{name}]", "zone = 1", *(f"x__{key.replace('.', '__')} = {random.randrange(9)}" for key in joined)]
    pairs = [f"{key} = {random.randrange(9)}" for key in tabled]
    if not pairs:
        return "\n".join(lines) + "\n"
    style = random.choice("hdi")
    if style == "h":
        lines += [f"[{name}.x]", *pairs]
    elif style == "d":
        lines[random.choice((1, len(lines))) :] += [f"x.{pair}" for pair in pairs]
    else:
        lines.insert(random.choice((1, len(lines))), f"x = {{ {', '.join(pairs)} }}")
    return "\n".join(lines) + "\n"


def _project(seed: int, root: Path) -> set[str]:
    """Lays the project of a seed, and gives the keys of x that its files say."""
    random, stated = Random(seed), set[str]()  # noqa: S311 - nothing secret comes of it
    for name in ("settings.toml", "more.toml"):
        texts = [_section(section, random, stated) for section in ("default", "production") if random.random() < 0.8]
        (root / name).write_text("".join(texts))
    return stated


def _there(values: Any) -> set[str]:
    table = next((value for key, value in values.items() if key.lower() == "x"), {})
    inner = table.get("y", {})
    return {key for key in table if key != "y"} | {f"y.{key}" for key in inner}


@pytest.mark.parametrize("first", range(0, _CASES, 50))
def test_what_stock_does_not_give_is_told_as_lost(first: int, tmp_path: Path, stock: Stock) -> None:
    wrong, lost = list[object](), 0
    for seed in range(first, first + 50):
        root = tmp_path / str(seed)
        root.mkdir()
        stated = _project(seed, root)
        answer = stock.ask(Question(folder=root, options=_OPTIONS, environ={"ENV_FOR_DYNACONF": "production"}))
        (root / "assay.toml").write_text('settings_files = ["settings.toml", "more.toml"]\nenvironments = true\n')
        workspace = open_workspace(root, {"ENV_FOR_DYNACONF": "production"})
        told = {".".join(map(str, loss.path[1:])) for loss in losses(workspace.tree("production"))}
        gone = stated - _there(answer.values)
        lost += len(gone)
        rules = {one.rule for one in all_findings(validate(workspace, ["production"]))}
        if told != gone or (gone and not rules & {"SRC020"}):
            wrong.append((seed, told, gone, rules))
    assert wrong == []
    assert lost > 50
