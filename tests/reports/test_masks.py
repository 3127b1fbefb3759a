"""What may be shown of a value: by its key, by where it stands, by what it repeats, and by what it is made of."""

from collections.abc import Callable

import pytest

from app.core.layers import Layer, Path
from app.core.roles import Role, infer
from app.core.secrecy.taint import taint
from app.core.tree import Leaf
from app.reports.values import Mask, is_masked, open_value

SECRET = "cAnary-of-masks-7Qx2"
URL = "postgresql://app:pw-of-9-masks@db/orders"
SAFE = "postgresql://app:***@db/orders"


def at(*paths: Path) -> Callable[[Path], bool]:
    return lambda path: path in paths


def test_a_value_is_hidden_by_its_place_or_by_what_it_is_for() -> None:
    mask = Mask(role=infer, is_placed=at(("placed",)))
    assert mask.shown(("placed",), "x") is None
    assert mask.shown(("password",), "x") is None
    assert mask.shown(("user",), "x") == "x"
    assert mask.shown(("sizes",), [1, {"a": 2}]) == [1, {"a": 2}]


def test_a_url_is_hidden_as_a_whole_only_where_the_model_calls_it_secret_and_nobody_can_read_it() -> None:
    mask = Mask(role=lambda *_: Role.DSN, is_declared=at(("declared",)))
    assert mask.shown(("url",), URL) == SAFE
    assert mask.shown(("declared",), URL) == SAFE
    assert mask.shown(("declared",), "postgresql://app:p@ss@w:o/rd") is None
    assert mask.shown(("declared",), 7) is None
    assert mask.shown(("url",), 7) == 7
    assert Mask(role=lambda *_: None, is_declared=at(("declared",))).shown(("declared",), "x") == "x"


@pytest.mark.parametrize(("value", "hidden"), [("x", True), ("", True), (123456, True), (12345, False), (True, False)])
def test_where_nobody_knows_what_is_secret_only_short_numbers_are_shown(value: object, *, hidden: bool) -> None:
    assert Mask(role=lambda *_: None, is_blind=True).hides(("any",), value) is hidden
    assert not Mask(role=lambda *_: Role.HOST, is_blind=True).hides(("any",), value)
    assert not Mask(role=lambda *_: None).hides(("any",), value)


def test_a_leaf_is_hidden_under_its_own_spelling_too() -> None:
    mask = Mask(role=infer)
    layer = Layer(kind="variable", name="X", values={})
    assert mask.hides_leaf(Leaf(path=("box", "a"), source=("api_key",), value="x", layer=layer))
    assert not mask.hides_leaf(Leaf(path=("box", "a"), source=("box", "a"), value="x", layer=layer))
    assert not mask.hides_leaf(Leaf(path=("box", "a"), value="x"))


def test_what_is_made_of_a_private_variable_or_of_what_nobody_knows_is_hidden() -> None:
    mask = Mask(role=infer)
    assert mask.hides_leaf(Leaf(path=("a",), value="x", reads=("HOME", "SHOP_TOKEN")))
    assert not mask.hides_leaf(Leaf(path=("a",), value="x", reads=("HOME",)))
    assert mask.hides_leaf(Leaf(path=("a",), value="x", refers=(("other",),)))
    other = Mask(role=infer, is_private=lambda name: name == "HOME")
    assert other.shown_leaf(Leaf(path=("a",), value="x", reads=("HOME",))) is None


def test_what_repeats_a_secret_that_is_known_by_heart_is_hidden_whatever_it_is_called() -> None:
    mask = Mask(role=infer, known=lambda: taint([SECRET, "9876543210123", "pw-of-9-masks"]))
    for value in (f"see {SECRET}", 9876543210123, f"{SECRET[::-1]}"):
        assert mask.hides(("user",), value)
        assert mask.hides_leaf(Leaf(path=("user",), value=value))
    assert mask.shown(("url",), URL) == SAFE
    assert [mask.hides(("user",), value) for value in (True, None, [SECRET])] == [False] * 3
    assert mask.said(f"at {SECRET} and https://ann:pw@h/") == "at *** and https://ann:***@h/"


def test_whoever_asks_for_it_is_shown_everything() -> None:
    mask = Mask(role=infer, known=lambda: taint([SECRET]), reveal=True)
    assert mask.shown(("password",), SECRET) == SECRET
    assert mask.shown_leaf(Leaf(path=("password",), value=SECRET)) == SECRET
    assert mask.said(f"at {SECRET}") == f"at {SECRET}"
    assert mask.shown(("url",), URL) == URL


def test_what_is_no_secret_may_hide_one() -> None:
    assert is_masked(URL)
    assert not any(map(is_masked, ("postgresql://db/orders", 7, [URL], None)))
    assert open_value(URL) == SAFE
