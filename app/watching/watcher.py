"""The file watcher: the diagnosed project is read again, after a debounce, whenever its files have changed."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing, nullcontext, suppress
from datetime import datetime
from itertools import count
from pathlib import Path

from watchfiles import awatch

from app.core.errors import ProjectError
from app.core.opening import is_folder
from app.core.supervision import Step
from app.project.following import following
from app.project.workspace import Workspace, open_workspace
from app.watching.project_snapshot import Mark, ProjectSnapshot, folders, mark_of, options_mark, process_mark, texts_of

_LOG = logging.getLogger(__name__)

_QUIET_SECONDS = 0.03
"""A file that was written so shortly ago may not be whole yet."""

_PATIENCE_SECONDS = 0.6
"""Files that never rest are read all the same after so long."""

_POLL_MILLISECONDS = 400
"""Where a file system tells nothing of its changes, they are looked for so often."""

_REST_SECONDS = 0.002
_TRYING_SECONDS = 0.5

_AGAIN_SECONDS, _SHARE = 1.0, 20
"""The files are read again so often, though nothing tells of a change, and for no more than this share of the time.

A disk that was away for a moment, a read that came short, an edit of the same size and time: no mark tells of them.
"""

type Prepare = Callable[[ProjectSnapshot], None]


class Live:
    """A project that is followed; safe to ask from several threads.

    Args:
        folder: the project's root.
        environ: this process's variables.
        clock: tells the time, with its zone.
        prepare: works out, on a reading that nobody sees yet, what will surely be asked.
        digest_key: makes the digests of its secrets; None for what the variables or the project itself say.

    Attributes:
        unprepared: why answers about the present reading could not be worked out; None where they could.
    """

    def __init__(
        self,
        folder: Path,
        environ: Mapping[str, str],
        clock: Callable[[], datetime],
        prepare: Prepare = lambda _: None,
        digest_key: bytes | None = None,
    ) -> None:
        self._folder = folder
        self._environ = environ
        self._clock = clock
        self._prepare = prepare
        self._digest_key = digest_key
        self._numbers = count(1)
        self._changed = asyncio.Event()
        self.closed = False
        self.last_good: ProjectSnapshot | None = None
        self.bad_since: datetime | None = None
        self.successes = 0
        self.failures = 0
        self.unprepared: str | None = None
        self._known: Workspace | None = None
        self._compared, self._comparing = time.monotonic(), 0.0
        self.picture = self._taken()

    def workspace(self) -> Workspace:
        """The project as it was last read.

        Raises:
            ProjectError: the folder, or its options, cannot be used any more.
        """
        return self.picture.workspace

    @property
    def last_good_at(self) -> datetime | None:
        """When the files last were read without an error in them; None before that."""
        return self.last_good.loaded_at if self.last_good else None

    async def changes(self) -> AsyncGenerator[ProjectSnapshot]:
        """Every reading from now on, the newest where several came at once."""
        picture: ProjectSnapshot | None = self.picture
        while picture and (picture := await self.newer(picture.number)):
            yield picture

    async def newer(self, number: int) -> ProjectSnapshot | None:
        """The next reading after the one of that number; None where nothing comes any more."""
        while not self.closed:
            changed = self._changed
            if self.picture.number != number:
                return self.picture
            await changed.wait()
        return None

    def close(self) -> None:
        """Sends everybody home who waits for a reading."""
        self.closed = True
        self._changed.set()

    async def follow(self, step: Step = nullcontext) -> None:
        """Reads the files whenever they change; until it is cancelled.

        Args:
            step: is around each look at the files, until what they say is known.
        """
        while True:
            watched = await asyncio.to_thread(self._folders)
            async with aclosing(_stirs(watched)) as stirs:
                async for _ in stirs:
                    with step():
                        if await asyncio.to_thread(self._has_changed):
                            await self._refresh()
                            if await asyncio.to_thread(self._folders) != watched:
                                break

    async def _refresh(self) -> None:
        await self._rest()
        self.picture = await asyncio.to_thread(self._taken)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _rest(self) -> None:
        """Waits until the files are left alone, though not for ever."""
        loop = asyncio.get_running_loop()
        patience, mark = loop.time() + _PATIENCE_SECONDS, None
        while loop.time() < patience:
            found = await asyncio.to_thread(self._mark)
            if found == mark:
                return
            mark = found
            await asyncio.sleep(_QUIET_SECONDS)

    def _taken(self) -> ProjectSnapshot:
        """The project as it stands now; where files change during every reading, as the last one found them.

        An old reading would be no better: whoever writes without end would have it kept for ever.
        """
        until = time.monotonic() + _TRYING_SECONDS
        picture, is_whole = self._read()
        while not is_whole and time.monotonic() < until:
            picture, is_whole = self._read()
        self._known = picture.readable or self._known
        self._note(picture)
        self.unprepared = self._prepared(picture)
        self._compared = time.monotonic()
        return picture

    def _prepared(self, picture: ProjectSnapshot) -> str | None:
        """Works out what will be asked; a reading counts although that fails: whoever asks is told. Why it failed."""
        if picture.readable:
            try:
                self._prepare(picture)
            except ProjectError:  # a model that cannot be asked
                return None
            except Exception as error:  # noqa: BLE001 - the reading itself is good
                _LOG.warning("Answers could not be prepared: %s", type(error).__name__)
                return type(error).__name__
        return None

    def _read(self) -> tuple[ProjectSnapshot, bool]:
        """One reading; false where a file changed meanwhile, or was only just being written."""
        number, now = next(self._numbers), self._clock()
        options = options_mark(self._folder)
        try:
            workspace = self._opened()
            mark = options + mark_of(workspace.project)
            mark_of_process = process_mark(workspace)  # reads `.env`, whose change the first mark will tell
            time.sleep(_REST_SECONDS)
            workspace.read()
            mark += mark_of_process
            is_whole = self._state(workspace) == mark
        except ProjectError as error:
            mark = options + (mark_of(self._known.project) if self._known else ())
            return ProjectSnapshot(number=number, mark=mark, loaded_at=now, error=error), True
        return ProjectSnapshot(
            number=number, mark=mark if is_whole else (), loaded_at=now, readable=workspace
        ), is_whole

    def _opened(self) -> Workspace:
        opened = open_workspace(self._folder, self._environ, clock=self._clock, digest_key=self._digest_key)
        return following(opened, self._known) if self._known else opened

    def _note(self, picture: ProjectSnapshot) -> None:
        """Remembers the last good reading, and since when there is none."""
        if picture.good:
            self.last_good, self.bad_since = picture, None
            self.successes += 1
            return
        self.failures += 1
        self.bad_since = self.bad_since or picture.loaded_at
        _LOG.warning("The profiles cannot be read: %s", _why(picture))

    def _has_changed(self) -> bool:
        readable = self.picture.readable
        if self._mark() != self.picture.mark or (readable is not None and readable.model.is_outdated):
            return True
        return time.monotonic() - self._compared > max(_AGAIN_SECONDS, _SHARE * self._comparing) and self._says_else()

    def _says_else(self) -> bool:
        """Whether the files say something else than what was read of them, whatever their marks are."""
        begun = time.monotonic()
        try:
            said = texts_of(self._opened())
        except ProjectError as error:
            said = error.message
        self._compared = time.monotonic()
        self._comparing = self._compared - begun
        picture = self.picture
        return said != (texts_of(picture.readable) if picture.readable else picture.error and picture.error.message)

    def _mark(self) -> object:
        readable = self.picture.readable
        if readable:
            return self._state(readable)
        return options_mark(self._folder) + (mark_of(self._known.project) if self._known else ())

    def _state(self, workspace: Workspace) -> Mark:
        """The state of every file that the project and this process read, and of what the project's name leads to."""
        return options_mark(self._folder) + mark_of(workspace.project) + process_mark(workspace)

    def _folders(self) -> Sequence[Path]:
        readable = self.picture.readable
        projects = {id(one): one for one in (readable.project, readable.process)} if readable else {}
        found = set[Path]().union(*map(folders, projects.values())) or {self._folder}
        return sorted(found | {self._folder.parent} if self._folder.is_symlink() else found)


def _why(picture: ProjectSnapshot) -> str:
    """What is wrong, for a log; messages hold no secret."""
    return picture.error.message if picture.error else "; ".join(finding.message for finding in picture.faults)


async def _stirs(watched: Sequence[Path]) -> AsyncGenerator[None]:
    """Something may have changed: the file system says so, or some time has passed."""
    existing = [folder for folder in watched if is_folder(folder)]
    with suppress(OSError, RuntimeError):  # no watches left, or none on this file system: time will tell
        if existing:
            async for _ in awatch(*existing, watch_filter=None, step=20, debounce=200, recursive=False,
                                  rust_timeout=_POLL_MILLISECONDS, yield_on_timeout=True):  # fmt: skip
                yield None
    while True:
        await asyncio.sleep(_POLL_MILLISECONDS / 1000)
        yield None
