"""The sections of files that do not parse."""

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from app.sources.toml import parse
from app.sources.toml.headers import section_names

WHOLE = """\
loose.port = 1
inline = {a = 1}

[default] # the base
a = 1
rows = [
  ["inner"],
  [ "last" ]
]
text = '''
[nobody]
'''

[production.database]
host = "h"

["eu west"]
b = 1

[[jobs]]
c = 1

[[staging.jobs]]
d = 1
"""


def test_of_a_file_that_parses_the_lines_tell_the_same_tables_as_the_parser() -> None:
    assert tuple(section_names(WHOLE)) == parse(WHOLE, "x.toml").tables


@pytest.mark.parametrize("broken", ['a = "open', "a = ", "[half", "a = '''open", "] = 3", 'a = """', "a = {b = 1"])
def test_a_broken_line_hides_no_section_behind_or_before_it(broken: str) -> None:
    text = f"[default]\na = 1\n[staging]\n{broken}\n[production]\nb = 1\n[testing.pool]\nc = 1\n"

    assert [name for name in section_names(text) if name != "half"] == ["default", "staging", "production", "testing"]


def test_a_header_without_its_bracket_still_names_its_section() -> None:
    assert section_names("[production\nport = 80\n") == ["production"]


@given(st.text(alphabet="[]\"'=.#a \n\\{}", max_size=80))
def test_any_text_has_names_and_those_of_a_whole_one_are_the_parsers(text: str) -> None:
    found = section_names(text)
    try:
        values = tomli.loads(text)
    except tomli.TOMLDecodeError:
        return
    headed = [name for name, value in values.items() if isinstance(value, dict)]
    assert set(found) >= {name for name in headed if f"[{name}]" in text.split("\n")}
