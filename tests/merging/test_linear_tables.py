"""Large tables are merged, and keys in another case found, as Dynaconf does it, without its square of time."""

import importlib.util
from copy import deepcopy
from types import ModuleType
from typing import Any

import dynaconf.utils
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.merging import isolated_settings
from app.merging.tables import merged, spelled


def stock() -> ModuleType:
    """Dynaconf's module as it comes, whatever was replaced in the one that runs."""
    spec = importlib.util.spec_from_file_location("stock_utils", dynaconf.utils.__file__)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


STOCK = stock()
KEYS = st.sampled_from(["a", "A", "b", "B", "aB", "Ab", "ab", "c", ""])
SCALARS = st.one_of(st.integers(0, 2), st.booleans(), st.none(), st.sampled_from(["", "x", "y"]))
VALUES = st.recursive(
    SCALARS,
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(KEYS, below, max_size=4)),
    max_leaves=12,
)
TABLES = st.dictionaries(KEYS, VALUES, max_size=6)


def ordered(value: Any) -> Any:
    """The value with the order of its keys, and with types."""
    if isinstance(value, dict):
        return [(key, ordered(item)) for key, item in value.items()]
    return [ordered(item) for item in value] if isinstance(value, list) else repr(value)


@given(TABLES, TABLES)
def test_tables_are_merged_as_dynaconf_merges_them(old: dict[str, Any], new: dict[str, Any]) -> None:
    ours, theirs = deepcopy((old, new)), deepcopy((old, new))
    assert ordered(merged(*ours)) == ordered(STOCK.object_merge(*theirs))


@given(st.lists(st.tuples(st.text("aAbB _", max_size=3), st.lists(st.text("aAbB _", max_size=3), max_size=6))))
def test_a_key_is_found_in_the_case_that_dynaconf_finds(asked: list[tuple[str, list[str]]]) -> None:
    for key, names in asked:
        keys = tuple(dict.fromkeys(names))
        for depth in range(len(keys) + 1):  # a table that grows, and then another
            assert spelled(key, keys[:depth]) == STOCK.find_the_correct_casing(key, keys[:depth])


def test_the_search_that_replaces_dynaconfs_is_the_one_that_runs() -> None:
    assert isolated_settings.utils.find_the_correct_casing is spelled


class _Counted(str):
    """A key that counts how often its case is changed."""

    __slots__ = ()
    asked = 0

    def lower(self) -> str:
        _Counted.asked += 1
        return super().lower()


def test_a_table_that_grows_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Counted, "asked", 0)
    keys = tuple(_Counted(f"key{number}") for number in range(200))
    for depth in range(len(keys)):
        spelled("KEY", keys[:depth])
    assert _Counted.asked <= len(keys)
