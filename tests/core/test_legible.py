"""What is not seen is shown as an escape, once, by one module; a key's spelling holds none of it and reads back."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.layers import dotted, parse_key
from app.core.legible import legible, legible_lines, quoted, unquoted

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of Unicode whose characters nobody sees."""

VISIBLE_FORMS = {*map(chr, (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD))}
"""Marks of Arabic, Syriac and Kaithi that are of the category Cf and are drawn."""

FORMS = {chr(code) for code in (*range(0x13430, 0x13440),)}
"""Egyptian signs that join others: of the category Cf, and not ignorable."""


@pytest.mark.parametrize("letter", ["\u3164", "\u115f", "\ufe0f", "\u034f", "\ufffe", "\U000e0041"])
def test_letters_without_a_shape_are_shown(letter: str) -> None:
    assert legible(f"a{letter}b").isascii()


def test_every_control_format_and_line_end_is_shown() -> None:
    letters = (letter for letter in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(letter) in UNSEEN)
    left = {letter for letter in letters if legible(letter) == letter}
    assert left <= VISIBLE_FORMS | FORMS


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"], exclude_characters="\u3164\u115f\u1160\uffa0")))
def test_what_is_seen_stays(text: str) -> None:
    assert legible(text) == legible_lines(text) == text


def test_one_is_for_names_and_the_other_keeps_the_lines_of_our_own_texts() -> None:
    assert legible("a\nb\r\u2028") == "a\\nb\\x0d\\u2028"
    assert legible_lines("a\nb\r\u2028") == "a\nb\\x0d\\u2028"


@given(st.text())
def test_a_quoted_part_is_one_visible_line_and_reads_back(text: str) -> None:
    assert legible(quoted(text)) == quoted(text)
    assert unquoted(quoted(text)[1:-1]) == text


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_a_key_is_one_visible_line_and_reads_back(parts: list[str]) -> None:
    spelled = dotted(tuple(parts))
    assert legible(spelled) == spelled
    assert parse_key(spelled) == tuple(parts)


def test_a_quoted_part_is_what_toml_reads() -> None:
    import tomli  # noqa: PLC0415 - this test alone reads TOML

    text = 'a\x00\n\t"\\\u202e\U000e0041é'
    assert tomli.loads(f"{quoted(text)} = 1") == {text: 1}
