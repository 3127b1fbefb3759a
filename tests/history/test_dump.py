"""No secret of a project is in the database that remembers it."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from canaries import Canaries, lines
from drafts import NOON
from projects import MakeProject, ProjectFolder
from remembered import look, remember

from app.database.embedded import binaries
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.store import queries
from app.history.store.drafts import ProbeDraft, SnapshotDraft
from app.history.store.recording import record_probe
from app.probing.stages import probe

KEY = "canary-key-of-digests"
OPTIONS = 'merge_enabled = true\nknown_environments = ["staging", "production"]\nproduction = ["production"]\n'


@pytest.fixture
def pg_dump(postgres_programs: Path | None) -> Path:
    program = binaries.find(postgres_programs, None).folder / "pg_dump"
    if not program.is_file():
        pytest.skip("there is no pg_dump: install a whole PostgreSQL, and name its folder with --postgres")
    return program


def _dumped(program: Path, target: Target) -> str:
    """The whole database as text, read by PostgreSQL's own program."""
    named = ["--host", target.host, "--port", str(target.port), "--username", target.username, target.name]
    environ = {**os.environ, "PGPASSWORD": target.password or ""}
    done = subprocess.run([program, "--inserts", *named], env=environ, capture_output=True, text=True, check=True)
    return done.stdout


def _leaky(project: MakeProject, canary: Canaries) -> ProjectFolder:
    return project({"assay.toml": OPTIONS, **_profiles(canary)})


def _profiles(canary: Canaries) -> dict[str, str]:
    texts = [
        f"[production]\nhost = 'visible.example'\nurl = 'redis://:{canary()}@h/0'\n",
        *lines(canary, "production.s"),
    ]
    return {"settings.toml": "\n".join([*texts, *lines(canary, "staging.s")])}


def _environ(canary: Canaries) -> dict[str, str]:
    return {
        "ENV_FOR_DYNACONF": "production",
        "DYNACONF_API_TOKEN": canary(),
        "DYNACONF_STORE": f"redis://:{canary()}@h",
        "ASSAY_DIGEST_KEY": KEY,
    }


async def test_a_dump_of_the_database_shows_no_secret(
    project: MakeProject, manager: ConnectionManager, pg_dump: Path
) -> None:
    canary = Canaries()
    canary.made.append(KEY)
    leaky, environ = _leaky(project, canary), _environ(canary)
    await remember(manager, *look(leaky, 0, environ))
    leaky.write(_profiles(canary))
    await remember(manager, *look(leaky, 1, _environ(canary)))
    password = canary()
    answer = await probe(replace(manager.target, password=password))
    async with manager.session() as session:
        asked = ProbeDraft(project="orders", probe=answer, environment=None, asked_by="ci", asked_at=NOON)
        await record_probe(session, asked)
        found = await queries.snapshots(session, "orders", environment="production", limit=5)
        changes = await queries.key_changes(session, "orders", "production", "s", limit=500)
    assert len(found.snapshots) == 2
    assert sum(change.kind == "changed" and not change.unknown for change in changes.changes) > 50
    dump = _dumped(pg_dump, manager.target)
    assert "visible.example" in dump
    assert "INSERT INTO public.probe" in dump
    assert canary.leaked_in(dump) == []


SHARED = {
    "assay.toml": OPTIONS,
    "settings.toml": "[staging]\npassword = 'canary-7f3a'\n[production]\npassword = 'canary-7f3a'\n",
}


def _digests(found: list[SnapshotDraft]) -> list[bytes | None]:
    return [leaf.digest for draft in found for leaf in draft.leaves if leaf.key == "password"]


@pytest.mark.parametrize(("compare", "kind", "unknown"), [(False, "changed", True), (True, "same", False)])
async def test_equal_secrets_of_two_environments_are_told_to_be_equal_only_where_that_is_asked_for(
    project: MakeProject, manager: ConnectionManager, *, compare: bool, kind: str, unknown: bool
) -> None:
    found = look(project(SHARED), 0, {"ASSAY_DIGEST_KEY": KEY}, compare_secrets=compare)
    staging, production = _digests(found)
    assert staging
    assert production
    assert (staging == production) is compare
    assert (staging[4:] == production[4:]) is compare
    await remember(manager, *found)
    async with manager.session() as session:
        listed = {one.environment: one.id for one in (await queries.snapshots(session, "orders", limit=5)).snapshots}
        ids = [listed["staging"], listed["production"]]
        left, right = [(await queries.leaves_of(session, "orders", one))[1] for one in ids]
    (change,) = [change for change in queries.compared(left, right) if change.key == "password"]
    assert (change.kind, change.unknown) == (kind, unknown)
