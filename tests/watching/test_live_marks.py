"""What is no edit of a profile's text, and yet changes the verdict."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from patience import PATIENCE_SECONDS
from projects import MakeProject, ProjectFolder
from repositories import repository

from app.checking.check import validate
from app.watching.project_snapshot import ProjectSnapshot
from app.watching.watcher import Live

"""How long a test waits for what must come; nothing here takes a tenth of it."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def followed(folder: ProjectFolder) -> AsyncIterator[Live]:
    live = Live(folder.root, {}, lambda: datetime.now(UTC))
    task = asyncio.create_task(live.follow())
    try:
        yield live
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def next_reading(live: Live, after: ProjectSnapshot) -> ProjectSnapshot:
    async with asyncio.timeout(PATIENCE_SECONDS):
        found = await live.newer(after.number)
    assert found
    return found


def rules(picture: ProjectSnapshot) -> set[str]:
    report = validate(picture.workspace)
    return {finding.rule for one in report.environments for finding in one.findings} | {
        finding.rule for finding in report.findings
    }


async def test_who_may_read_a_secrets_file_is_noticed(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\na = 1\n", ".secrets.toml": '[production]\ntoken = "canary"\n'})
    told = []
    async with followed(made) as live:
        picture = live.picture
        told.append("SEC004" in rules(picture))
        for mode in (0o644, 0o600):
            (made.root / ".secrets.toml").chmod(mode)
            picture = await next_reading(live, picture)
            told.append("SEC004" in rules(picture))
    assert told == [False, True, False]


async def test_each_reading_asks_anew_which_files_git_tracks(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\na = 1\n"})
    repository(made.root)
    async with followed(made) as live:
        before = live.picture
        assert before.workspace.committed.tracks("settings.toml") is False
        repository(made.root, "settings.toml")
        made.write({"settings.toml": "[production]\na = 2\n"})
        after = await next_reading(live, before)
        assert after.workspace.committed.tracks("settings.toml") is True


async def test_a_file_that_dotenv_names_is_watched(project: MakeProject) -> None:
    made = project(
        {
            "assay.toml": "load_dotenv = true\n",
            "settings.toml": "[default]\nport = 1\n",
            ".env": "SETTINGS_FILE_FOR_DYNACONF=elsewhere/other.toml\n",
            "elsewhere/other.toml": "[default]\nport = 2\n",
        }
    )
    async with followed(made) as live:
        first = live.picture
        made.write({"elsewhere/other.toml": "[default]\nport = 3\n"})
        second = await next_reading(live, first)
    ports = [picture.workspace.tree("development").get("port") for picture in (first, second)]
    assert [leaf and leaf.value for leaf in ports] == [2, 3]


async def test_a_link_to_the_project_that_leads_elsewhere_now_is_noticed(project: MakeProject) -> None:
    first, second = (
        project({"settings.toml": "[default]\nport = 1\n"}, name="v1"),
        project({"settings.toml": "[default]\nport = 2\n"}, name="v2"),
    )
    current = replace(first, root=first.root.with_name("current"))
    current.root.symlink_to("v1")
    async with followed(current) as live:
        before = live.picture
        (current.root.parent / "next").symlink_to(second.root)
        (current.root.parent / "next").replace(current.root)
        after = await next_reading(live, before)
    ports = [picture.workspace.tree("development").get("port") for picture in (before, after)]
    assert [leaf and leaf.value for leaf in ports] == [1, 2]
