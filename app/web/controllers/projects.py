"""`/projects`: the projects that are diagnosed, and everything under `/config` for each of them."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import anyio.to_thread
import msgspec
from litestar import Request, Response, Router, get
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from app.core.errors import AssayError
from app.reports import wire
from app.reports.workspace import ProjectEntry, Projects
from app.service.diagnosed import DiagnosedProject, known_project
from app.service.runtime import Service
from app.watching import cached_answers
from app.watching.project_snapshot import document
from app.web.http.documents import answer, described

_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


@get("/projects", responses=described(Projects, "The projects.", *_REFUSED))
async def projects(request: Request[Any, Any, State], service: NamedDependency[Service]) -> Response[bytes]:
    """The projects that are diagnosed, each with its verdict in numbers."""
    return answer(request, await anyio.to_thread.run_sync(lambda: document(_listed(list(service.projects.values())))))


def _listed(found: Sequence[DiagnosedProject]) -> Projects:
    return Projects(projects=[_entry(one) for one in found])


def _entry(project: DiagnosedProject) -> ProjectEntry:
    """A project as it was last read; one that cannot be used says why."""
    picture = project.live.picture
    try:
        found = picture.answer(cached_answers.verdict(picture.workspace, cached_answers.ALL))
    except AssayError as error:
        return ProjectEntry(name=project.name, path=project.path, error=wire.error(error))
    report = msgspec.json.decode(found.body, type=wire.Report)
    names = [one.name for one in report.environments]
    return ProjectEntry(name=project.name, path=project.path, active=report.active, valid=report.valid,
                        counts=report.counts, environments=names)  # fmt: skip


def chosen(service: NamedDependency[Service], project: FromPath[str]) -> DiagnosedProject:
    """The project that the path names.

    Raises:
        UnknownProject: there is none of that name.
    """
    return known_project(service.projects, project)


def of_each(*handlers: HTTPRouteHandler) -> Router:
    """The same handlers for each project, which the path names."""
    found = {"diagnosed": Provide(chosen, sync_to_thread=False)}
    return Router("/projects/{project:str}", dependencies=found, route_handlers=handlers)


HANDLERS = (projects,)
