"""What a probe has found so far."""

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field

from app.database.probe.classify import failure, server_message
from app.database.target import Target
from app.reports import probe as wire


class StoppedError(Exception):
    """A stage failed; those behind it are skipped."""


@dataclass(slots=True, kw_only=True)
class Record:
    """The stages that ran, in their order, and why the last one failed."""

    target: Target
    began: float = field(default_factory=time.perf_counter)
    stages: dict[wire.StageName, wire.Stage] = field(default_factory=dict)
    failure: wire.Failure | None = None
    server: wire.Server | None = None

    async def run[T](self, name: wire.StageName, work: Awaitable[T], *, ends: float, seconds: float) -> T:
        """What the stage's work gives; it may take so many seconds, and no longer than the probe.

        Raises:
            StoppedError: it failed, and the record says why.
        """
        loop, began = asyncio.get_running_loop(), time.perf_counter()
        try:
            async with asyncio.timeout_at(min(ends, loop.time() + seconds)):
                result = await work
        except Exception as error:  # whatever a driver may raise is an answer here
            self.failure = failure(error, name, self.target)
            said = server_message(error, self.target)
            detail: dict[str, object] = {"server_message": said} if said else {}
            self._end(name, "failed", began, self.failure.message, detail)
            raise StoppedError from error
        self._end(name, "ok", began, None, {})
        return result

    def say(self, name: wire.StageName, message: str, *, status: wire.StageStatus = "ok", **detail: object) -> None:
        """What there is to say about a stage that has ended well."""
        ms = self.stages[name].ms
        self.stages[name] = wire.Stage(name=name, status=status, ms=ms, message=message, detail=detail)

    def _end(
        self,
        name: wire.StageName,
        status: wire.StageStatus,
        began: float,
        message: str | None,
        detail: dict[str, object],
    ) -> None:
        ms = _milliseconds(began)
        self.stages[name] = wire.Stage(name=name, status=status, ms=ms, message=message, detail=detail)

    def report(self) -> wire.Probe:
        """The whole probe: all stages in order, those that did not run skipped."""
        stages = [self.stages.get(name, wire.Stage(name=name, status="skipped")) for name in wire.STAGES]
        return wire.Probe(
            ok=self.failure is None,
            elapsed_ms=_milliseconds(self.began),
            target=self.target.shown(),
            stages=tuple(stages),
            failure=self.failure,
            server=self.server,
        )


def _milliseconds(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)
