"""What a systemd unit gives to its service, by systemd's manual pages."""

from collections.abc import Mapping

import pytest

from app.deployments.source_kinds import kind_of
from app.deployments.systemd import read_unit
from app.deployments.systemd.environment_files import read_environment_file
from app.deployments.systemd.syntax import words
from app.deployments.systemd.units import Unit

UNIT = "[Unit]\nDescription=orders\n\n[Service]\n"


def read(said: str, files: Mapping[str, str] | None = None, *drop_ins: str) -> Unit:
    texts = [("orders.service", UNIT + said), *((f"{number}.conf", text) for number, text in enumerate(drop_ins))]
    return read_unit(texts, lambda path: (path[1:], files[path]) if files and path in files else None)


def values(said: str, files: Mapping[str, str] | None = None, *drop_ins: str) -> dict[str, str | None]:
    return {name: one.value for name, one in read(said, files, *drop_ins).runner.effective.items()}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        # systemd.exec(5), "Environment=", gives this one.
        ('Environment="VAR1=word1 word2" VAR2=word3 "VAR3=$word 5 6"\n',
         {"VAR1": "word1 word2", "VAR2": "word3", "VAR3": "$word 5 6"}),
        ("Environment=A=1\nEnvironment=A=2 B=3\n", {"A": "2", "B": "3"}),
        ("Environment=A=1\nEnvironment=\nEnvironment=B=2\n", {"B": "2"}),
        ("Environment=A=1 \\\n  B=2\n", {"A": "1", "B": "2"}),
        ("Environment=A=1 \\\n# no part of it\n  B=2\n", {"A": "1", "B": "2"}),
        ("Environment=A='x y'z\n", {"A": "x yz"}),
        ('Environment=A=a\\x20b\\tc "B=q\\"q"\n', {"A": "a b\tc", "B": 'q"q'}),
        ("Environment=A=100%% B=%n C=%h D=%p-%i\n", {"A": "100%", "B": "orders.service", "C": None, "D": "orders-"}),
        ("Environment=1A=x A-B=y C\n", {}),
        ("PassEnvironment=A B\nEnvironment=B=1\n", {"A": None, "B": "1"}),
        ("Environment=A=1 B=2 C=3\nUnsetEnvironment=A B=2 C=4\n", {"C": "3"}),
        ("[Install]\nEnvironment=A=1\n", {}),
    ],
)  # fmt: skip
def test_the_environment_of_a_service(said: str, expected: dict[str, str | None]) -> None:
    assert values(said) == expected
    assert read(said).faults == ()


def test_files_are_above_what_the_unit_says_and_drop_ins_above_the_unit() -> None:
    files = {"/etc/orders.env": "A=file\n", "/etc/more.env": "B=more\n"}
    said = "EnvironmentFile=/etc/orders.env\nEnvironment=A=unit B=unit C=unit\n"
    assert values(said, files) == {"A": "file", "B": "unit", "C": "unit"}
    drop_in = "[Service]\nEnvironment=C=drop\nEnvironmentFile=/etc/more.env\n"
    assert values(said, files, drop_in) == {"A": "file", "B": "more", "C": "drop"}
    assert values(said, files, "[Service]\nEnvironmentFile=\n") == {"A": "unit", "B": "unit", "C": "unit"}


def test_a_file_that_is_named_again_counts_once_and_has_the_last_word() -> None:
    files = {"/etc/orders.env": "A=file\n", "/etc/more.env": "A=more\n"}
    named = "EnvironmentFile=/etc/orders.env\nEnvironmentFile=/etc/more.env\n"
    runner = read(named * 3 + "EnvironmentFile=/etc/orders.env\n", files).runner
    assert [one.value for one in runner.variables] == ["more", "file"]


def test_a_file_on_the_host_alone_may_hold_anything() -> None:
    for said in ("EnvironmentFile=/etc/orders.env\n", "EnvironmentFile=-/etc/orders.env\n"):
        (origin,) = read(said).runner.open
        assert (origin.via, origin.span and origin.span.line) == ("EnvironmentFile /etc/orders.env", 5)
    (fault,) = read("EnvironmentFile=orders.env\n").faults
    assert (fault.rule, fault.origin.span and fault.origin.span.line) == ("DEP002", 5)


def test_what_systemd_passes_over_is_told_without_what_it_says() -> None:
    for said in ('Environment=A=1 "B=canary\n', "Environment=A=1 B=\\qcanary\n"):
        found = read(said)
        assert list(found.runner.effective) == ["A"]
        (fault,) = found.faults
        assert (fault.rule, fault.hides, fault.origin.span and fault.origin.span.line) == ("DEP009", None, 5)
        assert "canary" not in fault.message + fault.fix


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1\n\n# B=2\n; C=3\nD\n E = x y \n", {"A": "1", "E": "x y"}),
        ('A=\'x\ny\' B\nC="a\\\nb\\"\\x"\n', {"A": "x\ny" + "B", "C": 'ab"\\x'}),
        ("A=x # no comment\n", {"A": "x # no comment"}),
        ("A=x\\\ny\\ \\\\\n", {"A": "xy \\"}),
        ('A="x"\'y\'\nB=x"y"\n', {"A": "xy", "B": 'x"y"'}),
        ("A=\nexport B=1\n", {"A": ""}),
        ("A=1\r\nB=2\r\n", {"A": "1", "B": "2"}),
        ('A="open', {"A": "open"}),
        ("A='\\", {"A": "\\"}),
    ],
)
def test_a_file_of_variables(text: str, expected: dict[str, str]) -> None:
    found = read_environment_file(text, "orders.env", "EnvironmentFile /etc/orders.env")
    assert {one.name: one.value for one in found} == expected
    assert all(one.secret for one in found)


def test_variables_of_a_file_stand_at_their_lines() -> None:
    found = read_environment_file("A='1\n2'\n\n# x\nB=3\n", "orders.env", "v")
    assert [(one.name, one.origin.span and one.origin.span.line) for one in found] == [("A", 1), ("B", 5)]


def test_words_are_read_up_to_the_first_fault() -> None:
    assert words("a 'b c' \"d\\n\"") == (["a", "b c", "d\n"], True)
    assert words("a 'b") == (["a"], False)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (UNIT, "systemd"),
        ("# a drop-in\n[Service]\nEnvironment=A=1\n", "systemd"),
        ("apiVersion: v1\nkind: ConfigMap\ndata:\n  unit: |\n    [Service]\n", "kubernetes"),
    ],
)
def test_a_unit_is_told_by_its_sections(text: str, kind: str) -> None:
    assert kind_of(text, "x") == kind


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("orders@eu-west.service", "orders@eu-west.service orders@eu-west orders eu-west eu/west orders"),
        ("mail-orders.service", "mail-orders.service mail-orders mail-orders   orders"),
        ("orders@.service", None),
    ],
)
def test_specifiers_are_what_the_units_name_says(unit: str, expected: str | None) -> None:
    found = read_unit([(unit, UNIT + 'Environment="A=%n %N %p %i %I %j"\n')], lambda _: None)
    assert found.runner.effective["A"].value == expected


def test_a_relative_path_is_read_by_nobody_even_where_a_source_has_that_name() -> None:
    found = read("EnvironmentFile=orders.env\n", {"orders.env": "A=x\n"})
    assert (found.runner.variables, [fault.rule for fault in found.faults]) == ((), ["DEP002"])
