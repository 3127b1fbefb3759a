"""What a unit of Podman's gives to its container: what Podman's own generator makes of it, and its files' rules."""

from collections.abc import Mapping

import pytest

from app.deployments.source_kinds import kind_of
from app.deployments.systemd.quadlet import read_quadlet
from app.deployments.systemd.units import Unit

UNIT = "[Unit]\nDescription=orders\n\n[Container]\nImage=registry.example.com/orders:1\n"


def read(said: str, files: Mapping[str, str] | None = None, *drop_ins: str) -> Unit:
    texts = [("orders.container", UNIT + said), *((f"{number}.conf", text) for number, text in enumerate(drop_ins))]
    return read_quadlet(texts, lambda path: (path, files[path]) if files and path in files else None)


def values(said: str, files: Mapping[str, str] | None = None, *drop_ins: str) -> dict[str, str | None]:
    return {name: one.value for name, one in read(said, files, *drop_ins).runner.effective.items()}


@pytest.mark.parametrize(
    ("said", "expected"),
    [  # what `quadlet -dryrun` of Podman 5.8 puts behind --env
        ('Environment=A=1 "B=two words"\n', {"A": "1", "B": "two words"}),
        ("Environment='E=x y' F\n", {"E": "x y", "F": None}),
        ('Environment=G="q r" H=a\\x20b "I=a\\"b"\n', {"G": "q r", "H": "a b", "I": 'a"b'}),
        ("Environment=A=1\nEnvironment=\nEnvironment=C=2 X-Y=1\nEnvironment=C=3\n", {"C": "3", "X-Y": "1"}),
        ("Environment=C=c%%d D=%n E=%h\n", {"C": "c%d", "D": "orders.service", "E": None}),
        ("Secret=kept,type=env,target=A\nSecret=B,type=env\nSecret=file\n", {"A": None, "B": None}),
        ("[Service]\nEnvironment=A=podmans\n", {}),
    ],
)
def test_the_environment_of_a_container(said: str, expected: dict[str, str | None]) -> None:
    assert values(said) == expected
    assert read(said).faults == ()


def test_what_the_unit_says_is_above_files_and_a_drop_in_above_the_unit() -> None:
    files = {"./one.env": 'A=file\nB="as it stands" # all\n# C=x\n  D = d\nE\nA=later\r\n'}
    said = "Environment=F=unit G=unit\nEnvironmentFile=./one.env\nEnvironment=D=unit\n"
    assert values(said, files, "[Container]\nEnvironment=G=drop\n") == {
        "A": "later", "B": '"as it stands" # all', "D ": " d", "E": None, "F": "unit", "G": "drop", "D": "unit",
    }  # fmt: skip


@pytest.mark.parametrize(
    "said", ["EnvironmentFile=/etc/orders.env", "EnvironmentFile=%h/orders.env", "EnvironmentHost=true"]
)
def test_what_is_on_the_host_alone_may_hold_anything(said: str) -> None:
    assert len(read(said).runner.open) == 1


def test_a_file_beside_the_unit_that_is_not_there_is_told() -> None:
    assert [fault.rule for fault in read("EnvironmentFile=away.env\n").faults] == ["DEP002"]


def test_its_kind_is_told_by_its_section() -> None:
    assert kind_of(f"# note\n{UNIT}[Service]\nRestart=always\n", "orders.container") == "quadlet"
