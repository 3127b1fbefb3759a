"""What the code's validators do to each environment is what stock Dynaconf's do: verdicts, messages, values."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from projects import MakeProject
from stock_validators import Started, StockApplications, shown, stock_applications
from strategies import case
from validator_projects import ValidatedProject, validated

from app.application import Application
from app.core.layers import Span
from app.core.tree import Tree
from app.core.validators import Demands, Validator, ValidatorResult, ValidatorStep
from app.options import Options
from app.sources.project import Project
from app.sources.project.discovery import open_project
from app.sources.resolution import resolve

CASES = int(os.environ.get("ASSAY_VALIDATOR_CASES", "3000"))
FIRST = int(os.environ.get("ASSAY_VALIDATOR_FIRST", "0"))
PARTS = 6
BATCH = 40
QUIET = 300


@pytest.fixture(scope="module")
def stock() -> Iterator[StockApplications]:
    with stock_applications() as server:
        yield server


def _written(number: int, folder: Path) -> ValidatedProject:
    made = validated(number)
    folder.mkdir()
    for name, text in made.files.items():
        (folder / name).write_text(text)
    return made


def _tree(made: ValidatedProject, folder: Path) -> Tree:
    options = Options(**made.options)
    project = Project(root=folder, options=options, application=Application(folder, options)).under(made.environ)
    return resolve(project, project.active(made.environ), made.environ, demands=project.demands)


def _difference(number: int, made: ValidatedProject, folder: Path, stock: Started) -> str:
    """How we differ from stock; empty where we do not."""
    tree = _tree(made, folder)
    if stock.error and not stock.results:
        is_told = any(leaf.state == "unresolved" for leaf in tree.leaves)
        return "" if is_told else f"{number}: does not load {stock.error!r}"
    broken = {leaf.path[0] for leaf in tree.leaves if leaf.state == "unresolved"}
    theirs = [*map(_steady, stock.results)]
    ours = [*map(_said, tree.results)]
    if ours != theirs:
        return f"{number}: " + "".join(f"{pair}\n" for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1])
    if next(filter(None, ours), "") != _steady(stock.error):
        return f"{number}: starts {ours} {stock.error!r}"
    values = {key: shown(value) for key, value in tree.nested().items() if key not in broken}
    others = {key: value for key, value in stock.values.items() if key not in broken}
    told = _unordered if "cast=set" in made.files["config.py"] else _as_they_are
    keys = [key for key in {**values, **others} if told(values.get(key)) != told(others.get(key))]
    return "".join(f"{number}: {key}: {values.get(key)} {others.get(key)}\n" for key in keys)


def _said(result: ValidatorResult) -> str:
    """The message."""
    if result.passed is None:
        return "not known"
    return "" if result.passed else _steady(result.message)


def _as_they_are(value: object) -> object:
    return value


def _unordered(value: object) -> object:
    """What became of a set's items, whose order is another in each process."""
    return sorted(repr(value))


def _steady(message: str) -> str:
    """The message without what differs between processes, or between our words for a reference that leads nowhere."""
    if message.startswith("DynaconfFormatError"):
        return "DynaconfFormatError"
    text = re.sub(r"(?:Reset|Del|Merge|Insert)\(.*?\)(?: on \d+)?", "a marker", message)
    text = text.replace("not 'DataDict'", "not 'dict'").replace("not 'DataList'", "not 'list'")
    return "".join(sorted(text)) if "{" in text else text  # the items of a set stand in no order


@pytest.mark.parametrize("part", range(PARTS))
def test_validators_say_and_do_what_stock_dynaconf_s_do(part: int, stock: StockApplications, tmp_path: Path) -> None:
    numbers = list(range(FIRST + part, FIRST + CASES, PARTS))
    differences = []
    for start in range(0, len(numbers), BATCH):
        batch = numbers[start : start + BATCH]
        made = {number: _written(number, tmp_path / str(number)) for number in batch}
        answers = stock.start([(tmp_path / str(number), one.environ) for number, one in made.items()])
        differences += [
            found
            for (number, one), answer in zip(made.items(), answers, strict=True)
            if (found := _difference(number, one, tmp_path / str(number), answer))
        ]
    assert len(differences) == 0, f"{len(differences)}\n" + "\n".join(differences[:15])


@pytest.mark.parametrize("first", range(0, QUIET, 50))
def test_a_validator_that_does_nothing_changes_nothing(first: int, tmp_path: Path) -> None:
    """Markers, tokens that are not run, references: all of it comes out as it went in."""
    span = Span(line=1, column=1, end_line=1, end_column=2)
    idle = Validator(file="config.py", span=span, names=("NO_SUCH_KEY",), arguments={"eq": 1})
    demands = Demands(steps=(ValidatorStep(validators=(idle,), checks=True),))
    for seed in range(first, first + 50):
        made, folder = case(seed), tmp_path / str(seed)
        made.write(folder)
        project = open_project(folder).under(made.environ)
        environment = project.active(made.environ)
        plain = resolve(project, environment, made.environ)
        checked = resolve(project, environment, made.environ, demands=demands)
        assert _leaves(checked) == _leaves(plain), seed
        assert [result.passed for result in checked.results] == [True], seed


def _leaves(tree: Tree) -> list[tuple[object, ...]]:
    return sorted((leaf.key, repr(leaf.value), leaf.state, str(leaf.origin), leaf.source) for leaf in tree.leaves)


@pytest.mark.parametrize(("value", "readable"), [("'a'", False), ("7", False), ("True", True), ("None", True)])
def test_whether_two_equal_texts_are_one_object_nobody_knows(project: MakeProject, value: str, readable: bool) -> None:  # noqa: FBT001
    code = f'from dynaconf import Dynaconf, Validator\nDynaconf(validators=[Validator("A", identity={value})])\n'
    found = project({"config.py": code, "settings.toml": 'a = "a"\n'}).assay("usage", "--format", "json").json
    assert [one["readable"] for one in found["validators"]] == [readable]
