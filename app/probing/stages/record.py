"""What a probe has found so far."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from app.core.outcomes import STAGES, ConnectionFailure, FailureCode, ServerFacts, StageName, StageStatus
from app.database.errors import RefusalError, failure, server_message
from app.database.target import Target
from app.reports import probe as wire

# Another host of the target may do where one fails like this; a wrong password is wrong everywhere.
_ELSEWHERE: frozenset[FailureCode] = frozenset(
    {
        "connect-timeout",
        "connection-lost",
        "connection-refused",
        "not-postgresql",
        "read-only",
        "server-not-accepting",
        "socket-missing",
        "unreachable",
    }
)


class StoppedError(Exception):
    """A stage failed; those behind it are skipped.

    Attributes:
        failure: why.
        unsuitable: whether the server is well, and only not of the kind that the target asks for.
    """

    def __init__(self, failure: ConnectionFailure, error: Exception) -> None:
        super().__init__(failure.code)
        self.failure = failure
        self.unsuitable = failure.stage == "query" and isinstance(error, RefusalError)

    @property
    def elsewhere(self) -> bool:
        """Whether another host may do."""
        return self.unsuitable or self.failure.code in _ELSEWHERE


@dataclass(slots=True, kw_only=True)
class Notes:
    """What a stage has to say when it ends well."""

    status: StageStatus = "ok"
    message: str | None = None
    detail: dict[str, object] = field(default_factory=dict)

    def say(self, message: str, *, well: bool = True, **detail: object) -> None:
        """A sentence, whether all is well, and what there is to know."""
        self.message = message
        self.status = "ok" if well else "warning"
        self.detail.update(detail)

    def pass_by(self, message: str) -> None:
        """There is nothing to do, and a sentence why."""
        self.message, self.status = message, "skipped"


@dataclass(slots=True, kw_only=True)
class Record:
    """The stages that ran, in their order, and why the last one failed.

    Attributes:
        ends: when the whole probe must be over, by the loop's clock.
        told: called with each stage as it ends; once more where another host was tried instead.
    """

    target: Target
    ends: float
    told: Callable[[wire.Stage], object] | None = None
    began: float = field(default_factory=time.perf_counter)
    stages: dict[StageName, wire.Stage] = field(default_factory=dict)
    failure: ConnectionFailure | None = None
    server: ServerFacts | None = None

    @property
    def left(self) -> float:
        """Seconds left for the whole probe."""
        return self.ends - asyncio.get_running_loop().time()

    @asynccontextmanager
    async def stage(self, name: StageName, *, seconds: float) -> AsyncIterator[Notes]:
        """A stage; it may take so many seconds, and no longer than the probe.

        Raises:
            StoppedError: it failed, and the record says why.
        """
        loop, began, notes = asyncio.get_running_loop(), time.perf_counter(), Notes()
        self.failure = None
        try:
            async with asyncio.timeout_at(min(self.ends, loop.time() + seconds)):
                yield notes
        except Exception as error:  # whatever a driver may raise is an answer here
            self.failure = failure(error, name, self.target)
            self._note_error(notes, error)
            self._end(name, notes, began)
            raise StoppedError(self.failure, error) from error
        self._end(name, notes, began)

    def _note_error(self, notes: Notes, error: Exception) -> None:
        notes.status = "failed"
        notes.message = self.failure.message if self.failure else None
        if isinstance(error, RefusalError):
            notes.detail |= error.detail
        if said := server_message(error, self.target):
            notes.detail["server_message"] = said

    def _end(self, name: StageName, notes: Notes, began: float) -> None:
        stage = wire.Stage(
            name=name, status=notes.status, ms=_milliseconds(began), message=notes.message, detail=notes.detail
        )
        self.stages[name] = stage
        if self.told is not None:
            self.told(stage)

    def skip(self, name: StageName, message: str | None = None) -> None:
        """Notes that there is nothing to do in a stage."""
        self._end(name, Notes(status="skipped", message=message), time.perf_counter())

    def report(self) -> wire.Probe:
        """The whole probe: all stages in order, those that did not run skipped."""
        return wire.Probe(
            ok=self.failure is None,
            elapsed_ms=_milliseconds(self.began),
            target=wire.target(self.target.shown()),
            stages=tuple(self.stages.get(name, wire.Stage(name=name, status="skipped")) for name in STAGES),
            failure=wire.failure(self.failure),
            server=wire.server(self.server),
        )


def _milliseconds(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)
