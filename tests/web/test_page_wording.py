"""How the page words values and places."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.errors import ProjectError, UnknownRule
from app.reports import wire
from app.reports.present.wording import clamped, counted
from app.web.page.wording import legible, literal, moment, place, section, told_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("db.example.com", "db.example.com"),
        ("127.0.0.1", "127.0.0.1"),
        ("5432", '"5432"'),
        (5432, "5432"),
        ("1e5", '"1e5"'),
        (".5", '".5"'),
        ("0xff", '"0xff"'),
        ("2026-01-02", '"2026-01-02"'),
        ("12:30:00", '"12:30:00"'),
        ("true", '"true"'),
        ("True", '"True"'),
        (True, "true"),
        ("null", '"null"'),
        (None, "null"),
        ("", '""'),
        (" padded", '" padded"'),
        ("padded ", '"padded "'),
        ("two words", "two words"),
        ("—", '"—"'),
        ("<unresolved>", '"<unresolved>"'),
        ('say "no"', '"say \\"no\\""'),
        ("a\nb", '"a\\nb"'),
        ("a\u202eb", "a\\u202eb"),
        ([], "[]"),
        ({"a": ["b"]}, '{"a": ["b"]}'),
    ],
)
def test_a_string_stands_without_quotes_only_where_nobody_takes_it_for_anything_else(value: Any, text: str) -> None:
    assert literal(value) == text


def test_a_long_row_of_digits_is_worded_at_once() -> None:
    text = "1" * 100_000 + "x"
    assert literal(text) == text


def test_what_was_not_evaluated_says_so() -> None:
    assert literal("@jinja {{ a }}", opaque=True) == "@jinja {{ a }} (not evaluated)"
    assert literal(None, unresolved=True) == "<unresolved>"


def test_what_steers_is_shown_as_an_escape() -> None:
    assert legible("a\x1b[31m\u2066b\u200b\x00") == "a\\x1b[31m\\u2066b\\u200b\\x00"
    assert legible("naïve 🦄 مرحبا") == "naïve 🦄 مرحبا"


@pytest.mark.parametrize(
    ("origin", "text"),
    [
        (None, "no layer sets it"),
        (wire.FileOrigin(file="a\nb.toml", line=4, column=2, section="x"), "a\\nb.toml:4:2"),
        (wire.FileOrigin(file="a.toml"), "a.toml"),
        (wire.DotenvOrigin(file=".env", line=3, name="A"), "A in .env:3"),
        (wire.VariableOrigin(name="A"), "variable A"),
        (wire.DefaultOrigin(model="M"), "default of M"),
    ],
)
def test_a_place_is_worded_as_people_write_it(origin: wire.Origin | None, text: str) -> None:
    assert place(origin) == text


def test_numbers_times_sections_and_cuts() -> None:
    assert [counted(1, "error"), counted(1200, "key"), counted(2, "info")] == ["1 error", "1,200 keys", "2 info"]
    assert moment(datetime(2026, 7, 1, 12, 0, 5, tzinfo=UTC)) == "2026-07-01 12:00:05 UTC"
    assert section(wire.FileOrigin(file="a", section="\u202ex")) == "[\\u202ex]"
    assert section(wire.VariableOrigin(name="A")) == ""
    assert (clamped("abcdef", 4), clamped("abcd", 4)) == ("abc…", "abcd")


def test_an_error_that_may_name_folders_says_less() -> None:
    assert told_of(UnknownRule("There is no rule.", fix="Look.")) == "There is no rule. Look."
    assert "/srv/orders" not in told_of(ProjectError("There is no folder /srv/orders."))
