"""What a service is given, by the Compose specification."""

from collections.abc import Mapping

import pytest
from compose_peer import ANSWERED, Answered, complaints
from compose_peer import read as peer_read

from app.core.findings import Fault
from app.deployments.compose import Services, read_services
from app.deployments.expanding import Allowance


def read(files: Mapping[str, str], name: str | None = None) -> Services:
    def found(file: str) -> str | Fault | None:
        return files.get(file)

    return read_services({"compose.yaml": files["compose.yaml"]}, found, Allowance(), name=name)


def values(files: Mapping[str, str], name: str | None = "api") -> dict[str, str | None]:
    (runner,) = read(files, name).runners
    return {name: one.value for name, one in runner.effective.items()}


def service(said: str) -> dict[str, str]:
    return {"compose.yaml": f"services:\n  api:\n    {said}\n"}


@pytest.mark.parametrize("one", ANSWERED, ids=lambda one: one.name)
def test_services_are_given_what_compose_said(one: Answered) -> None:
    assert complaints(peer_read(one.project), one.given if one.given is not None else "it is refused") == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("environment: { APP_A: x, APP_B: 'y' }", {"APP_A": "x", "APP_B": "y"}),
        ("environment: [APP_A=x, 'APP_B=y=z']", {"APP_A": "x", "APP_B": "y=z"}),
        ("environment: [APP_A]", {"APP_A": None}),
        ("environment: { APP_A: }", {"APP_A": None}),
        # What a process is handed is one text, whose first = ends the name.
        ("environment: { 'APP_A=x': y, 'APP_B=z': }", {"APP_A": "x=y", "APP_B": "z"}),
        ("environment: { APP_A: '${X:-d}' }", {"APP_A": "d"}),
        ("environment: { APP_A: '${X-d}-$$x' }", {"APP_A": "d-$x"}),
        ("environment: { APP_A: '${X:?say it}' }", {"APP_A": None}),
        ("environment: { APP_A: '${X}' }", {"APP_A": None}),
        ("environment: { APP_A: '${X:+there}' }", {"APP_A": ""}),
        ("environment: { APP_A: '${X:-${Y:-z}}', APP_B: '${X:-a${Y:-b}c}d', APP_C: '${X-${Y}}' }",
         {"APP_A": "z", "APP_B": "abcd", "APP_C": None}),
        ("environment: { APP_A: 1e3, APP_B: 0o17, APP_C: True, APP_D: on, APP_E: 1.50, APP_F: 8080 }",
         {"APP_A": "1000", "APP_B": "15", "APP_C": "true", "APP_D": "on", "APP_E": "1.5", "APP_F": "8080"}),
        # What is too large for Go's numbers is a text to it.
        (f"environment: {{ APP_A: 0x{'f' * 400}, APP_B: {'9' * 400}, APP_C: 1e999, APP_D: -.inf, APP_E: {2**64} }}",
         {"APP_A": f"0x{'f' * 400}", "APP_B": "9" * 400, "APP_C": "1e999", "APP_D": "-Inf",
          "APP_E": "1.8446744073709552e+19"}),
    ],
)  # fmt: skip
def test_environment_is_a_map_or_a_list(said: str, expected: dict[str, str | None]) -> None:
    assert values(service(said)) == expected


@pytest.mark.parametrize(
    ("value", "told"), [("1e3", 1), ("0o17", 1), ("True", 1), ("2026-01-01", 1), ("8080", 0), ("on", 0)]
)
def test_what_compose_writes_otherwise_is_told(value: str, told: int) -> None:
    faults = read(service(f"environment: {{ APP_A: {value} }}")).faults
    assert [fault.rule for fault in faults] == ["DEP007"] * told


@pytest.mark.parametrize("entry", ["'APP_A: canary-x'", "APP_A: canary-x", "'=canary-x'", "[canary-x]"])
def test_an_entry_that_names_no_variable_is_told_and_shows_nothing(entry: str) -> None:
    found = read(service(f"environment: [{entry}, APP_B=b]"))
    assert list(found.runners[0].effective) == ["APP_B"]
    assert [fault.rule for fault in found.faults] == ["DEP009"]
    assert "canary" not in repr(found.faults)


def test_the_dotenv_beside_the_file_fills_references() -> None:
    files = {**service("environment: { APP_A: '${X}', APP_B: }"), ".env": "X=canary\nAPP_B=b\n"}
    assert values(files) == {"APP_A": "canary", "APP_B": "b"}
    assert all(one.secret for one in read(files).runners[0].effective.values())


@pytest.mark.parametrize("value", ["canary-${X", "${}canary", "canary${X:}"])
def test_a_brace_that_begins_no_reference_is_told(value: str) -> None:
    found = read(service(f"environment: {{ APP_A: '{value}' }}"))
    assert (found.runners[0].effective["APP_A"].value, [fault.rule for fault in found.faults]) == (None, ["DEP009"])
    assert "canary" not in repr(found.faults)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("APP_A=$HOST.internal", "db.internal"),
        ("APP_A=${HOST}", "db"),
        ("APP_A=${BESIDE}", "beside"),
        ("APP_A='${HOST}'", "${HOST}"),
        ('APP_A="${HOST} $HOST"', "db db"),
        ("APP_A=pa$$word", "pa$word"),
        ('APP_A="pa\\$word"', "pa$word"),
        ("APP_A=pa$word", None),
        ("APP_A: $HOST", "db"),
        ("APP_A=${UNKNOWN:-d}", "d"),
        ("APP_A", None),
        ("BESIDE=mine\nAPP_A=${BESIDE}", "beside"),
    ],
)
def test_an_env_file_is_read_as_compose_reads_it(said: str, expected: str | None) -> None:
    files = service("env_file: [one.env]") | {"one.env": f"HOST=db\n{said}\n", ".env": "BESIDE=beside\n"}
    assert values(files)["APP_A"] == expected


@pytest.mark.parametrize("line", ["APP_B='canary", "canary words", "APP_B=canary${", 'APP_B="canary'])
@pytest.mark.parametrize("file", ["one.env", ".env"])
def test_a_line_of_an_env_file_that_cannot_be_read_is_told_once(line: str, file: str) -> None:
    files = service("env_file: [one.env]") | {"one.env": "", file: f"\ufeffAPP_A=a\n{line}\n"}
    found = read({**files, "compose.yaml": files["compose.yaml"] + "  other: { env_file: one.env }\n"})
    (fault,) = found.faults
    assert (fault.rule, fault.hides, fault.origin.file, fault.origin.span and fault.origin.span.line) == (
        "DEP009", None, file, 2)  # fmt: skip
    assert "canary" not in repr(found.faults)
    if file == "one.env":
        assert found.runners[0].effective["APP_A"].value == "a"


def test_a_raw_env_file_is_taken_as_it_stands() -> None:
    said = "\ufeff# APP_B=x\nAPP_A='$X' # y\r\nAPP_C=a\u2028b\n\nBESIDE\n"
    files = service("env_file: [{ path: one.env, format: raw }]") | {"one.env": said, ".env": "BESIDE=b\n"}
    assert values(files) == {"APP_A": "'$X' # y", "APP_C": "a\u2028b", "BESIDE": "b"}


def test_what_an_extended_service_says_is_above_the_env_file_of_the_one_that_extends_it() -> None:
    text = "services:\n  base:\n    environment: [APP_A=base]\n  api:\n    extends: base\n    env_file: one.env\n"
    assert values({"compose.yaml": text, "one.env": "APP_A=file\nAPP_B=b\n"}) == {"APP_A": "base", "APP_B": "b"}


def test_environment_wins_over_env_file() -> None:
    files = {**service("env_file: [one.env, two.env]\n    environment: { APP_C: env }"),
             "one.env": "APP_A=1\nAPP_B=1\n", "two.env": "APP_B=2\nAPP_C=2\n"}  # fmt: skip
    assert values(files) == {"APP_A": "1", "APP_B": "2", "APP_C": "env"}
    assert read(files).runners[0].effective["APP_B"].origin.via == "env_file two.env"


def test_an_env_file_that_is_not_there_is_told_but_for_one_that_need_not_be() -> None:
    (fault,) = read(service("env_file: away.env")).faults
    assert (fault.rule, fault.origin.span.line) == ("DEP002", 3)  # type: ignore[union-attr]
    assert read(service("env_file: [{ path: away.env, required: false }]")).faults == ()
    assert [one.via for one in read(service("env_file: /etc/app.env")).runners[0].open] == ["env_file /etc/app.env"]


def test_anchors_merge_keys_and_extends_are_followed() -> None:
    text = """\
x-common: &common
  APP_A: common
  APP_B: common
services:
  base:
    environment: { APP_C: base, APP_A: base }
  api:
    extends: { service: base }
    environment:
      <<: *common
      APP_B: own
"""
    assert values({"compose.yaml": text}) == {"APP_C": "base", "APP_A": "common", "APP_B": "own"}


def test_what_extends_itself_ends() -> None:
    files = service("extends: api\n    environment: { APP_A: x }")
    assert values(files) == {"APP_A": "x"}


def test_a_file_that_is_named_again_counts_once_in_its_first_place() -> None:
    files = {**service("env_file: [one.env, two.env, one.env, two.env, one.env]"),
             "one.env": "APP_A=one\n", "two.env": "APP_A=two\n"}  # fmt: skip
    (runner,) = read(files).runners
    assert [one.value for one in runner.variables] == ["one", "two"]


def test_all_references_together_are_given_up_beyond_the_limit() -> None:
    named = ", ".join(f"APP_{number}: '${{LONG}}'" for number in range(150))
    found = values({**service(f"environment: {{ {named} }}"), ".env": f"LONG={'x' * 10_000}\n"})
    assert (found["APP_0"], found["APP_149"]) == ("x" * 10_000, None)


def test_includes_that_double_are_given_up() -> None:
    files = {f"c{n}.yaml": f"include: [c{n + 1}.yaml, c{n + 1}.yaml]\nservices: {{}}\n" for n in range(40)}
    found = read({**files, "compose.yaml": files["c0.yaml"], "c40.yaml": "services: {}\n"})
    assert {fault.rule for fault in found.faults} == {"DEP009"}
    assert any("more than 1000 files" in fault.message for fault in found.faults)


def test_marks_below_each_other_are_looked_for_once() -> None:
    levels = "".join(f"x{n}: &x{n} {{ <<: [*x{n - 1}], a: *x{n - 1}, b: *x{n - 1} }}\n" for n in range(1, 9))
    files = {"compose.yaml": f"x0: &x0 {{ environment: !reset null }}\n{levels}services: *x8\n"}
    assert [one.label for one in read(files).runners] == ["service a", "service b"]


def test_a_thousand_references_on_a_line_are_read_in_turn() -> None:
    assert values(service(f"environment: {{ APP_A: '{'${X:-b}' * 1000}' }}"))["APP_A"] == "b" * 1000
