"""What searches every test for secrets finds them, by whichever way they get out."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from leaks import leaks

TESTS = Path(__file__).parent

LEAKING = """\
import logging, os, subprocess, sys
import httpx, pytest
from canaries import known
from app.core.errors import TargetError

SECRET = "canary-1"
LOG = logging.getLogger("some.library")

def test_printed():
    print(SECRET)

def test_written_to_the_terminal():
    os.write(2, SECRET.encode())

def test_captured(capsys):
    print(SECRET)
    assert capsys.readouterr().out

def test_coloured():
    print("canary-\\x1b[1m1")

def test_numeric():
    print(30417720000000 + 1)

def test_of_a_known_shape():
    print(known("k7w2!qZx"))

def test_shown_by_a_command(project):
    files = {"settings.toml": f"[default]\\npassword = '{SECRET}'\\n"}
    assert SECRET in project(files).assay("show", "--reveal").out

def test_said_by_a_process():
    subprocess.run([sys.executable, "-c", f"print('{SECRET}')"], capture_output=True, check=True)

def test_told_in_an_error():
    with pytest.raises(TargetError):
        raise TargetError("not usable", errors={"url": f"{SECRET} is no URL"})

@pytest.fixture
def late():
    yield
    print(SECRET)

def test_told_after_the_test(late):
    pass

@pytest.fixture(scope="module")
def early():
    print(SECRET)

def test_told_before_the_test(early):
    pass

def test_thereafter_nobody_answers_for_others(early):
    print("a canary")

@pytest.mark.reveals("it is asked for")
def test_revealed_where_it_is_asked_for():
    print(SECRET)

@pytest.mark.reveals
def test_revealed_for_no_reason():
    print(SECRET)

@pytest.mark.reveals("it was asked for, once")
def test_that_reveals_nothing():
    pass
"""

LOGGED = """\
def test_logged():
    LOG.debug("connected as %s", SECRET)

def test_logged_beside_the_message():
    LOG.info("connected", extra={"user": SECRET})
"""

TRACED = """\
def test_logged_with_an_error():
    try:
        raise ValueError(SECRET)
    except ValueError:
        LOG.exception("not connected")
"""

ANSWERING = """\
async def test_answered(ask, project):
    async with ask(project().root) as client:
        assert (await client.get(f"/{SECRET}")).status_code == 404

async def test_answered_in_a_header(ask, project):
    async with ask(project().root) as client:
        await client.get("/health/live", headers={"X-Request-ID": SECRET})

async def test_counted(ask, project):
    async with ask(project().root) as client:
        client.app.state.metrics.answered("GET", SECRET, 200, 0.1)

async def test_sent_by_another_process():
    assert await httpx.Response(200, content=a_stream()).aread() == SECRET.encode()

async def a_stream():
    yield SECRET.encode()
"""

FOUND: Mapping[str, str] = {
    "test_printed": "Captured stdout call",
    "test_written_to_the_terminal": "Captured stderr call",
    "test_captured": "output",
    "test_coloured": "Captured stdout call",
    "test_numeric": "Captured stdout call",
    "test_of_a_known_shape": "Captured stdout call",
    "test_shown_by_a_command": "output",
    "test_said_by_a_process": "process",
    "test_told_in_an_error": "error",
    "test_told_after_the_test": "Captured stdout teardown",
    "test_told_before_the_test": "Captured stdout setup",
    "test_revealed_for_no_reason": "Say why",
    "test_that_reveals_nothing": "Nothing was revealed",
    "test_logged": "log",
    "test_logged_beside_the_message": "log",
    "test_logged_with_an_error": "log",
}
FOUND_IN_THE_SERVICE: Mapping[str, str] = {
    "test_logged": "log",
    "test_logged_beside_the_message": "log",
    "test_answered": "answer",
    "test_answered_in_a_header": "answer",
    "test_counted": "metrics",
    "test_sent_by_another_process": "answer",
}


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """What is found in a suite that leaks, by file and test; the run itself says nothing here."""
    root = tmp_path_factory.mktemp("leaking")
    (root / "web").mkdir()
    for name in ("conftest.py", "web/conftest.py"):
        shutil.copy(TESTS / name, root / name)
    (root / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\nanyio_mode = auto\n")
    (root / "test_commands.py").write_text(LEAKING + LOGGED + TRACED)
    (root / "web" / "test_service.py").write_text(LEAKING.partition("def test_")[0] + LOGGED + TRACED + ANSWERING)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junit-xml", "found.xml"]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS)])}
    with (root / "run.log").open("w") as log:
        subprocess.run(command, cwd=root, env=environ, check=False, stdout=log, stderr=subprocess.STDOUT)
    found: dict[str, dict[str, str]] = {"test_commands": {}, "web.test_service": {}}
    for case in ET.parse(root / "found.xml").iter("testcase"):  # noqa: S314 - written a moment ago, by pytest
        for kind in (*case.iter("error"), *case.iter("failure")):
            found[case.attrib["classname"]][case.attrib["name"]] = f"{kind.tag} {kind.text}"
    return found


@pytest.mark.parametrize(
    ("file", "expected"),
    [("test_commands", FOUND), ("web.test_service", FOUND_IN_THE_SERVICE)],
    ids=["commands", "service"],
)
def test_every_way_out_is_searched(faults: dict[str, dict[str, str]], file: str, expected: dict[str, str]) -> None:
    assert faults[file].keys() == expected.keys()
    for name, fault in faults[file].items():
        assert fault.startswith("error "), (name, fault)
        assert expected[name] in fault


def test_what_leaks_is_told_with_its_surroundings() -> None:
    (told,) = leaks([("log", "x" * 100 + " password canary-1 refused"), ("output", "a canary in a mine, canary_1")])
    assert told.startswith("  log: …'xxx")
    assert "password canary-1 refused" in told
