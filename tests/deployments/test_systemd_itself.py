"""`Environment=` as systemd itself reads it: its manager loads generated units, and tells what it would give them."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from app.deployments.systemd import read_unit

SYSTEMD = Path("/lib/systemd/systemd")
UNITS = 200
NOBODY = 65534
NAMES = ["u{}", "u{}", "a-u{}", "u{}@eu-west", "u{}@x\\x2dy"]
PIECES = [
    *("A", "B2", "_C", "1X", "D-E", "=", "=", "=", "x", "word", " ", " ", "\t", "#", ";", ",", "é", "%%", "$H"),
    *("%n", "%p", "%i", "%N", "%j", "%P"),
    *('"', '"', "'", "'", "\\t", "\\x41", "\\101", "\\u00e9", '\\"', "\\\\", "\\s", "\\q", " \\\n ", " \\\n# no\n"),
]
WELL_FORMED = ["A=1", '"B=two words"', "C=", "'D=x y'", 'E="q"', "A=2", "F=100%%", "G=a\\x20b", "H=é"]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that anybody may enter: systemd's manager does not tell root."""
    with tempfile.TemporaryDirectory(prefix="assay-units-", dir="/var/tmp") as name:
        made = Path(name)
        made.chmod(0o755)
        (made / "run").mkdir(mode=0o700)
        (made / "systemd/user").mkdir(parents=True)
        if os.geteuid() == 0:
            os.chown(made / "run", NOBODY, NOBODY)
        yield made


def unit(seed: int) -> str:
    random = Random(seed)  # noqa: S311 - no secret depends on it
    lines = []
    for _ in range(random.randint(1, 3)):
        if random.random() < 0.1:
            lines.append("Environment=")
        elif random.random() < 0.4:
            lines.append("Environment=" + " ".join(random.choices(WELL_FORMED, k=3)))
        else:
            lines.append("Environment=" + "".join(random.choices(PIECES, k=random.randint(1, 14))))
    return "[Service]\nExecStart=/bin/true\n" + "\n".join(lines) + "\n"


def told(folder: Path) -> dict[str, list[str]]:
    """The variables of every unit, as the manager tells them."""
    environ = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder / "run"), "XDG_CONFIG_HOME": str(folder)}
    dropped = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
    command = [*dropped, str(SYSTEMD), "--user", "--test", "--unit=all.target", "--no-pager"]
    ran = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    found: dict[str, list[str]] = {}
    name = ""
    for line in ran.stdout.splitlines():
        if begun := re.match(r"\t-> Unit (.*):$", line):
            name = begun[1]
            found[name] = []
        elif line.startswith("\t\tEnvironment: "):
            found[name].append(line.removeprefix("\t\tEnvironment: "))
    return found


@pytest.mark.skipif(not SYSTEMD.exists() or not shutil.which("setpriv"), reason="there is no systemd")
def test_variables_are_those_that_systemd_gives(folder: Path) -> None:
    units = {f"{NAMES[seed % len(NAMES)].format(seed)}.service": unit(seed) for seed in range(UNITS)}
    for name, text in units.items():
        (folder / "systemd/user" / name).write_text(text)
    (folder / "systemd/user/all.target").write_text(f"[Unit]\nWants={' '.join(units)}\n")
    stock = told(folder)
    assert stock.keys() >= units.keys()
    assert sum(map(len, stock.values())) > UNITS
    wrong = {}
    for name, text in units.items():
        found = read_unit([(name, text)], lambda _: None).runner.effective
        own = sorted(f"{one.name}={one.value}" for one in found.values())
        if own != sorted(stock[name]):
            wrong[name] = (text, own, stock[name])
    assert wrong == {}
