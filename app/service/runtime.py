"""What a running service holds: its plan, its database, the project that it diagnoses."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.core.supervision import Supervised
from app.database.embedded import Restarts
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.recorder import Recorder
from app.history.store import schema
from app.history.store.drafts import ProbeDraft
from app.probing import request
from app.probing.certificate_files import confined
from app.probing.request import Question
from app.probing.stages import LookUp, Permit, system_look_up
from app.probing.status import status
from app.releases.delivery.delivery import Delivery
from app.reports.probe import Probe, Stage, Status
from app.service.diagnosed import DiagnosedProject
from app.service.own_database import migrate, open_manager, start_embedded
from app.service.plan import Plan
from app.service.settings_reload import Reload
from app.settings import Settings
from app.watching import cached_answers
from app.watching.watcher import Live

_LOG = logging.getLogger(__name__)
_FAREWELL_SECONDS = 2.0
PROFILES, OWN_PROFILES, SETTINGS = (
    "Following the profiles",
    "Following the service's profiles",
    "Reloading the settings",
)
_STATUS_SECONDS = 2.0


class Service:
    """A running service.

    Args:
        plan: what it is to be.
        manager: the pool of its database; None where none is configured.
        live: the project that it diagnoses.
        clock: tells the time.

    Attributes:
        settings: those in force.
        probes: how many run.
        background: what runs beside the answers.
        own: the service's own profiles, where it has any; its `live` where those are what it diagnoses.
        reload: takes its settings from them.
        look_up: how the names in targets become addresses.
        projects: every project that it diagnoses, by name; the one above first.
        delivery: gives instances of all of them their releases; None where there is no database that has any.
        restarts: of its embedded server; None where it has none.
    """

    def __init__(
        self, plan: Plan, manager: ConnectionManager | None, live: Live, clock: Callable[[], datetime]
    ) -> None:
        self.plan = plan
        self.manager = manager
        self.settings = plan.settings
        self.probes = 0
        self.background: tuple[Supervised, ...] = ()
        self.own: Live | None = None
        self.reload: Reload | None = None
        self.restarts: Restarts | None = None
        self.look_up: LookUp = system_look_up
        self.main = self._diagnosed(plan.name, live, clock)
        self.projects = {self.main.name: self.main}
        self.delivery = Delivery(manager, [one.name for one in plan.members], clock) if manager else None
        self._clock = clock
        self._look: asyncio.Task[Status] | None = None

    def _diagnosed(self, name: str, live: Live, clock: Callable[[], datetime]) -> DiagnosedProject:
        path = next(member.path for member in self.plan.members if member.name == name)
        history = Recorder(self.manager, live, name, lambda: self.settings.history, clock) if self.manager else None
        return DiagnosedProject(name=name, path=path, live=live, recorder=history)

    def join(self, name: str, live: Live) -> None:
        """Takes another project of the workspace under diagnosis."""
        self.projects[name] = self._diagnosed(name, live, self._clock)

    @property
    def live(self) -> Live:
        """The project that it was started for."""
        return self.main.live

    @property
    def recorder(self) -> Recorder | None:
        """Keeps what happens to that; None where there is no database for it."""
        return self.main.recorder

    @property
    def recorders(self) -> list[Recorder]:
        """Those of all projects."""
        return [one.recorder for one in self.projects.values() if one.recorder]

    @property
    def remembers(self) -> bool:
        """Whether it has a history."""
        return self.manager is not None and self.settings.history.enabled

    @property
    def busy(self) -> bool:
        """Whether as many probes run as may run at once."""
        return self.probes >= self.settings.diagnostics.max_concurrent_probes

    def take(self, settings: Settings) -> None:
        """Puts settings in force; the database they name is taken over without dropping what runs."""
        target = Target.from_settings(settings.database)
        if self.manager and target and not self.plan.embedded:
            self.manager.use(target)
            self._look = None
        self.settings = settings  # last: settings that were not taken over as a whole are not in force, and tried again

    async def status(self) -> Status:
        """What its own database is doing; those who ask while somebody looks already share what that one sees."""
        if self._look is None or self._look.done():
            looking = status(self.manager, self.plan.environment, migrations=schema.state, seconds=_STATUS_SECONDS)
            self._look = asyncio.create_task(looking)
        return await asyncio.shield(self._look)

    def question(self, project: DiagnosedProject, fields: Mapping[str, Any]) -> Question:
        """What a request's body asks for.

        Args:
            project: whose environments may be meant.
            fields: the body.

        Raises:
            TargetError: it is no target.
            UnknownEnvironment: there is none of that name.
        """
        is_own = self.plan.embedded and self.plan.own and project is self.main
        embedded = self.manager.target if self.manager and is_own else None
        settings = self.settings.diagnostics
        asked = request.question(project.live.workspace(), fields, seconds=settings.probe_timeout, embedded=embedded)
        if asked.environment is not None:
            return asked
        folder = self.plan.home / settings.certificates_folder if settings.certificates_folder else None
        return replace(asked, target=confined(asked.target, fields, folder))

    async def probe(
        self,
        project: DiagnosedProject,
        question: Question,
        asked_by: str,
        told: Callable[[Stage], object] | None = None,
        permit: Permit | None = None,
    ) -> Probe:
        """The probe; it is recorded behind the answer's back, and an answer there is in any case.

        Args:
            project: in whose history it is recorded.
            question: what to probe.
            asked_by: who wants to know.
            told: called with each stage as it ends.
            permit: whether a host of the target and one of its addresses may be connected to.
        """
        asked_at = self._clock()
        self.probes += 1
        result = "broken off"
        try:
            found = await request.ask(question, told, permit, self.look_up)
            result = found.failure.code if found.failure else "ok"
        finally:
            self.probes -= 1
            _LOG.info("probe", extra={"asked_by": asked_by, "target": question.shown, "result": result})
        if project.recorder and self.remembers:
            project.recorder.remember(
                ProbeDraft(project=project.name, probe=found, environment=question.environment,
                           asked_by=asked_by, asked_at=asked_at)
            )  # fmt: skip
        return found

    def now(self) -> datetime:
        """What time it is."""
        return self._clock()

    async def settle(self, seconds: float = _FAREWELL_SECONDS) -> None:
        """Waits until everything is recorded, for so long."""
        if self._look:
            self._look.cancel()
        await asyncio.gather(*(recorder.close(seconds) for recorder in self.recorders))


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def serving(
    plan: Plan,
    target: Target | None = None,
    restarts: Restarts | None = None,
    clock: Callable[[], datetime] = _now,
) -> AsyncIterator[Service]:
    """The service while it runs.

    Args:
        plan: what it is to be.
        target: its database, where another process has it ready: the embedded server runs, migrations are done.
        restarts: of the embedded server that the other process supervises.
        clock: tells the time.

    Raises:
        EmbeddedServerError: the embedded server cannot run.
    """
    async with AsyncExitStack() as held:
        server = None if target else await asyncio.to_thread(start_embedded, plan)
        if server:
            held.push_async_callback(asyncio.to_thread, server.stop)
        chosen = target or (server.target if server else plan.target)
        manager = open_manager(plan, chosen) if chosen else None
        if manager:
            held.push_async_callback(manager.close, _FAREWELL_SECONDS)
        service = await _followed(plan, manager, clock)
        service.restarts = server.restarts if server else restarts
        held.push_async_callback(_end, service, [asyncio.create_task(one.run()) for one in service.background])
        if manager and target is None:
            await migrate(plan, manager)
        for recorder in service.recorders:
            recorder.start()
        if service.delivery:
            await held.enter_async_context(service.delivery)
        if server:
            server.supervise()
        yield service


async def _followed(plan: Plan, manager: ConnectionManager | None, clock: Callable[[], datetime]) -> Service:
    """The service with the project that it diagnoses, and its own profiles where it has any."""
    project, home = plan.followed
    live = await asyncio.to_thread(Live, project, plan.environ, clock, cached_answers.prepare, plan.digest_key)
    own = live if plan.own else await asyncio.to_thread(Live, home, plan.environ, clock) if plan.at_home else None
    service = Service(plan, manager, live, clock)
    for member in (member for member in plan.members if member.folder != plan.project):
        other = await asyncio.to_thread(
            Live, member.folder, plan.environ, clock, cached_answers.prepare, plan.digest_key
        )
        service.join(member.name, other)
    follow(service, own)
    return service


async def _end(service: Service, tasks: Sequence[asyncio.Task[None]]) -> None:
    """Ends what runs beside the answers, once what happened is recorded."""
    for one in service.projects.values():
        one.live.close()
    for task in tasks:
        task.cancel()
    await service.settle()
    await asyncio.gather(*tasks, return_exceptions=True)


def follow(service: Service, own: Live | None) -> None:
    """Gives the service what runs beside the answers: following the profiles, and its own settings."""
    live, service.own = service.live, own
    followed = [Supervised(PROFILES, lambda it: live.follow(it.step))]
    followed += [_following(one) for one in service.projects.values() if one is not service.main]
    if own:
        reload = service.reload = Reload(own, service.plan.environment, service.settings, service.take)
        if own is not live:
            followed.append(Supervised(OWN_PROFILES, lambda it: own.follow(it.step)))
        followed.append(Supervised(SETTINGS, lambda it: reload.run(it.step)))
    service.background = tuple(followed)


def _following(project: DiagnosedProject) -> Supervised:
    return Supervised(f"Following {project.name}", lambda it: project.live.follow(it.step))
