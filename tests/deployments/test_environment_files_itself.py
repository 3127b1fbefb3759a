"""Files of variables as systemd itself reads them: its generator of environments prints what it makes of one."""

import re
import subprocess
from pathlib import Path
from random import Random

import pytest

from app.deployments.systemd.environment_files import read_environment_file

GENERATOR = Path("/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator")
TEXTS = 200
PIECES = [
    *("A", "B", "C_1", "=", "=", "=", "\n", "\n", "\n", "x", "word", " ", " ", "\t", "#", ";", '"', '"', "'", "'"),
    *("\\", "\\n", '\\"', "\\\\", "\\\n", "export ", "1", "-", "é", "\r", "\r\n", ",", "`", ":", "#x"),
]
_ESCAPED = re.compile(r"\\(?:x([0-9a-f]{2})|(.))", re.DOTALL)
_LETTERS = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))


def line(random: Random) -> str:
    """A line as people write them, or, now and then, none."""
    begin = random.choice(["A=", "B=", "C_1=", " A = ", "A='", 'B="', "# A=", "", "export A="])
    return begin + "".join(random.choices(PIECES, k=random.randint(0, 7))) + random.choice(["\n", "'\n", '"\n'])


def told(text: str, home: Path) -> dict[str, str]:
    """The variables of a file that are not empty, as systemd tells them."""
    (home / "environment.d").mkdir(exist_ok=True)
    (home / "environment.d/00.conf").write_bytes(text.encode())
    environ = {"XDG_CONFIG_HOME": str(home), "HOME": str(home)}
    ran = subprocess.run([GENERATOR], env=environ, capture_output=True, check=False)
    lines = (line.partition("=")[::2] for line in ran.stdout.decode().split("\n"))
    return {name: unescaped(value) for name, value in lines if len(name) < len("EVERY_OTHER") and value}


def unescaped(value: str) -> str:
    said = value.removeprefix("$")
    if said[:1] not in {'"', "'"}:
        return value
    return _ESCAPED.sub(lambda one: chr(int(one[1], 16)) if one[1] else _LETTERS.get(one[2], one[2]), said[1:-1])


@pytest.mark.skipif(not GENERATOR.exists(), reason="there is no systemd: install it (Debian: apt install systemd)")
def test_variables_of_a_file_are_those_that_systemd_reads(tmp_path: Path) -> None:
    wrong, count = {}, 0
    for seed in range(TEXTS):
        random = Random(seed)  # noqa: S311 - no secret depends on it
        text = "".join(line(random) for _ in range(random.randint(1, 4)))
        stock = {name: value for name, value in told(text, tmp_path).items() if value}
        own = {one.name: one.value for one in read_environment_file(text, "x.env", "x") if one.value}
        count += len(own)
        if own != stock:
            wrong[text] = (own, stock)
    assert wrong == {}
    assert count > TEXTS / 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [('A="x\r\ny"\r\nB=z\r\n', {"A": "x\r\ny", "B": "z"}), ("=A\\\nB=1\nC=2\rD=3", {"C": "2", "D": "3"})],
)
def test_ends_of_lines_and_lines_without_a_name(text: str, expected: dict[str, str]) -> None:
    found = {one.name: one.value for one in read_environment_file(text, "x.env", "x")}
    assert {name: found[name] for name in expected} == expected
