import pytest

from app.core.layers import Span
from app.sources.toml import decode, parse

TEXT = """\
top = 1
"quoted.key" = "é"  # comment
[production]
x.y = [1, {z = 2}, [3]]
name = "ü"
[[production.list]]
n = 1
[[production.list]]
n = \"\"\"
two lines\"\"\"
[production.list.sub]
q = 1
"""


def at(line: int, column: int, end_line: int, end_column: int) -> Span:
    return Span(line=line, column=column, end_line=end_line, end_column=end_column)


@pytest.mark.parametrize(
    ("path", "span"),
    [
        (("top",), at(1, 1, 1, 8)),
        (("quoted.key",), at(2, 1, 2, 19)),
        (("production",), at(3, 1, 3, 13)),
        (("production", "x", "y"), at(4, 1, 4, 24)),
        (("production", "x", "y", 1), at(4, 11, 4, 18)),
        (("production", "x", "y", 1, "z"), at(4, 12, 4, 17)),
        (("production", "x", "y", 2, 0), at(4, 21, 4, 22)),
        (("production", "name"), at(5, 1, 5, 11)),
        (("production", "list", 1, "n"), at(9, 1, 10, 13)),
        (("production", "list", 1, "sub", "q"), at(12, 1, 12, 6)),
    ],
)
def test_every_key_and_item_has_its_position_in_characters(path: tuple[str | int, ...], span: Span) -> None:
    assert parse(TEXT, "settings.toml").locate(path) == span


def test_positions_are_found_whatever_the_case() -> None:
    assert parse("[A]\nB = 1\n", "s.toml").locate(("a", "b")) == at(2, 1, 2, 6)


def test_windows_line_ends_do_not_shift_positions() -> None:
    assert parse("[a]\r\nb = 1\r\n", "s.toml").locate(("a", "b")) == at(2, 1, 2, 6)


def test_a_syntax_error_names_its_place() -> None:
    fault = parse("[a]\nb = \n", "s.toml").fault
    assert fault is not None
    assert (fault.rule, fault.origin.span) == ("SRC002", at(2, 5, 2, 6))


def test_endless_nesting_is_a_fault_and_no_crash() -> None:
    fault = parse("a = " + "[" * 100_000, "s.toml").fault
    assert fault is not None
    assert fault.rule == "SRC002"


def test_a_number_that_python_refuses_to_read_is_a_fault_at_its_place() -> None:
    document = decode(f"a = 1\nlong = {'1' * 4301}\n".encode(), "settings.toml")
    assert document.fault
    assert (document.fault.rule, str(document.fault.origin)) == ("SRC002", "settings.toml:2:8")
    assert "4300 digits" in document.fault.message


def test_a_text_that_is_not_closed_is_told_in_plain_words_at_its_line() -> None:
    document = parse('a = 1\nb = "open\nc = 3\n', "settings.toml")
    assert document.fault
    assert document.fault.message == "settings.toml does not parse: the text that begins in this line is not closed."
    assert document.fault.origin.span
    assert document.fault.origin.span.line == 2
