"""What an image brings along, by the Dockerfile reference."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.deployment import Runner
from app.deployments.docker.dockerfile import read_dockerfile
from app.deployments.docker.patterns import UnreadPatternError, changed
from app.deployments.source_kinds import kind_of


def values(said: str, stage: str | None = None) -> dict[str, str | None]:
    return {name: one.value for name, one in runner_of(said, stage).effective.items()}


def runner_of(said: str, stage: str | None = None) -> Runner:
    runner = read_dockerfile(said, "Dockerfile", stage=stage).runner
    assert runner
    return runner


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('ENV MY_NAME="John Doe" MY_DOG=Rex\\ The\\ Dog MY_CAT=fluffy',
         {"MY_NAME": "John Doe", "MY_DOG": "Rex The Dog", "MY_CAT": "fluffy"}),
        ("ENV ONE TWO= THREE=world", {"ONE": "TWO= THREE=world"}),
        ("ENV abc=hello\nENV abc=bye def=$abc\nENV ghi=$abc", {"abc": "bye", "def": "hello", "ghi": "bye"}),
        ("ENV FOO=/bar\nENV A=\\$FOO B='$FOO' C=\"$FOO\" D=${FOO}_x",
         {"FOO": "/bar", "A": "$FOO", "B": "$FOO", "C": "/bar", "D": "/bar_x"}),
        ("ENV A=\nENV B=${A:-d} C=${A-d} D=${A:+x} E=${A+x}", {"A": "", "B": "d", "C": "", "D": "", "E": "x"}),
        ("ENV A=a\nENV B=${NO:-${A}} C=${A:+x${A}y}z D=${A-${NO-${B}}} E=\"${NO:-'}'${A}}\" F=${A:-\\}}",
         {"A": "a", "B": None, "C": "xayz", "D": "a", "E": None, "F": "a"}),
        ("ARG NO=\nENV A=a\nENV B=${NO:-${A}} C=${NO:-${NO:-${A}b}c} D=\"${NO:-'}'${A}}\" E=${NO:-\\}} F=${NO:?x} G=$",
         {"A": "a", "B": "a", "C": "abc", "D": "}a", "E": "}", "F": None, "G": "$"}),
        ("ENV A=1 \\\n  # no part of it\n\n  B=2", {"A": "1", "B": "2"}),
        ('ENV A="x\\y" B="x\\"y" C=x\\y', {"A": "x\\y", "B": 'x"y', "C": "xy"}),
        ("env a=1\nEnv b 2", {"a": "1", "b": "2"}),
        ("ARG V=1.2\nENV V2=$V", {"V2": "1.2"}),
        ("ARG V\nENV V2=$V", {"V2": None}),
        ("ARG V=arg\nENV V=env\nENV W=$V", {"V": "env", "W": "env"}),
        ("ENV A=$OF_THE_BASE", {"A": None}),
        ("RUN <<EOF\nENV A=1\nEOF\nENV B=2", {"B": "2"}),
        ('RUN echo ENV A=1\nCMD ["x"]', {}),
    ],
)  # fmt: skip
def test_the_variables_of_an_image(said: str, expected: dict[str, str | None]) -> None:
    assert values(f"FROM python:3.12\n{said}\n") == expected


def test_the_last_stage_counts_with_what_it_is_built_from() -> None:
    said = (
        "ARG BASE=base\nARG PORT=80\nFROM python AS base\nENV A=1 B=1\n"
        "FROM ${BASE} AS build\nENV B=2\nFROM scratch\nARG PORT\nENV C=$PORT D=$NONE\n"
    )
    assert values(said) == {"C": "80", "D": ""}
    assert values(said, "build") == {"A": "1", "B": "2"}
    assert values(said, "BASE") == {"A": "1", "B": "1"}
    assert read_dockerfile(said, "Dockerfile", stage="none").runner is None


def test_references_that_double_are_given_up_beyond_the_limit() -> None:
    doubled = "".join(f"ENV A{number + 1}=$A{number}$A{number}\n" for number in range(18))
    found = values(f"FROM scratch\nENV A0=xxxxxxxxxxxxxxxx\n{doubled}")
    assert (found["A1"], found["A18"]) == ("x" * 32, None)


def test_stages_that_are_built_from_one_another_take_over_no_more_than_the_limit() -> None:
    stages = "".join(f"FROM s{number} AS s{number + 1}\nENV A{number + 1}=1\n" for number in range(400))
    said = f"FROM x AS s0\nENV A0=1\n{stages}"
    assert len(runner_of(said, "s20").variables) == 21
    assert "A0" not in values(said)


def test_of_two_stages_of_one_name_the_first_is_built_on() -> None:
    said = "FROM x AS a\nENV A=1\nFROM x AS a\nENV A=2\nFROM a\n"
    assert values(said) == {"A": "1"}


@pytest.mark.parametrize(
    "word", ["${B%%\\q}", "${B/a}", "${B", "${}", "${B:-x", "${B:-'}", "x${B:=canary}", "${B:-" * 99]
)
def test_a_reference_that_is_not_read_is_told_where_it_counts(word: str) -> None:
    said = f"FROM x AS one\nENV B=canary.b\nENV A={word}\nFROM one\n"
    found = read_dockerfile(said, "Dockerfile")
    assert values(said)["A"] is None
    (fault,) = found.faults
    assert (fault.rule, fault.hides, fault.origin.span and fault.origin.span.line) == ("DEP009", None, 3)
    assert "canary" not in repr(found.faults)
    assert read_dockerfile(f"{said}ENV A=a\n", "Dockerfile").faults == ()


def test_another_escape_character() -> None:
    assert values("# escape=`\nFROM x\nENV A=C:\\x `\n  B=2\n") == {"A": "C:\\x", "B": "2"}


def test_variables_stand_at_their_instruction() -> None:
    runner = runner_of("FROM x\n\n# y\nENV A=1 \\\n B=2\n")
    assert [one.origin.span and one.origin.span.line for one in runner.variables] == [4, 4]


@pytest.mark.parametrize("text", ["FROM x\n", "# syntax=docker/dockerfile:1\n\nARG A=1\nFROM x\n", "from x\n"])
def test_a_dockerfile_is_told_by_its_first_instruction(text: str) -> None:
    assert kind_of(text, "Dockerfile") == "dockerfile"


@pytest.mark.parametrize(
    ("word", "value"),
    [
        # The Dockerfile reference gives these: `str=foobarbaz`.
        ("${S#f*b}", "arbaz"), ("${S##f*b}", "az"), ("${S%b*}", "foobar"), ("${S%%b*}", "foo"),
        ("${S/ba/fo}", "fooforbaz"), ("${S//ba/fo}", "fooforfoz"),
        ("${S#x}", "foobarbaz"), ("${S%baz}", "foobar"), ("${S#???}", "barbaz"), ("${S/b?r/}", "foobaz"),
        ("${U#x}", ""), ("${S#*******}", "foobarbaz"), ("${S##*******}", ""),
        ("${V%%.*}", "1"), ("${V#*.}", "2.3"), ("${V##*.}", "3"), ("${V//./-}", "1-2-3"), ("${P/\\//_}", "a_b"),
        ("${V%.${T}}", "1.2"), ("${U:-${V%%.*}}", "1"),
    ],
)  # fmt: skip
def test_patterns_in_references(word: str, value: str) -> None:
    said = f"FROM scratch\nENV S=foobarbaz V=1.2.3 T=3 P=a/b\nENV A={word}\n"
    assert values(said)["A"] == value


@pytest.mark.parametrize(
    ("beginning", "escape"),
    [
        ("# escape=`\n", "`"), ("# syntax=docker/dockerfile:1\n# ESCAPE = `\n", "`"),
        ("# note\n# escape=`\n", "\\"),
        ("\n# escape=`\n", "\\"), ("ARG X\n# escape=`\n", "\\"), ("#escape=`\n", "`"),
    ],
)  # fmt: skip
def test_directives_stand_before_all_else(beginning: str, escape: str) -> None:
    assert values(f"{beginning}FROM scratch\nENV A=1 {escape}\n  B=2\n") == {"A": "1", "B": "2"}


BY_BACKTRACKING = {"*": ".*", "?": "."}


@given(st.text("ab", max_size=7), st.text("ab*?", max_size=6), st.sampled_from(["#", "##", "%", "%%", "/", "//"]))
def test_patterns_are_those_of_expressions_that_try_everything(value: str, pattern: str, operator: str) -> None:
    """As the build has them, which makes an expression of each; what is found in no letters right behind is passed."""
    greedy = "".join(BY_BACKTRACKING.get(letter, letter) for letter in pattern)
    lazy = greedy.replace("*", "*?")
    expected = {
        "#": lambda: re.sub(f"^{lazy}", "", value, count=1),
        "##": lambda: re.sub(f"^{greedy}", "", value, count=1),
        "%": lambda: next((value[:at] for at in range(len(value), -1, -1) if re.fullmatch(greedy, value[at:])), value),
        "%%": lambda: next((value[:at] for at in range(len(value) + 1) if re.fullmatch(greedy, value[at:])), value),
        "/": lambda: re.sub(greedy, "-", value, count=1),
        "//": lambda: re.sub(greedy, lambda one: "-" if one[0] or not _is_behind(value, one, greedy) else "", value),
    }
    assert changed(value, operator, pattern, "-") == expected[operator]()


def _is_behind(value: str, empty: re.Match[str], expression: str) -> bool:
    return any(one[0] and one.end() == empty.start() for one in re.finditer(expression, value))


@pytest.mark.parametrize("operator", ["#", "##", "%", "%%", "/", "//"])
@pytest.mark.parametrize("pattern", ["*a*a*ab", "b" + "a*" * 9 + "c", "?" * 60 + "b", "a*" * 40 + "b"])
def test_a_pattern_takes_no_longer_than_its_length_times_the_values(operator: str, pattern: str) -> None:
    """One that tries everything would not come to an end here."""
    assert changed("a" * 2000, operator, pattern) == "a" * 2000


def test_a_pattern_that_is_looked_for_too_long_is_not_read() -> None:
    with pytest.raises(UnreadPatternError):
        changed("a" * 5000, "//", "?" * 100 + "b")
