"""Every target, on its usual number of inputs, after all that was found with it before."""

import pytest

from .catalogue import TARGETS
from .engine import CASES, run

SEED = 1


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_breaks_a_promise(name: str) -> None:
    target = TARGETS[name]
    result = run(target, name, target.usual, SEED)
    assert result.tried >= target.usual
    assert not {place: found.data for place, found in result.found.items()}


def test_cases_are_those_of_targets() -> None:
    assert {folder.name for folder in CASES.iterdir() if folder.is_dir()} <= set(TARGETS)
