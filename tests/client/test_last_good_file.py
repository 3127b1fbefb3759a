"""The file that a process starts with while no service answers."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from patience import eventually
from ports import unused_port
from release_documents import deliver, release_of
from release_server import ReleaseServer, serving
from scripts import run

import assay_client
from assay_client import last_good
from assay_client.errors import LastGoodRefused


def read(path: Path, **asked: Any) -> Any:
    return last_good.read(path, **{"environment": "development", "project": "orders", **asked})


def test_what_was_written_is_read_back_and_nobody_else_may_look(tmp_path: Path) -> None:
    path = tmp_path / "below" / "good.json"
    os.umask(os.umask(0))  # whatever it is
    last_good.write(path, release_of(7, {"name": "Zoë", "deep": {"list": [1, 2.0]}}))
    found, _ = read(path)
    assert (found.id, found.settings) == (7, {"name": "Zoë", "deep": {"list": [1, 2.0]}})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["good.json"]


def test_a_newer_release_in_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "good.json"
    last_good.write(path, release_of(8, {"a": "new"}))
    last_good.write(path, release_of(7, {"a": "old"}))
    assert read(path)[0].id == 8


def test_a_file_that_cannot_be_written_leaves_the_old_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "good.json"
    last_good.write(path, release_of(7, {"a": 1}))

    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        last_good.write(path, release_of(8, {"a": 2}))
    assert read(path)[0].id == 7
    assert [file.name for file in tmp_path.iterdir()] == ["good.json"]


def changed(path: Path, change: Callable[[Any], None]) -> None:
    kept = json.loads(path.read_text())
    change(kept)
    path.write_text(json.dumps(kept))


BROKEN: dict[str, Callable[[Path], object]] = {
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:-20]),
    "empty": lambda path: path.write_text(""),
    "no JSON": lambda path: path.write_bytes(b"\xff\xfe\x00"),
    "nested without end": lambda path: path.write_text("[" * 100_000),
    "a list": lambda path: path.write_text("[]"),
    "another version": lambda path: changed(path, lambda kept: kept.update(version=2)),
    "changed body": lambda path: changed(path, lambda kept: kept.update(body=kept["body"].replace("8000", "8001"))),
    "no id": lambda path: changed(path, lambda kept: kept["release"].pop("id")),
    "an id that is a text": lambda path: changed(path, lambda kept: kept["release"].update(id="7")),
    "another project": lambda path: last_good.write(path, release_of(9, {"port": 8000}, project="billing")),
    "another environment": lambda path: last_good.write(path, release_of(9, {"port": 8000}, environment="production")),
    "open to others": lambda path: path.chmod(0o666),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "a pipe": lambda path: (path.unlink(), os.mkfifo(path)),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_corrupt_or_foreign_file_is_refused_told_and_the_files_are_used(
    tmp_path: Path, load: Any, told: Callable[[], str], how: str
) -> None:
    path = tmp_path / "good.json"
    client = {**deliver(path, {"port": 8000}), "ASSAY_PROJECT": "orders"}
    BROKEN[how](path)
    with pytest.raises(LastGoodRefused, match=str(path)):
        read(path)
    loaded = load({"settings.toml": "[default]\nport = 1\n"}, client=client)
    assert loaded.port == 1
    assert assay_client.status()["state"] == "never"
    assert f"refused the last good file: {path}" in told()


def test_the_next_source_is_the_service(tmp_path: Path, load: Any, service: ReleaseServer) -> None:
    path = tmp_path / "good.json"
    path.write_text("{}")
    service.release(7, {"port": 8000})
    loaded = load(client={"ASSAY_LAST_GOOD": str(path), "ASSAY_SERVICE_URLS": service.url})
    assert loaded.port == 8000
    assert eventually(lambda: path.read_text() != "{}")
    assert read(path)[0].id == 7


def test_somebody_else_s_file_is_refused(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    path = tmp_path / "good.json"
    deliver(path, {"port": 8000})
    os.chown(path, 1234, 1234)
    with pytest.raises(LastGoodRefused, match="belongs to another user"):
        read(path)


def test_while_nobody_answers_a_process_starts_on_it_and_tells_since_when_it_is_stale(
    tmp_path: Path, load: Any, told: Callable[[], str]
) -> None:
    path = tmp_path / "good.json"
    client = deliver(path, {"port": 8000})
    os.utime(path, (1_700_000_000, 1_700_000_000))
    nobody = f"http://127.0.0.1:{unused_port()}"
    loaded = load({"settings.toml": "[default]\nport = 1\n"}, client={**client, "ASSAY_SERVICE_URLS": nobody})
    assert loaded.port == 8000
    status = assay_client.status()
    assert (status["state"], status["since"], status["release"]) == ("stale", "2023-11-14T22:13:20+00:00", 1)
    assert "the service does not answer" in told()


def test_by_default_each_project_and_environment_has_a_file_of_its_own(
    tmp_path: Path, load: Any, service: ReleaseServer
) -> None:
    service.environment = "production"
    service.release(7, {"port": 8000}, project="orders/../x")
    load(client={"ASSAY_SERVICE_URLS": service.url, "ASSAY_PROJECT": "orders/../x"}, env="production")
    assert eventually(lambda: list((tmp_path / "cache/assay").rglob("production.json")))
    (path,) = (tmp_path / "cache/assay").rglob("production.json")
    assert path.parent.parent == tmp_path / "cache/assay"


APPLICATION = """
from dynaconf import Dynaconf, Validator
settings = Dynaconf(environments=True, loaders=["assay_client.loader"], validators=[Validator("port", gte=1024)])
print(settings.port)
"""


def test_a_release_that_the_application_does_not_start_with_is_not_the_last_good(
    tmp_path: Path, service: ReleaseServer
) -> None:
    path = tmp_path / "good.json"
    client = {**deliver(path, {"port": 8000}), "ASSAY_SERVICE_URLS": service.url}
    service.release(7, {"port": 80})
    ran = run(APPLICATION, client)
    assert "ValidationError" in ran.stderr
    assert read(path)[0].id == 1
    client["ASSAY_SERVICE_URLS"] = ""
    assert run(APPLICATION, client).stdout == "8000\n"


def test_the_service_s_word_that_nothing_changed_renews_its_date(
    tmp_path: Path, load: Any, service: ReleaseServer
) -> None:
    path = tmp_path / "good.json"
    client = {**deliver(path, {"port": 8000}), "ASSAY_SERVICE_URLS": service.url}
    os.utime(path, (1_700_000_000, 1_700_000_000))
    service.release(1, {"port": 8000})
    load(client=client)
    assert eventually(lambda: path.stat().st_mtime != 1_700_000_000)


def test_a_service_that_comes_back_is_followed_again(tmp_path: Path, load: Any) -> None:
    port = unused_port()
    client = {**deliver(tmp_path / "good.json", {"port": 8000}), "ASSAY_SERVICE_URLS": f"http://127.0.0.1:{port}"}
    loaded = load(client=client)
    assert assay_client.status()["state"] == "stale"
    running = ReleaseServer()
    running.release(7, {"port": 9000})
    with serving(running, port=port):
        assert assay_client.wait_for(7, 120)
        assert loaded.port == 9000
        assert eventually(lambda: assay_client.status()["state"] == "fresh")
    assert eventually(lambda: assay_client.status()["state"] == "stale")
    assert loaded.port == 9000
