"""What a host does to a client: clocks that are set, full disks, folders that go, users without a home."""

import os
import resource
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from patience import PATIENCE_SECONDS
from release_documents import release_of
from release_server import ReleaseServer
from scripts import environ, run

import assay_client
from assay_client import last_good
from assay_client.client import Client
from assay_client.configuration import Configuration
from assay_client.moment import Moment

HOUR = 3600.0
NOBODY = """
import encodings.idna, os  # an interpreter in somebody's home cannot be read any more in a moment
import assay_client
os.setuid(54321)
print(assay_client.released().settings["port"])
"""


@pytest.fixture
def client(tmp_path: Path) -> Client:
    """One that runs release 7, which the service confirms, and is asked nothing by any thread."""
    configured = Configuration((), None, None, tmp_path / "below" / "good.json", None, 0.0)
    made = Client(configured, "development")
    made.plain()
    made.offer(release_of(7, {"port": 8000}))
    made.heard()
    return made


def kept(client: Client) -> int:
    found = last_good.read(client.configuration.file_for("development"), environment="development", project=None)
    return found[0].id if found else 0


@pytest.mark.parametrize("hours", [-3, 3])
def test_since_when_it_is_stale_moves_with_a_clock_that_somebody_sets(
    client: Client, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    before = datetime.fromisoformat(client.status()["since"])
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + hours * HOUR)
    assert datetime.fromisoformat(client.status()["since"]) == before + timedelta(hours=hours)


def test_a_file_of_the_future_was_confirmed_no_later_than_now() -> None:
    assert Moment.of_file(time.time() + HOUR).told() <= datetime.now(UTC)


def test_what_a_full_disk_did_not_take_is_written_once_there_is_room(client: Client) -> None:
    client.save()
    client.offer(release_of(8, {"port": 9000, "long": "x" * 100_000}))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        client.save()
        assert kept(client) == 7
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    client.save()
    assert kept(client) == 8


def test_a_full_disk_does_not_make_an_older_release_in_the_file_confirmed(client: Client) -> None:
    client.save()
    path = client.configuration.file_for("development")
    os.utime(path, (0, 0))
    client.offer(release_of(8, {"long": "x" * 100_000}))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        client.save()
        client.save()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.stat().st_mtime == 0


def test_that_it_cannot_be_written_is_told_once(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    folder = client.configuration.file_for("development").parent
    folder.write_text("a file in its place")
    for _ in range(3):
        client.save()
    assert caplog.text.count("cannot be written") == 1
    folder.unlink()
    client.save()
    assert kept(client) == 7


def test_a_file_that_somebody_takes_away_is_written_again(client: Client) -> None:
    client.save()
    shutil.rmtree(client.configuration.file_for("development").parent)
    client.save()
    assert kept(client) == 7


@pytest.mark.skipif(os.geteuid() != 0, reason="becoming somebody else is root's to do")
def test_a_user_whom_the_image_does_not_know_starts(service: ReleaseServer) -> None:
    service.release(7, {"port": 8000})
    variables = environ({"ASSAY_SERVICE_URLS": service.url})
    del variables["HOME"]
    ended = subprocess.run(
        [sys.executable, "-c", NOBODY],
        env=variables, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert ended.stdout == "8000\n", ended.stderr


def test_a_home_that_is_not_known_is_named_where_the_file_lies_below_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_LAST_GOOD", "~nobody-of-this-name/good.json")
    with pytest.raises(assay_client.ConfigurationError, match="ASSAY_LAST_GOOD begins with ~"):
        assay_client.released("development")


def test_a_working_directory_that_is_gone_keeps_nobody_from_starting(service: ReleaseServer, tmp_path: Path) -> None:
    service.release(7, {"port": 8000})
    gone = tmp_path / "gone"
    code = f"""
import os
os.mkdir({str(gone)!r}); os.chdir({str(gone)!r}); os.rmdir({str(gone)!r})
import assay_client
print(assay_client.released().settings["port"])
"""
    ended = run(code, {"ASSAY_SERVICE_URLS": service.url})
    assert ended.stdout == "8000\n", ended.stderr
