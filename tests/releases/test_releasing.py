"""What somebody has looked at is what is released, or nothing is."""

import asyncio
from pathlib import Path

import pytest
from drafts import NOON
from projects import MakeProject, ProjectFolder

from app.database.engine import ConnectionManager
from app.project.workspace import open_workspace
from app.releases.errors import ReleaseConflict
from app.service.releasing.releases import Releasing
from app.settings.releases import ReleasesSettings

FILES = {"assay.toml": "merge_enabled = true\n", "settings.toml": "[default]\nport = 1\n[production]\nsize = 2\n"}


@pytest.fixture
def orders(project: MakeProject) -> ProjectFolder:
    return project(FILES)


def releasing(manager: ConnectionManager, root: Path, author: str = "ada") -> Releasing:
    return Releasing(
        manager=manager,
        workspace=lambda: open_workspace(root, {}),
        settings=ReleasesSettings(),
        author=author,
        clock=lambda: NOON,
    )


async def test_a_release_that_came_after_the_look_is_told_with_what_it_changed(
    manager: ConnectionManager, orders: ProjectFolder
) -> None:
    ada, bob = (releasing(manager, orders.root, name) for name in ("ada", "bob"))
    await ada.release("production", "")
    seen = await ada.preview("production")
    orders.write({"settings.toml": FILES["settings.toml"].replace("port = 1", "port = 9")})
    first = await bob.release("production", "")
    orders.write(FILES)
    with pytest.raises(ReleaseConflict) as caught:
        await ada.release("production", "", seen=seen)
    assert caught.value.head == first.id
    assert [change.key for change in caught.value.changes or []] == ["port"]


async def test_files_that_changed_after_the_look_are_not_released(
    manager: ConnectionManager, orders: ProjectFolder
) -> None:
    ada = releasing(manager, orders.root)
    seen = await ada.preview("production")
    orders.write({"settings.toml": FILES["settings.toml"].replace("port = 1", "port = 9")})
    with pytest.raises(ReleaseConflict, match="have changed since they were compared"):
        await ada.release("production", "", seen=seen)
    assert (await ada.listed()).releases == []


async def test_many_who_release_at_once_leave_one_line_of_ids(
    manager: ConnectionManager, orders: ProjectFolder
) -> None:
    found = await asyncio.gather(
        *(releasing(manager, orders.root, str(number)).release("production", "") for number in range(6)),
        return_exceptions=True,
    )
    made = sorted(one.id for one in found if not isinstance(one, BaseException))
    assert all(isinstance(one, ReleaseConflict) for one in found if isinstance(one, BaseException))
    kept = (await releasing(manager, orders.root).listed()).releases
    assert [one.id for one in reversed(kept)] == made == list(range(1, len(made) + 1))
    assert [one.state for one in kept] == ["head", *["past"] * (len(made) - 1)]
