"""What the service keeps in its history, behind the back of whoever asks it: changes, verdicts, probes.

Nobody waits for it. While the database is away, drafts wait; what there is no room for is counted, and the gap is told
when the database answers again.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import text

from app.core.errors import AssayError, MigrationFailed
from app.core.supervision import Supervised
from app.core.tasks import end, set_within
from app.database.engine import ConnectionManager
from app.database.errors import failure
from app.history.database_errors import AWAY, is_at_fault
from app.history.edits import Edits
from app.history.retention_job import tidy
from app.history.snapshot_builder import HOST, changes
from app.history.store import schema
from app.history.store.drafts import Outcome, SnapshotDraft
from app.history.store.recording import record, record_gap, record_probe
from app.history.write_queue import ROOM, Backlog, Draft, is_worth_telling
from app.project.git.revision import committed_revision
from app.settings.history import HistorySettings
from app.watching.project_snapshot import ProjectSnapshot
from app.watching.watcher import Live

_LOG = logging.getLogger(__name__)

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.2, 5.0
_CALM_SECONDS, _MENDING_SECONDS, _PATIENCE_SECONDS = 0.3, 1.5, 10.0
"""An edit is over when nothing follows so soon, one that broke a file later; and something is kept after the last."""

_WRITE_SECONDS = 15.0
_PULSE_SECONDS = 5.0
"""So often the database is asked whether it is there, where nothing else is to be said to it."""


def _commit(picture: ProjectSnapshot) -> str | None:
    """The commit that has the profiles as they were read."""
    if picture.readable is None:
        return None
    return committed_revision(picture.workspace.project, picture.workspace.environ)


class Recorder:
    """Keeps what happens to a followed project.

    Args:
        manager: the database that remembers.
        live: the project.
        project: its name.
        history: the settings in force.
        clock: tells the time, with its zone.
        room: how many drafts may wait.

    Attributes:
        written: how many drafts are in the history, whoever wrote them.
        backlog: what waits, and what became of the rest.
        edits: who makes what through the service, told before it is read.
        background: what it does all the time.
        told: called when that has changed.
    """

    def __init__(
        self,
        manager: ConnectionManager,
        live: Live,
        project: str,
        history: Callable[[], HistorySettings],
        clock: Callable[[], datetime],
        room: int = ROOM,
    ) -> None:
        self._manager, self._live, self._project = manager, live, project
        self._history, self._clock = history, clock
        self._last: dict[str, SnapshotDraft] = {}
        self._looking = asyncio.Lock()
        self._stirred, self._answered = asyncio.Event(), asyncio.Event()
        self._settled, self._closing = asyncio.Event(), asyncio.Event()
        self._target = manager.target
        self._is_prepared, self._is_complete = False, True
        self._tasks: list[asyncio.Task[None]] = []
        self.edits = Edits()
        self.background = (
            Supervised("Recording changes", self._watch),
            Supervised("Writing the history", self._write),
            Supervised("Removing what is old", lambda _: self._tidy()),
        )
        self._wrote = asyncio.Event()
        self.written = 0
        self.backlog = Backlog(room)
        self.told: Callable[[], object] = lambda: None

    def start(self) -> None:
        """Begins, in the running loop."""
        self._tasks = [asyncio.create_task(work.run()) for work in self.background]

    async def close(self, seconds: float) -> None:
        """Writes what still waits, for so many seconds while the database answers; then nothing of it runs any more."""
        if self._tasks and self._live.closed:
            await asyncio.wait(self._tasks[:1], timeout=seconds)  # the last edit is drafted first
        self._closing.set()
        self._stirred.set()
        if self._tasks:
            await set_within(self._settled, seconds)
        await end(self._tasks)
        if self.backlog:
            _LOG.warning("%d records were not written before the end.", len(self.backlog))

    def remember(self, draft: Draft) -> None:
        """Has a draft written as soon as that can be done."""
        if not self.backlog.add(draft, self._clock()):
            self._is_complete = False
        self._settled.clear()
        self._stirred.set()
        self.told()

    async def more(self, written: int) -> None:
        """Waits until another number of drafts is in the history than this."""
        while self.written == written:
            await self._wrote.wait()

    async def _watch(self, it: Supervised) -> None:
        """Drafts what is there, and what each reading changes."""
        number = 0
        while picture := await self._live.newer(number):
            if number:
                await self._calm(picture)
            number = self._live.picture.number
            with it.step():
                await self._look()

    async def _calm(self, picture: ProjectSnapshot) -> None:
        """Waits until an edit is over: a save that is mended at once, and the steps of one change, are no history."""
        loop = asyncio.get_running_loop()
        patience, newest = loop.time() + _PATIENCE_SECONDS, picture
        while (left := patience - loop.time()) > 0:
            try:
                async with asyncio.timeout(min(left, _CALM_SECONDS if newest.good else _MENDING_SECONDS)):
                    following = await self._live.newer(newest.number)
            except TimeoutError:
                return
            if following is None:
                return
            newest = following

    async def _look(self) -> None:
        """Drafts what the newest reading changes."""
        settings = self._history()
        if not settings.enabled:
            self._is_complete = False
            return
        async with self._looking:
            picture, known = self._live.picture, dict(self._last)
            found = await asyncio.to_thread(changes, picture, known, compare_secrets=settings.compare_secrets)
            commit = await asyncio.to_thread(_commit, picture) if found else None
            for unsigned in found:
                asked_by = self.edits.author(unsigned.environment, unsigned.fingerprint)
                draft = replace(unsigned, asked_by=asked_by, commit=commit)
                self._last[draft.environment] = draft
                self.remember(draft)

    async def _write(self, it: Supervised) -> None:
        """Writes what waits, one by one; where nothing does, listens whether the database is there."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            await self._something_to_do()
            try:
                with it.step():
                    await self._step()
                pause = _FIRST_PAUSE_SECONDS
            except AWAY as error:
                self._missed(error)
                if self._closing.is_set():
                    self._settled.set()
                    return
                await set_within(self._closing, pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            self.told()

    async def _something_to_do(self) -> None:
        if self.backlog.is_settled and (self._is_complete or not self._history().enabled):
            self._settled.set()
            await set_within(self._stirred, _PULSE_SECONDS)
        self._stirred.clear()

    async def _step(self) -> None:
        """One thing that is to be done.

        Raises:
            DatabaseUnavailable: there is no connection; SQLAlchemyError and the driver's errors: it broke off.
        """
        if not self._history().enabled:
            self.backlog.clear()
            self._is_complete = False
            return
        await self._prepare()
        if self.backlog:
            await self._write_next()
        else:
            await self._pulse()
        self._answered.set()
        await self._mend()

    async def _prepare(self) -> None:
        """Brings the tables up to date where that is asked for; looks at everything anew where something is missing.

        Something is where another database has taken over, where there was no room, and where nothing was wanted.
        """
        if self._manager.target != self._target:
            self._target = self._manager.target
            self._is_prepared = self._is_complete = False
        if not self._is_prepared and self._history().migrate_on_start:
            await self._migrate()
        self._is_prepared = True
        if not self._is_complete and not self.backlog:
            self._last.clear()
            self._is_complete = True
            try:
                await self._look()
            except BaseException:
                self._is_complete = False
                raise

    async def _migrate(self) -> None:
        try:
            moved = await schema.upgrade(self._manager)
        except MigrationFailed as error:
            _LOG.warning("The tables were not brought up to date: %s %s", error.message, error.fix)
        else:
            if moved.steps:
                _LOG.info("The tables were brought up to date, from %s to %s.", moved.before, moved.after)

    async def _write_next(self) -> None:
        draft = self.backlog.take()
        try:
            async with asyncio.timeout(_WRITE_SECONDS):
                outcome = await self._record(draft)
        except BaseException as error:
            if not is_at_fault(error):
                self.backlog.put_back()
                raise
            # An error of the database repeats what was to be written, and that belongs in no log.
            what, told = type(draft).__name__, None if isinstance(error, AWAY) else error
            _LOG.error("A %s was not recorded: %s", what, type(error).__name__, exc_info=told)
            self.backlog.refused(self._clock())
        else:
            self.backlog.wrote(outcome, self._clock())
            self.written += 1
            wrote, self._wrote = self._wrote, asyncio.Event()
            wrote.set()

    async def _record(self, draft: Draft) -> Outcome:
        async with self._manager.session() as session:
            if isinstance(draft, SnapshotDraft):
                return await record(session, draft)
            await record_probe(session, draft)
            return "recorded"

    async def _pulse(self) -> None:
        async with asyncio.timeout(_WRITE_SECONDS), self._manager.connect() as connection:
            await connection.execute(text("SELECT 1"))

    def _missed(self, error: Exception) -> None:
        if self.backlog.away_since is None:
            told = error if isinstance(error, AssayError) else failure(error, "query", self._manager.target)
            _LOG.warning("Nothing can be recorded: %s", told.message)
        self.backlog.missed(self._clock())

    async def _mend(self) -> None:
        """Tells a gap that is over."""
        self.backlog.answered(self._clock())
        gap = self.backlog.gap(self._project, HOST)
        if gap is None:
            return
        if is_worth_telling(gap):
            async with asyncio.timeout(_WRITE_SECONDS), self._manager.session() as session:
                await record_gap(session, gap)
            _LOG.warning("Recording goes on; %d records came late, %d were lost.", gap.late, gap.lost)
        self.backlog.close_gap()

    async def _tidy(self) -> None:
        await self._answered.wait()
        await tidy(self._manager, self._history, self._clock, self._closing, self._project)
