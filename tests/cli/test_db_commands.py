import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from ports import unused_port
from postgres import run
from projects import MakeProject, ProjectFolder

from app.database.embedded import EmbeddedServer
from app.database.target import Target
from app.history.store import schema

ROOT = Path(__file__).parents[2]


@pytest.fixture
def target(postgres_server: EmbeddedServer) -> Iterator[Target]:
    """A fresh, empty database; the commands run their own loop, so nothing here may."""
    name = f"test_{uuid4().hex}"
    asyncio.run(run(postgres_server.target, f'CREATE DATABASE "{name}" TEMPLATE template0'))
    yield replace(postgres_server.target, name=name)
    asyncio.run(run(postgres_server.target, f'DROP DATABASE "{name}" WITH (FORCE)'))


def profile(target: Target, environment: str = "staging") -> str:
    return (
        f'[{environment}.database]\nhost = "{target.host}"\nport = {target.port}\nusername = "{target.username}"\n'
        f'password = "{target.password}"\nname = "{target.name}"\n'
    )


def variables(target: Target) -> dict[str, str]:
    stated = {"HOST": target.host, "PORT": str(target.port), "NAME": target.name, "USERNAME": target.username}
    return {f"ASSAY_DATABASE__{key}": str(value) for key, value in (stated | {"PASSWORD": target.password}).items()}


@pytest.fixture
def home(own: MakeProject, target: Target) -> ProjectFolder:
    """A home folder whose staging is the fresh database."""
    return own({".secrets.toml": profile(target)})


def test_the_status_of_an_environments_database(home: ProjectFolder, target: Target) -> None:
    ran = home.assay("db", "status", "--env", "staging", "--format", "json")
    assert ran.status == 0
    assert (ran.json["connected"], ran.json["environment"]) == (True, "staging")
    assert ran.json["target"]["name"] == target.name
    assert ran.json["migrations"] == {"current": None, "head": schema.head(), "pending": len(schema.revisions())}
    assert ran.json["failure"] is None
    assert str(target.password) not in ran.out + ran.err


def test_the_status_as_text_says_what_to_do(home: ProjectFolder) -> None:
    ran = home.assay("db", "status", "--env", "staging")
    assert ran.status == 0
    assert "answers in" in ran.out
    assert "run: `assay db upgrade`" in ran.out


def test_a_database_that_cannot_be_reached_ends_with_3(own: MakeProject, target: Target) -> None:
    away = own({".secrets.toml": profile(replace(target, port=unused_port()))})
    ran = away.assay("db", "status", "--env", "staging", "--format", "json")
    assert ran.status == 3
    assert (ran.json["configured"], ran.json["connected"]) == (True, False)
    assert ran.json["failure"]["code"] == "connection-refused"
    told = away.assay("db", "status", "--env", "staging")
    assert told.status == 3
    assert "connection-refused" in told.out
    assert "fix:" in told.out


def test_an_environment_without_a_database_is_an_answer(project: MakeProject) -> None:
    made = project({"settings.toml": "[default]\nname = 'orders'\n"})
    ran = made.assay("db", "status", "--format", "json")
    assert ran.status == 0
    assert (ran.json["configured"], ran.json["target"]) == (False, None)
    assert "no database is configured" in made.assay("db", "status").out


def test_the_status_of_a_strangers_database_says_nothing_of_our_tables(project: MakeProject, target: Target) -> None:
    ran = project({"settings.toml": profile(target, "development")}).assay("db", "status", "--format", "json")
    assert (ran.json["connected"], ran.json["migrations"]) == (True, None)


def test_an_unknown_environment_suggests_the_nearest(home: ProjectFolder) -> None:
    for command in (["status"], ["upgrade"], ["downgrade", "base"], ["revision"]):
        ran = home.assay("db", *command, "--env", "stagin")
        assert ran.status == 2
        assert "'staging'" in ran.err


def test_tables_are_made_and_taken_back(home: ProjectFolder) -> None:
    up = home.assay("db", "upgrade", "--env", "staging", "--format", "json")
    assert up.status == 0
    assert (up.json["before"], up.json["after"], up.json["head"]) == (None, schema.head(), schema.head())
    assert [step["revision"] for step in up.json["steps"]] == [row.id for row in reversed(schema.revisions())]
    again = home.assay("db", "upgrade", "--env", "staging")
    assert again.status == 0
    assert "nothing to do" in again.out
    down = home.assay("db", "downgrade", "-1", "--env", "staging")
    assert down.status == 0
    assert "taken back" in down.out
    base = home.assay("db", "downgrade", "base", "--env", "staging", "--format", "json")
    assert base.json["after"] is None


def test_the_revisions_are_listed_with_those_that_are_applied(home: ProjectFolder) -> None:
    before = home.assay("db", "revision", "--env", "staging", "--format", "json")
    assert before.status == 0
    assert before.json["current"] is None
    assert not any(row["applied"] for row in before.json["revisions"])
    home.assay("db", "upgrade", "--env", "staging")
    after = home.assay("db", "revision", "--env", "staging", "--format", "json")
    assert (after.json["current"], after.json["pending"]) == (schema.head(), 0)
    assert all(row["applied"] for row in after.json["revisions"])
    assert "(current)" in home.assay("db", "revision", "--env", "staging").out


def test_an_unknown_revision_suggests_the_nearest_and_ends_with_2(home: ProjectFolder) -> None:
    ran = home.assay("db", "upgrade", "haed", "--env", "staging")
    assert ran.status == 2
    assert "Did you mean 'head'?" in ran.err
    told = home.assay("db", "downgrade", "0077", "--env", "staging", "--format", "json")
    assert told.status == 2
    assert told.json["error"]["code"] == "argument-invalid"


def test_a_refused_migration_ends_with_1_and_says_why(own: MakeProject, target: Target) -> None:
    asyncio.run(
        run(
            target,
            f"CREATE ROLE {target.name} LOGIN PASSWORD 'guest'",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        )
    )
    guest = replace(target, username=target.name, password="guest")
    ran = own({".secrets.toml": profile(guest)}).assay("db", "upgrade", "--env", "staging", "--format", "json")
    asyncio.run(run(target, f"DROP ROLE {target.name}"))
    assert ran.status == 1
    assert ran.json["error"]["code"] == "migration-failed"
    assert "GRANT CREATE" in ran.json["error"]["fix"]


def test_migrating_a_database_that_is_away_ends_with_3(own: MakeProject, target: Target) -> None:
    away = own({".secrets.toml": profile(replace(target, port=unused_port()))})
    for command in (["upgrade"], ["downgrade", "base"], ["revision"]):
        ran = away.assay("db", *command, "--env", "staging")
        assert ran.status == 3
        assert "fix:" in ran.err


def test_a_strangers_database_gets_no_tables_of_ours(project: MakeProject, target: Target) -> None:
    made = project({"settings.toml": profile(target, "development")})
    ran = made.assay("db", "upgrade")
    assert ran.status == 2
    assert "names no database" in ran.err
    assert asyncio.run(tables(target)) == []


def test_without_a_home_the_variables_name_the_database(project: MakeProject, target: Target) -> None:
    ran = project().assay("db", "upgrade", **variables(target))
    assert ran.status == 0
    assert schema.VERSION_TABLE in asyncio.run(tables(target))


async def tables(target: Target) -> list[str]:
    import asyncpg  # noqa: PLC0415 - this helper alone looks behind the commands

    session = await asyncpg.connect(**target.arguments())
    try:
        rows = await session.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return [row["tablename"] for row in rows]
    finally:
        await session.close()


def test_a_draft_starts_from_the_newest_revision(home: ProjectFolder) -> None:
    ran = home.assay("db", "revision", "-m", "more columns", "--env", "staging")
    assert ran.status == 2
    assert "a draft starts from the newest" in ran.err
    home.assay("db", "upgrade", "--env", "staging")
    ran = home.assay("db", "revision", "-m", "more columns", "--env", "staging")
    assert ran.status == 0
    assert "nothing to draft" in ran.err


@pytest.fixture
def checkout() -> Iterator[Path]:
    """A working copy of Assay with the service's profiles, to write migrations in."""
    with tempfile.TemporaryDirectory(prefix="assay-test-", dir="/var/tmp") as folder:
        for name in ("pyproject.toml", "settings.toml"):
            shutil.copy(ROOT / name, folder)
        for name in ("app", "settings"):
            shutil.copytree(ROOT / name, Path(folder) / name, ignore=shutil.ignore_patterns("__pycache__"))
        yield Path(folder)


def at(folder: Path, target: Target, *command: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), **variables(target)}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )


def test_a_difference_is_drafted_as_the_next_migration(checkout: Path, target: Target) -> None:
    assert at(checkout, target, "app", "db", "upgrade").returncode == 0
    models = checkout / "app" / "history" / "store" / "models.py"
    text = models.read_text()
    models.write_text(text.replace("    asked_by: Mapped[str]\n", "    asked_by: Mapped[str]\n    told: Mapped[str]\n"))
    ran = at(checkout, target, "app", "db", "revision", "-m", "who was told")
    assert ran.returncode == 0, ran.stderr
    name = f"{len(schema.revisions()) + 1:04d}_who_was_told.py"
    drafted = (checkout / "app" / "history" / "store" / "migrations" / "versions" / name).read_text()
    assert "op.add_column" in drafted
    assert "op.drop_column" in drafted
    assert at(checkout, target, "app", "db", "upgrade").returncode == 0


def test_alembics_own_command_takes_the_database_from_the_settings(checkout: Path, target: Target) -> None:
    ran = at(checkout, target, "alembic", "upgrade", "head")
    assert ran.returncode == 0, ran.stderr
    assert schema.VERSION_TABLE in asyncio.run(tables(target))
    current = at(checkout, target, "alembic", "current")
    assert schema.head() in current.stdout
    assert at(checkout, target, "alembic", "check").returncode == 0


def test_alembics_own_command_can_write_the_statements(checkout: Path, target: Target) -> None:
    ran = at(checkout, target, "alembic", "upgrade", "head", "--sql")
    assert ran.returncode == 0, ran.stderr
    assert "CREATE TABLE probe" in ran.stdout
    assert asyncio.run(tables(target)) == []
