"""Which keys a release changes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay_client.effective import canonical, changed_in, changed_keys
from assay_client.keys import flattened

NAMES = st.sampled_from(["a", "b", "C", "pool size", "ä", "x.y"])
SCALARS = st.sampled_from([None, True, False, 0, 1, 1.0, 0.0, "", "1", "a"])
VALUES = st.recursive(SCALARS, lambda below: st.lists(below, max_size=2) | st.dictionaries(NAMES, below, max_size=3))
TABLES = st.dictionaries(NAMES, VALUES, max_size=4)


@given(TABLES, TABLES)
def test_nested_tables_change_the_keys_that_their_flattened_values_do(before: Any, after: Any) -> None:
    assert changed_in(before, after) == changed_keys(flattened(before), flattened(after))


@given(TABLES, TABLES)
def test_a_key_has_changed_where_its_canonical_value_has(before: Any, after: Any) -> None:
    old, new = ({key: canonical(value) for key, value in flattened(one).items()} for one in (before, after))
    assert set(changed_keys(flattened(before), flattened(after))) == {
        key for key in {*old, *new} if old.get(key) != new.get(key)
    }


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({"a": 1}, {"a": True}, ("a",)),
        ({"a": 1}, {"a": 1.0}, ("a",)),
        ({"a": {}}, {"a": {"b": 1}}, ("a", "a.b")),
        ({"Pool": {"Size": 1}}, {"pool": {"Size": 2}}, ("pool.Size",)),
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 2, "b": 1}}, ()),
    ],
)
def test_what_counts_as_a_change(before: Any, after: Any, changed: tuple[str, ...]) -> None:
    assert changed_in(before, after) == changed
