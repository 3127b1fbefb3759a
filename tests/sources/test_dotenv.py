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
