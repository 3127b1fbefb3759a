"""After an edit every environment has what it had, but for the named key; after a refusal every byte is the same.

`ASSAY_SET_CASES=5000` asks about more edits than the usual run.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from edited_projects import edited
from set_law import Outcome, outcome
from stock import Stock, running

CASES = int(os.environ.get("ASSAY_SET_CASES", "200"))
CHUNK = 25


@pytest.fixture(scope="module")
def stock() -> Iterator[Stock]:
    with running() as stock:
        yield stock


@pytest.mark.parametrize("first", range(0, CASES, CHUNK))
def test_an_edit_changes_nothing_that_it_does_not_name(first: int, stock: Stock) -> None:
    outcomes = {seed: _outcome(stock, seed) for seed in range(first, min(first + CHUNK, CASES))}
    wrong = {seed: one.wrong for seed, one in outcomes.items() if one.wrong}
    assert not wrong, f"seeds {list(wrong)}: {edited(next(iter(wrong)))}\n{next(iter(wrong.values()))}"
    kinds = Counter(one.kind for one in outcomes.values())
    assert kinds["written"] >= len(outcomes) // 4, kinds


def _outcome(stock: Stock, seed: int) -> Outcome:
    with TemporaryDirectory() as folder:
        return outcome(stock, Path(folder), edited(seed))
