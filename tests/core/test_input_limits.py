"""Whatever is deeper, longer or more than is taken is told at its place, and costs next to nothing."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.core import limits
from app.core.layers import parse_key
from app.core.tree import Leaf, Tree
from app.sources.toml import parse
from docs.limits import PAGE, table


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "limit"),
    [
        ({"a": nested(limits.DEPTH.figure)}, limits.DEPTH),
        (nested(100_000), limits.DEPTH),
        ({"a" * (limits.KEY.figure + 1): 1}, limits.KEY),
        ({"a": [0] * limits.VALUES.figure}, limits.VALUES),
        ({"a": 10**limits.DIGITS.figure}, limits.DIGITS),
        ({"a": -(10**limits.DIGITS.figure)}, limits.DIGITS),
    ],
)
def test_what_is_beyond_a_limit_is_found(value: Any, limit: limits.Limit) -> None:
    found = limits.excess(value)
    assert found is not None
    assert found.limit is limit


@pytest.mark.parametrize(
    "value",
    [
        {"a": nested(limits.DEPTH.figure - 1)},
        {"a" * limits.KEY.figure: 1},
        {"a": [0] * (limits.VALUES.figure - 1)},
        {"a": 10**limits.DIGITS.figure - 1},
    ],
)
def test_what_just_fits_passes(value: Any) -> None:
    assert limits.excess(value) is None


def test_every_limit_has_a_reason() -> None:
    assert all(limit.figure > 0 and limit.reason.endswith(".") for limit in limits.LIMITS.values())


@pytest.mark.parametrize(
    ("text", "rule", "said", "line"),
    [
        ("[a]\nk = " + "[" * 70 + "]" * 70, "SRC027", "64 levels", 2),
        ("[a]\nk" + ".a" * 70_000 + " = 1\n", "SRC002", "64 levels", 2),
        ("[a" + ".a" * 70_000 + "]\nk = 1\n", "SRC002", "64 levels", 1),
        ("[a]\n" + "k" * 1001 + " = 1\n", "SRC027", "1000 characters", 2),
        ("[a]\nk = 0x" + "f" * 4300 + "\n", "SRC027", "4300 digits", 2),
        ("[a]\nk = [" + "1," * 50_001 + "]\n", "SRC027", "50000 values", None),
        ("".join(f"[e{number}]\n" for number in range(501)), "SRC027", "500 sections", None),
        ("k = " + "[" * 100_000, "SRC002", "64 levels", None),
    ],
)
def test_a_file_beyond_a_limit_is_a_fault_at_its_place(text: str, rule: str, said: str, line: int | None) -> None:
    fault = parse(text, "settings.toml").fault
    assert fault is not None
    assert (fault.rule, fault.origin.span.line if fault.origin.span else None) == (rule, line)
    assert said in fault.message
    assert fault.hides


def test_the_places_in_one_long_line_are_counted_once() -> None:
    document = parse('a = ["é", ' + "1," * 2000 + "]", "settings.toml")
    assert (span := document.locate(("a", 2000)))
    assert (span.column, span.end_column) == (11 + 2 * 1999, 12 + 2 * 1999)


@pytest.mark.parametrize("key", ["a[" + "9" * 5000 + "]", "a" + ".a" * 5000, "a" + "[0]" * 5000, "a[٣]"])
def test_a_key_beyond_any_limit_is_no_key(key: str) -> None:
    assert parse_key(key) is None


WALKS: list[object] = []


def test_the_page_about_performance_lists_every_limit() -> None:
    assert table() in PAGE.read_text("utf-8")


class _Counted(tuple[Leaf, ...]):
    """Leaves that count how often somebody goes through all of them."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Leaf]:
        WALKS.append(self)
        return super().__iter__()


def test_asking_for_each_key_goes_through_the_tree_once() -> None:
    leaves = _Counted(Leaf(path=("a", f"k{number}"), value=number) for number in range(200))
    tree = Tree(environment="production", leaves=leaves)
    assert [len(list(tree.below(leaf.path))) for leaf in tuple.__iter__(leaves)] == [1] * 200
    assert len(list(tree.below(("A",)))) == 200
    assert len(WALKS) == 1
