"""A plan is the difference of two checkouts, whatever the project."""

from pathlib import Path

from plan_law import law


def test_a_plan_is_the_difference_of_two_checkouts(tmp_path: Path) -> None:
    assert law(tmp_path / "orders", range(4)) == []
