"""Profiles that change while a service runs."""

import asyncio
import errno
import gc
import os
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest
from patience import PATIENCE_SECONDS
from projects import MakeProject, ProjectFolder

from app.core.errors import ProjectError
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


async def until(live: Live, holds: Callable[[ProjectSnapshot], bool]) -> ProjectSnapshot:
    """The first reading of which something holds."""
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(live.changes()) as changes:
        if holds(live.picture):
            return live.picture
        async for picture in changes:
            if holds(picture):
                return picture
    raise AssertionError


def value(picture: ProjectSnapshot, *path: str) -> object:
    if picture.readable is None:
        return None
    leaf = picture.readable.tree("production").get(*path)
    return leaf.value if leaf else None


async def test_an_edit_in_place_is_noticed(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\na = 1\n"})
    async with followed(made) as live:
        made.write({"settings.toml": "[production]\na = 2\n"})
        await until(live, lambda picture: value(picture, "a") == 2)


async def test_an_edit_by_rename_is_noticed(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\na = 1\n"})
    async with followed(made) as live:
        made.write({".settings.swp": "[production]\na = 2\n"})
        (made.root / ".settings.swp").rename(made.root / "settings.toml")
        await until(live, lambda picture: value(picture, "a") == 2)


async def test_a_new_file_in_a_new_folder_and_its_removal_are_noticed(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\na = 1\n"})
    async with followed(made) as live:
        made.write({"settings/production.toml": "[production]\na = 2\n"})
        await until(live, lambda picture: value(picture, "a") == 2)
        (made.root / "settings/production.toml").unlink()
        await until(live, lambda picture: value(picture, "a") == 1)


async def test_a_swapped_folder_of_links_is_noticed(project: MakeProject) -> None:
    """Kubernetes mounts a ConfigMap as links into `..data`, itself a link that is replaced as a whole."""
    made = project({"..v1/settings.toml": "[production]\na = 1\n", "..v2/settings.toml": "[production]\na = 2\n"})
    (made.root / "..data").symlink_to("..v1")
    (made.root / "settings.toml").symlink_to("..data/settings.toml")
    async with followed(made) as live:
        (made.root / "..next").symlink_to("..v2")
        (made.root / "..next").rename(made.root / "..data")
        await until(live, lambda picture: value(picture, "a") == 2)


async def test_a_broken_edit_keeps_the_last_good_reading_and_says_since_when(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\na = 1\n"})
    async with followed(made) as live:
        first = live.picture
        made.write({"settings.toml": "[production\na = 2\n"})
        broken = await until(live, lambda picture: not picture.good)
        assert [finding.rule for finding in broken.faults] == ["SRC002"]
        assert live.last_good is first
        assert live.bad_since == broken.loaded_at
        made.write({"settings.toml": "[production]\na = 3\n"})
        mended = await until(live, lambda picture: picture.good)
        assert value(mended, "a") == 3
        assert live.last_good is mended
        assert live.bad_since is None


async def test_options_that_cannot_be_used_are_told_until_they_can(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\na = 1\n"})
    async with followed(made) as live:
        made.write({"assay.toml": "unknown = 1\n"})
        unusable = await until(live, lambda picture: picture.readable is None)
        with pytest.raises(ProjectError, match="unknown"):
            _ = unusable.workspace
        assert live.last_good is not None
        made.write({"assay.toml": "production = ['production']\n"})
        await until(live, lambda picture: picture.good)


async def test_a_folder_that_goes_and_comes_back_is_told(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\na = 1\n"})
    away = made.root.with_name("away")
    async with followed(made) as live:
        made.root.rename(away)
        await until(live, lambda picture: picture.readable is None)
        away.rename(made.root)
        await until(live, lambda picture: value(picture, "a") == 1)


async def test_an_edit_of_the_same_size_and_time_is_noticed(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\na = 1\n"})
    path = made.root / "settings.toml"
    before = path.stat()
    async with followed(made) as live:
        with path.open("r+") as file:
            file.write("[production]\na = 2\n")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        await until(live, lambda picture: value(picture, "a") == 2)


@pytest.mark.parametrize("lie", [b"[production]\n", OSError(errno.EIO, "Input/output error")])
async def test_what_a_disk_said_wrongly_for_a_moment_is_read_again(
    project: MakeProject, monkeypatch: pytest.MonkeyPatch, lie: bytes | OSError
) -> None:
    """No mark of a file tells of it: neither its time nor its size is another one afterwards."""
    made = project({"settings.toml": "[production]\na = 1\n"})

    def lying(_: int) -> bytes:
        if isinstance(lie, OSError):
            raise lie
        return lie

    async with followed(made) as live:
        with monkeypatch.context() as patch:
            patch.setattr("app.core.opening.read_all", lying)
            made.write({"settings.toml": "[production]\na = 2\n"})
            await until(live, lambda picture: value(picture, "a") is None)
        await until(live, lambda picture: picture.good and value(picture, "a") == 2)


async def test_a_file_that_never_rests_hides_no_edit(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\na = 1\n", "settings/production.toml": "[production]\nb = 1\n"})
    stop = Event()

    def touch() -> None:
        while not stop.is_set():
            os.utime(made.root / "settings/production.toml")

    async with followed(made) as live:
        toucher = Thread(target=touch)
        toucher.start()
        try:
            made.write({"settings.toml": "[production]\na = 2\n"})
            await until(live, lambda picture: value(picture, "a") == 2)
        finally:
            stop.set()
            await asyncio.to_thread(toucher.join)


def watches() -> int:
    """How many watchers the file system talks to."""
    found = 0
    for path in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found += "inotify" in str(path.readlink())
    return found


def write_on(path: Path, stop: Event) -> int:
    """Writes both keys anew, two hundred times a second, every seventh time broken."""
    number = 0
    while not stop.wait(0.005):
        number += 1
        end = "" if number % 7 else "\n[production"
        path.write_text(f"[production]\nfirst = {number}\n{'#' * 5000}\nsecond = {number}{end}\n")
    path.write_text(f"[production]\nfirst = {number}\nsecond = {number}\n")
    return number


async def test_under_constant_edits_no_reading_is_mixed_and_the_last_one_is_right(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\nfirst = 0\nsecond = 0\n"})
    stop, written, seen = Event(), list[int](), set[int]()

    def whole(picture: ProjectSnapshot) -> bool:
        seen.add(picture.number)
        # A writer that was stopped between emptying the file and filling it leaves an empty one, not a mixed one.
        assert not picture.good or value(picture, "first") == value(picture, "second")
        return len(seen) > 5

    async with followed(made) as live:
        writer = Thread(target=lambda: written.append(write_on(made.root / "settings.toml", stop)))
        writer.start()
        try:
            await until(live, whole)
        finally:
            stop.set()
            await asyncio.to_thread(writer.join)
        await until(live, lambda picture: picture.good and value(picture, "first") == written[0])


async def test_following_leaves_nothing_open(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\na = 1\n"})
    before = watches()
    for number in range(2, 6):
        async with followed(made) as live:
            made.write({"settings.toml": f"[production]\na = {number}\n"})
            await until(live, lambda picture, wanted=number: value(picture, "a") == wanted)  # type: ignore[misc]
            assert watches() > before
    async with asyncio.timeout(PATIENCE_SECONDS):
        while watches() > before:  # its thread ends a moment later
            await asyncio.to_thread(gc.collect)
