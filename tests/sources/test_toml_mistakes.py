"""What is wrong with a text that is no TOML, in the words of whoever wrote it."""

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from app.sources.toml import parse

TWICE = "{} stands twice, first in line {}."
HEADER = "the table's header that begins in this line is not closed."
FOLLOWED = "something follows a table's header in its line."
PARTS = "{} has its value, or keys, from line {} already."
CONFLICT = "a merge left a conflict here, down to line {}."
OPEN = "the text that begins in this line is not closed."


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[p]\na = 1\na = 2\n", 3, TWICE.format("p.a", 2)),
        ("[p]\na = 1\n\n[p]\nb = 1\n", 4, TWICE.format("p", 1)),
        ("[p.q]\na = 1\n[p.q]\n", 3, TWICE.format("p.q", 1)),
        ("[p]\nx = { a = 1, a = 2 }\n", 2, TWICE.format("p.x.a", 2)),
        ("[p]\nx = 1\n[p.x]\n", 3, TWICE.format("p.x", 2)),
        ("[p]\na.b = 1\n[p.a]\nc = 1\n", 3, PARTS.format("p.a", 2)),
        ("[p]\na = 1\n[p.a.b]\nc = 1\n", 3, PARTS.format("p.a", 2)),
        ("p.a = 1\n[p]\nb = 1\n", 2, PARTS.format("p", 1)),
        ("[p]\nx = { a = 1 }\nx.b = 1\n", 3, PARTS.format("p.x", 2)),
        ("[p]\na = 'open\nb = 1\n", 2, OPEN),
        ('[p]\na = """open\nb = 1\n', 2, OPEN),
        ("[p]\na = '''x'''\nb = '''open\nc = 1\n", 3, OPEN),
        ('[p]\na = "x"\nb = "open', 3, OPEN),
        ("[p]\na = [1\nb = 2\n", 3, "unclosed array."),
        ("[p]\na = 1\n[p\n", 3, HEADER),
        ("[p]\na = 1\n[p.q # more\n", 3, HEADER),
        ("[p]\na = 1\n[[p", 3, HEADER),
        ("[p]\na = 1\n[[p.q]\n", 3, HEADER),
        ("[p]\na = 1\n[r q]\n", 3, "expected ']' at the end of a table declaration."),
        ("[p] a = 1\n", 1, FOLLOWED),
        ("[p]\na = 1\n[p] b = 2\n", 3, FOLLOWED),
        ("[[p.q]] a = 'x'\n", 1, FOLLOWED),
        ("[p]\na = 1\n[p] # twice\n", 3, TWICE.format("p", 1)),
        ("a = [\n[1]] b = 2\n", 2, "expected newline or end of document after a statement."),
        ("[p]\n<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> other\n", 2, CONFLICT.format(6)),
        ("[p]\na = [\n<<<<<<< a\n1,\n||||||| b\n=======\n2,\n>>>>>>> c\n]", 3, CONFLICT.format(8)),
        ("[p]\n<<<<<<< HEAD\na = 1\n", 2, "invalid statement."),
        ("[p]\n>>>>>>> HEAD\n", 2, "invalid statement."),
    ],
)
def test_what_is_wrong_is_told_at_its_line(text: str, line: int, message: str) -> None:
    fault = parse(text, "settings.toml").fault
    assert fault
    assert fault.message == f"settings.toml does not parse: {message}"
    assert fault.origin.span
    assert fault.origin.span.line == line
    assert fault.fix


PIECES = ["[p]", "[[p]]", "[p.q]", "a", "b", ".", " = ", "1", '"', "'", '"""', "{", "}", "[", "]", ",", "\n", "x", "é"]


@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
def test_whatever_the_parser_refuses_has_a_place_and_plain_words(text: str) -> None:
    fault = parse(text, "settings.toml").fault
    try:
        tomli.loads(text)
    except tomli.TOMLDecodeError:
        assert fault
        assert fault.origin.span
        assert 1 <= fault.origin.span.line <= text.count("\n") + 1
        assert "('" not in fault.message
    else:
        assert fault is None
