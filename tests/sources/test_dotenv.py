from io import StringIO

from dynaconf.vendor.dotenv import dotenv_values
from hypothesis import example, given
from hypothesis import strategies as st

from app.sources.dotenv import DotenvVariable, parse_dotenv


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
