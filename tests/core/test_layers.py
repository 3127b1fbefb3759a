import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.layers import dotted, fold, parse_key

PARTS = st.lists(st.one_of(st.text(min_size=1), st.integers(0, 99)), max_size=4)


@given(first=st.text(min_size=1), rest=PARTS)
def test_a_dotted_key_parses_back_to_its_path(first: str, rest: list[str | int]) -> None:
    path = (first, *rest)
    assert parse_key(dotted(path)) == path


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (("database", "pool", "size"), "database.pool.size"),
        (("cors", "allow_origins", 0), "cors.allow_origins[0]"),
        (("tokens", 0, "name"), "tokens[0].name"),
        (("db", "a.b"), 'db."a.b"'),
        (("x", 'say "hi"\\'), 'x."say \\"hi\\"\\\\"'),
    ],
)
def test_what_is_no_bare_key_stands_in_quotes(path: tuple[str | int, ...], key: str) -> None:
    assert dotted(path) == key


@pytest.mark.parametrize("text", ["", ".", "a.", "a..b", "[0]", "a[x]", "a]b", 'a."b'])
def test_what_spells_no_key_has_no_path(text: str) -> None:
    assert parse_key(text) is None


def test_keys_compare_without_case() -> None:
    assert fold(("DB", "Port", 0)) == fold(("db", "port", 0))
