"""The laws of SRC020, over generated projects and against stock Dynaconf.

- Every key that a layer states and that stock lacks is named, or deleted in so many words; no key that stock has is.
- After the finding's edit stock has all the keys that were lost, and everything else as it was.

`ASSAY_LOSS_CASES=20000` asks about more projects than the usual run.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import tomli
from stock import Question, Stock, running
from strategies import Case, inline, stated, toml

from app.core.findings import Finding
from app.core.losses import MARKERS, key_of, losses
from app.core.tree import Tree
from app.project.workspace import open_workspace
from app.rules.src020_keys_lost import RULE

CASES = int(os.environ.get("ASSAY_LOSS_CASES", "600"))
CHUNK = 100
PRODUCTION = {"ENV_FOR_DYNACONF": "production"}
_FILES = ("settings.toml", "settings/zone.toml", ".secrets.toml")
_SECTIONS = ("default", "production", "staging", "global")


class _Maker:
    """A project with few names and many layers, so that tables meet."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - no secret depends on it
        self.count = 0

    def case(self) -> Case:
        files = {name: self.file() for name in _FILES if self.random.random() < 0.8}
        options = {"merge_enabled": True} if self.random.random() < 0.25 else {}
        environ = {**PRODUCTION, **(self.variables() if self.random.random() < 0.4 else {})}
        return Case(files=files, options=options, environ=environ)

    def file(self) -> str:
        sections = {name: self.section() for name in _SECTIONS if self.random.random() < 0.6}
        return toml({name: section for name, section in sections.items() if section})

    def section(self) -> dict[str, Any]:
        tables = {name: self.table(2) for name in ("queue", "mail") if self.random.random() < 0.6}
        flag = self.random.choice([{"dynaconf_merge": self.random.random() < 0.6}, *[{}] * 7])
        return {**flag, **tables, **({"port": self.value()} if self.random.random() < 0.2 else {})}

    def table(self, depth: int) -> Any:
        if self.random.random() < 0.05:
            return self.random.choice(["@del", "off"])
        names = [name for name in ("host", "port", "hosts", "pool") if self.random.random() < 0.5]
        items = {name: self.table(depth - 1) if name == "pool" and depth else self.item(name) for name in names}
        return items | self.random.choice([{"dynaconf_merge": self.random.random() < 0.7}, *[{}] * 4])

    def item(self, name: str) -> Any:
        if self.random.random() < 0.05:
            return "@del"
        return [self.value() for _ in range(self.random.randrange(1, 3))] if name == "hosts" else self.value()

    def value(self) -> int:
        self.count += 1
        return self.count

    def variables(self) -> dict[str, str]:
        texts = {
            "DYNACONF_QUEUE": inline({"host": self.value()}),
            "DYNACONF_MAIL": f"@merge {{port={self.value()}}}",
            "DYNACONF_QUEUE__POOL": inline({"size": self.value()}),
            "DYNACONF_MAIL__host": str(self.value()),
        }
        return {name: text for name, text in texts.items() if self.random.random() < 0.4}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One project: what SRC020 says about it, its tree, and what stock gives it."""

    case: Case
    findings: tuple[Finding, ...]
    tree: Tree
    values: Mapping[str, Any]

    @property
    def lost(self) -> set[tuple[Any, ...]]:
        return {key_of(loss.path) for loss in losses(self.tree)}

    @property
    def named(self) -> set[str]:
        """The keys that messages begin with."""
        return {name for finding in self.findings for name in names(finding)}


def names(finding: Finding) -> set[str]:
    """The keys that a message begins with; of many it says the first, and how many more there are."""
    head = re.split(r" (?:is|are) lost: ", finding.message)[0]
    return {name.casefold() for name in re.split(r", | and ", head)}


def agree(named: set[str], lost: set[str]) -> bool:
    """Whether just these keys are named, those included that are only counted."""
    more = [int(name.removesuffix(" more")) for name in named if name.endswith(" more")]
    told = {name for name in named if not name.endswith(" more")}
    return told <= lost and len(told) + sum(more) >= len(lost) if more else told == lost


def judged(case: Case, stock: Stock) -> Judged | None:
    """None where stock would not start, which other rules tell."""
    with TemporaryDirectory() as folder:
        case.write(Path(folder))
        answer = stock.ask(Question(folder=Path(folder), options=case.options, environ=case.environ))
        workspace = open_workspace(Path(folder), case.environ)
        subject = workspace.subject(workspace.active)
        found = tuple(RULE.judge(subject))
        tree = workspace.tree(workspace.active)
    return None if answer.values is None else Judged(case=case, findings=found, tree=tree, values=answer.values)


@pytest.fixture(scope="module")
def stock() -> Iterator[Stock]:
    with running() as stock:
        yield stock


@pytest.fixture(scope="module", params=range(0, CASES, CHUNK))
def projects(request: pytest.FixtureRequest, stock: Stock) -> list[Judged]:
    found = (judged(_Maker(seed).case(), stock) for seed in range(request.param, min(request.param + CHUNK, CASES)))
    return [one for one in found if one]


def keys(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key of canonical values, and the tables above it."""
    if path:
        yield path
    for key, item in value.items() if isinstance(value, dict) else ():
        yield from keys(item, (*path, key.casefold().replace(" ", "_")))


def flat(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value that is no table, by its key."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from flat(item, (*path, key))
    elif path and value != {}:
        yield path, value


def is_there(key: tuple[Any, ...], values: Mapping[str, Any]) -> bool:
    """Whether stock has it, or a value that is no table above it."""
    if key in set(keys(values)):
        return True
    return any(path == key[: len(path)] for path, _ in flat(values))


def is_deleted(key: tuple[Any, ...], tree: Tree) -> bool:
    """Whether some layer says that the key, or a table around it, is to go or not to merge."""
    for statement in tree.statements:
        here = key_of(statement.path)
        if statement.value == "@del" and key[: len(here)] == here:
            return True
        if here[-1] in MARKERS and statement.value is False and key[: len(here) - 1] == here[:-1]:
            return True
    return any(layer.merge is False for layer in tree.layers)


def test_every_key_that_stock_lacks_is_named_or_deleted(projects: list[Judged]) -> None:
    assert any(one.findings for one in projects)
    for one in projects:
        stating = (statement for statement in one.tree.statements if not MARKERS & set(statement.path))
        last = {key_of(statement.path): statement.value for statement in stating}
        said = {key for key, value in last.items() if value != {}}  # of a table that is set empty nothing is lost
        gone = {key for key in said if not is_there(key, one.values)}
        missed = {key for key in gone - one.lost if not is_deleted(key, one.tree)}
        assert not missed, (missed, one.case)
        assert agree(one.named, {".".join(key) for key in one.lost}), one.case


def test_no_key_that_stock_has_is_named(projects: list[Judged]) -> None:
    for one in projects:
        wrong = {key for key in one.lost if is_there(key, one.values)}
        assert not wrong, (wrong, one.case)


@pytest.mark.parametrize("first", range(0, CASES, CHUNK))
def test_no_key_that_stock_has_is_named_however_odd_the_project(first: int, stock: Stock) -> None:
    for seed in range(first, min(first + CHUNK, CASES)):
        if one := judged(stated(seed), stock):
            wrong = {key for key in one.lost if is_there(key, one.values)}
            assert not wrong, (wrong, one.case)


def test_after_the_edit_stock_has_the_keys_and_all_else_as_it_was(projects: list[Judged], stock: Stock) -> None:
    found = [(one, finding) for one in projects for finding in one.findings if finding.edit]
    edits = [(one, finding) for one, finding in found if finding.edit and finding.edit.value is not None]  # no secret
    assert edits
    for one, finding in edits:
        assert _is_mended(one, finding, stock), (finding, one.case)


def _is_mended(one: Judged, finding: Finding, stock: Stock) -> bool:
    with TemporaryDirectory() as folder:
        case = _edited(one.case, finding)
        case.write(Path(folder))
        answer = stock.ask(Question(folder=Path(folder), options=case.options, environ=case.environ))
    assert answer.values is not None
    before, after = dict(flat(one.values)), dict(flat(answer.values))
    new = {".".join(path).casefold() for path in after.keys() - before.keys()}
    return agree(names(finding), new) and before.items() <= after.items()


def _edited(case: Case, finding: Finding) -> Case:
    edit = finding.edit
    assert edit
    if edit.kind == "variable":
        return replace(case, environ={**case.environ, edit.key: edit.value})
    assert edit.file
    values = tomli.loads(case.files[edit.file])
    node = values[edit.section]
    *above, last = edit.key.split(".")
    for part in above:
        node = node.setdefault(part, {})
    node[last] = edit.value
    return replace(case, files={**case.files, edit.file: toml(values)})
