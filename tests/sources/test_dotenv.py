from io import StringIO

from dynaconf.vendor.dotenv import dotenv_values
from dynaconf.vendor.dotenv.parser import parse_stream
from hypothesis import example, given
from hypothesis import strategies as st

from app.sources.dotenv import DotenvVariable, parse_dotenv, unread_lines


def test_each_variable_knows_its_line() -> None:
    found = parse_dotenv("# comment\n\nA=1\n\nexport B='two'\n", {})
    assert found == {"A": DotenvVariable(value="1", line=3), "B": DotenvVariable(value="two", line=5)}


def test_references_find_the_real_environment_first_then_earlier_lines_then_their_default() -> None:
    found = parse_dotenv("A=file\nB=${A}-${C:-none}-${D}\n", {"D": "real"})
    assert found["B"].value == "file-none-real"
    assert parse_dotenv("A=file\nB=${A}\n", {"A": "real"})["B"].value == "real"


def test_a_line_without_a_value_sets_nothing() -> None:
    assert parse_dotenv("A\nB=\n", {}) == {"B": DotenvVariable(value="", line=2)}


PIECES = ("${A}", "${B:-none}", "${A:-}", "${B:x}", "${", "$", "}", ":", "-", "a b", "${${A}}", "${A", "${A:-${B}}")


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=4).map("".join), min_size=1, max_size=4))
@example(["${A:x}${A}"])
@example(["${A:-x}${B:y}", "${A}"])
def test_references_are_those_of_the_library_itself(values: list[str]) -> None:
    text = "".join(f"{name}={value}\n" for name, value in zip("ABAC", values, strict=False))
    theirs = dotenv_values(stream=StringIO(text))
    assert {name: one.value for name, one in parse_dotenv(text, {}).items()} == dict(theirs)


LINES = (
    *("A=1", "B_2=x:y/z@h", "A=", "export A=1", "export=1", "A", "A b=1", "=", "A=1 # said", "A=1#2", "A='x", "y'"),
    *("'A'=1", 'A="1\\n', '2"', "A = 1", " A=1", "A.B=1", "2A=1", "É=é", "A=é", "# A=1", "A=x\\", "A=a=b", "A=\t"),
    *("A=x\x0by", "A=x\x85", "A=\N{LINE SEPARATOR}"),
)


@given(st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(["\n", "\n", "\r\n", "\r", "\n\n", ""]))))
def test_statements_are_those_of_the_library_itself(lines: list[tuple[str, str]]) -> None:
    text = "".join(line + end for line, end in lines)
    theirs = [(one, _line(one.original.string, one.original.line)) for one in parse_stream(StringIO(text))]
    stated = {one.key: (one.value, line) for one, line in theirs if None not in {one.key, one.value}}
    assert {name: (one.value, one.line) for name, one in parse_dotenv(text, {}).items()} == stated
    assert list(unread_lines(text)) == [line for one, line in theirs if one.error]


def _line(said: str, first: int) -> int:
    """The line of a statement, whose text may begin with blank lines."""
    return first + said[: len(said) - len(said.lstrip())].count("\n")
