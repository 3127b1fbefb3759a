import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest
from postgres import run

from app.database.embedded import EmbeddedServer, account, binaries, process, start
from app.database.embedded.account import Account
from app.errors import EmbeddedServerError

ROOT = Path(__file__).parents[2]
NOBODY = 65534
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        os.sched_yield()
    return True


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="assay-test-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def postmaster(home: Path) -> process.Running | None:
    return process.running(home / ".assay" / "postgres" / "data")


def test_it_asks_for_its_generated_password(postgres_server: EmbeddedServer, postgres_home: Path) -> None:
    password = postgres_home / ".assay" / "postgres" / "password"
    assert password.read_text() == postgres_server.target.password
    assert password.stat().st_mode & 0o777 == 0o600
    assert len(password.read_text()) >= 32
    assert password.read_text() not in repr(postgres_server.target)


async def test_it_listens_on_loopback_alone(postgres_server: EmbeddedServer) -> None:
    session = await asyncpg.connect(**postgres_server.target.arguments())
    try:
        assert await session.fetchval("SHOW listen_addresses") == "127.0.0.1"
        assert not await session.fetchval("SHOW unix_socket_directories")
        rules = await session.fetch("SELECT DISTINCT auth_method FROM pg_hba_file_rules")
        assert [rule["auth_method"] for rule in rules] == ["scram-sha-256"]
    finally:
        await session.close()


def test_a_second_start_joins_the_running_server(postgres_server: EmbeddedServer, postgres_home: Path) -> None:
    with start(postgres_home) as joined:
        assert joined.target == postgres_server.target
        assert not joined.owned
    assert postgres_server.alive


async def test_data_outlives_the_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    with start(home, durable=False) as first:
        await run(first.target, "CREATE TABLE kept (word text)")
    assert not first.alive or not first.owned
    assert postmaster(home) is None
    with start(home, durable=False) as second:
        await run(second.target, "SELECT word FROM kept")
        assert second.target.password == first.target.password


def test_it_is_gone_after_its_parent_is_killed(home: Path) -> None:
    parent = _python(home, "server = start(Path(sys.argv[1]), durable=False); print('up', flush=True); input()")
    _killed(parent, home)


def test_a_forked_child_does_not_keep_it_alive(home: Path) -> None:
    script = """
server = start(Path(sys.argv[1]), durable=False)
child = os.fork()
if child == 0:
    os.read(3, 1)
    os._exit(0)
print('up', flush=True)
input()
"""
    reader, writer = os.pipe()
    try:
        parent = _python(home, f"os.dup2({reader}, 3);{script}", pass_fds=[reader])
        _killed(parent, home)
    finally:
        os.close(reader)
        os.close(writer)


def _python(home: Path, script: str, pass_fds: list[int] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", f"import os, sys\nfrom pathlib import Path\n{IMPORT}\n{script}", str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        pass_fds=pass_fds or [],
    )


IMPORT = "from app.database.embedded import start"


def _killed(parent: subprocess.Popen[str], home: Path) -> None:
    with parent:
        assert parent.stdout
        assert parent.stdout.readline() == "up\n"
        found = postmaster(home)
        assert found
        assert found.ready
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        assert eventually(lambda: not found.alive, seconds=2)
    with start(home, durable=False) as again:
        assert again.owned


@AS_ROOT
def test_root_runs_it_as_somebody_else(postgres_server: EmbeddedServer, postgres_home: Path) -> None:
    found = postmaster(postgres_home)
    assert postgres_server.alive
    assert found
    assert Path(f"/proc/{found.pid}").stat().st_uid == NOBODY


@AS_ROOT
def test_root_runs_it_as_the_owner_of_the_home(home: Path) -> None:
    owner = pwd.getpwnam("daemon")
    os.chown(home, owner.pw_uid, owner.pw_gid)
    with start(home, durable=False):
        found = postmaster(home)
        assert found
        assert Path(f"/proc/{found.pid}").stat().st_uid == owner.pw_uid
        assert (home / ".assay").stat().st_uid == owner.pw_uid


@AS_ROOT
def test_an_ordinary_user_runs_it(home: Path) -> None:
    os.chown(home, NOBODY, NOBODY)
    # The programs are looked for before: this test's own Python may be closed to that user.
    found = binaries.find(None, None)
    with start(home, durable=False) as as_root:
        password = as_root.target.password
    script = f"""
import asyncio, asyncpg, encodings.idna, app.database.embedded.server
os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY}); os.chdir("/")
server = start(Path(sys.argv[1]), durable=False, binaries=Path({str(found.folder)!r}))
print('up', flush=True); input(); server.stop(); print(server.target.password, flush=True)
"""
    with _python(home, script) as parent:
        assert parent.stdout
        assert parent.stdin
        assert parent.stdout.readline() == "up\n"
        running = postmaster(home)
        assert running
        assert Path(f"/proc/{running.pid}").stat().st_uid == NOBODY
        assert parent.communicate("\n")[0] == f"{password}\n"
    assert not running.alive


@AS_ROOT
def test_a_closed_home_has_its_data_elsewhere_and_finds_it_again(home: Path) -> None:
    home.chmod(0o700)
    with start(home, durable=False) as first:
        place = Path((home / ".assay" / "postgres.location").read_text())
        assert place.name.startswith("assay-postgres-")
        assert not place.is_relative_to(home)
    with start(home, durable=False) as second:
        assert second.target.password == first.target.password
        assert second.log == first.log
    subprocess.run(["/bin/rm", "-r", str(place)], check=True)


@AS_ROOT
def test_programs_behind_a_closed_folder_are_copied(home: Path) -> None:
    closed = home / "closed"
    found = binaries.find(None, None)
    nobody = Account(uid=NOBODY, gid=NOBODY)
    binaries._copy(found.folder.parent, closed)  # noqa: SLF001 - the same layout, somewhere else
    closed.chmod(0o700)
    hidden = binaries.Binaries(
        folder=closed / found.folder.parent.parent.name / found.folder.parent.name / "bin", major=found.major
    )
    assert not nobody.reaches(hidden.postgres)
    copied = binaries.reachable(hidden, nobody, home)
    assert nobody.reaches(copied.initdb)
    with start(home, durable=False, binaries=hidden.folder) as server:
        assert server.owned


def test_settings_can_be_given(home: Path) -> None:
    with pytest.raises(EmbeddedServerError, match=r"did not start: .*max_connections"):
        start(home, durable=False, options={"max_connections": "none"})


def test_a_folder_of_something_else_is_left_alone(home: Path) -> None:
    data = home / ".assay" / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "letter.txt").write_text("dear")
    with pytest.raises(EmbeddedServerError, match="no data folder") as caught:
        start(home)
    assert "Move" in caught.value.fix
    assert (data / "letter.txt").read_text() == "dear"


def test_of_two_that_start_at_once_one_owns_and_one_joins(home: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: start(home, durable=False), range(2))
    with one, other:
        assert one.target == other.target
        assert {one.owned, other.owned} == {True, False}


def test_data_of_another_major_version_is_not_touched(home: Path) -> None:
    data = home / ".assay" / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedServerError, match="made by PostgreSQL 9") as caught:
        start(home)
    assert "Install PostgreSQL 9" in caught.value.fix


def test_missing_programs_are_named(home: Path) -> None:
    with pytest.raises(EmbeddedServerError, match="no PostgreSQL programs in") as caught:
        start(home, binaries=home)
    assert "pip install" in caught.value.fix


def test_a_missing_home_is_named(home: Path) -> None:
    with pytest.raises(EmbeddedServerError, match="no folder"):
        start(home / "absent")


def test_an_initdb_that_fails_has_its_last_word(home: Path) -> None:
    programs = home / "programs"
    programs.mkdir()
    _script(programs / "initdb", "echo one; echo disk on fire >&2; exit 1")
    _script(programs / "postgres", "echo 'postgres (PostgreSQL) 18.4'")
    with pytest.raises(EmbeddedServerError, match="initdb failed: disk on fire"):
        start(home, binaries=programs)
    assert not (home / ".assay" / "postgres" / "password.initdb").exists()


def _script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_what_an_interrupted_initdb_left_is_no_obstacle(home: Path) -> None:
    partial = home / ".assay" / "postgres" / "data.partial-1" / "base"
    partial.mkdir(parents=True)
    (partial / "1").write_text("half")
    with start(home, durable=False) as server:
        assert server.alive
    assert not partial.exists()


def test_the_server_account_is_ours_unless_we_are_root(home: Path) -> None:
    found = account.server_account(home)
    assert (found.uid is None) == (os.geteuid() != 0)
