"""What a token refers to, what a path finds, and which keys may be folded."""

import pytest

from app.merging.items import MergeOptions, names_below
from app.merging.lazy import references, variables_named
from app.merging.lookup import ABSENT, step


def test_a_token_names_settings_and_variables_each_for_itself() -> None:
    text = "@format {this.a.b} {env[HOST]} {this[a][0]} {env.PORT} {thisx.y} {envy.z}"
    assert references(text) == [("a", "b"), ("a", 0)]
    assert variables_named(text) == ["HOST", "PORT"]
    assert references("@get a.b", ("x",)) == [("a", "b", "x")]
    assert references("@jinja {{ this.a }}") == []


@pytest.mark.parametrize(
    ("value", "name", "found"),
    [
        ({"a": 1}, "a", 1), ({"a": 1}, "b", ABSENT), ({"a": None}, "a", None), ([7, 8], 1, 8), ([7], 1, ABSENT),
        ([7], "0", ABSENT), ("text", 0, ABSENT), (None, "a", ABSENT),
    ],
)  # fmt: skip
def test_a_step_finds_what_a_table_or_a_list_has_and_nothing_in_a_text(value: object, name: str, found: object) -> None:
    assert step(value, name) is found


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("a__b__c", ("b", "c")), ("a", ()), ("a__b[0]", ()), ("a__", ()), ("a____b", ()), ("a__b c", ()),
        ("a__ü", ()),
    ],
)  # fmt: skip
def test_only_a_key_of_plain_names_is_folded_where_it_stands(key: str, names: tuple[str, ...]) -> None:
    assert names_below(key, MergeOptions()) == names
    assert names_below(key, MergeOptions(nested_separator="___")) == ()
