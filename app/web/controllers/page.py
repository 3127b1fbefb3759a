"""`/`: the page, and the files that it needs."""

from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import anyio.to_thread
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.params import FromPath
from markupsafe import Markup

from app.core.errors import AssayError
from app.service.diagnosed import DiagnosedProject, known_project
from app.service.runtime import Service
from app.watching.project_snapshot import ProjectSnapshot
from app.web.http.content_coding import coded, takes_gzip
from app.web.http.documents import is_known
from app.web.http.problems import ProblemError
from app.web.page import answers, frame
from app.web.page.assets import assets, version
from app.web.page.grid.export import exported
from app.web.page.plan import plan_view
from app.web.page.query import Asked, read
from app.web.page.reading import PageReading
from app.web.page.recorded.history import key_history, past, recorded
from app.web.page.recorded.instances import instances_view
from app.web.page.recorded.releases import releases_view
from app.web.page.rendering import render
from app.web.page.views import Facts, Part, main_part, panel_part
from app.web.page.wording import told_of
from app.web.security.access import Caller
from app.web.security.auth import caller, sessions_of

_FRAGMENT = "x-assay-fragment"
_FOR_EVER = "public, max-age=31536000, immutable"


@get("/", include_in_schema=False, media_type=MediaType.HTML)
async def page(request: Request[Any, Any, State], service: NamedDependency[Service]) -> Response[bytes]:
    """The page, or one part of it; the unknown are shown where to sign in."""
    return await coded(request, await _answer(request, service))


async def _answer(request: Request[Any, Any, State], service: Service) -> Response[bytes]:
    fragment = request.headers.get(_FRAGMENT, "")
    try:
        asking = caller(request)
        asking.require_reader()
    except ProblemError as error:
        if error.status_code != HTTPStatus.UNAUTHORIZED or fragment:
            raise
        return answers.page(answers.sign_in_page(request.scope["query_string"]))
    asked, notes = read(request.scope["query_string"])
    project = known_project(service.projects, asked.project) if asked.project else service.main
    live = project.live
    reading: PageReading = request.app.state.readings.of(project.name, live.picture, live.last_good)
    if fragment == "panel":
        found = await _panel(service, project, reading, asked, asking)
        return answers.page(found.html, reading=reading.picture.number)
    if asked.export and not fragment:
        return answers.file(await anyio.to_thread.run_sync(exported, reading, asked), asked.export)
    facts = await _facts(service, project, reading, asked, asking)
    main = await anyio.to_thread.run_sync(main_part, reading, asked, notes, facts)
    if fragment == "main":
        return answers.page(main.html, reading=reading.picture.number)
    panel = await _panel(service, project, reading, asked, asking)
    around = _frame(request, service, project, asking, asked, reading.picture)
    whole = await anyio.to_thread.run_sync(_whole, asked, around, main, panel)
    return answers.page(whole, max(main.status, panel.status), reading=reading.picture.number)


async def _panel(
    service: Service, project: DiagnosedProject, reading: PageReading, asked: Asked, asking: Caller
) -> Part:
    changes = await key_history(service, project, asked) if asked.key else None
    may_edit = asking.role == "operator" and service.settings.diagnostics.editing
    return await anyio.to_thread.run_sync(partial(panel_part, reading, asked, changes, may_edit=may_edit))


async def _facts(
    service: Service, project: DiagnosedProject, reading: PageReading, asked: Asked, asking: Caller
) -> Facts:
    """What the view shows beside the reading; only that is asked for."""
    told: dict[str, Any]
    match asked.view:
        case "database":
            targets = await anyio.to_thread.run_sync(_targets, service, project, reading)
            told = {"status": await service.status(), "targets": targets}
        case "history":
            told = {"recorded": await recorded(service, project, asked)}
        case "plan":
            told = {"plan": await plan_view(reading, asked)}
        case "releases":
            told = {"releases": await releases_view(service, project, asked)}
        case "instances":
            told = {"instances": await instances_view(service, project, asked)}
        case "overview":
            told = {"past": await past(service, project)}
        case _:
            told = {}
    return Facts(role=asking.role, **told)


def _targets(service: Service, project: DiagnosedProject, reading: PageReading) -> dict[str, str]:
    """The database of each environment, as it would be tested; where there is none, why."""
    return {name: _target(service, project, name) for name in reading.environments}


def _target(service: Service, project: DiagnosedProject, name: str) -> str:
    try:
        shown = service.question(project, {"environment": name}).target.shown()
    except AssayError as error:
        return told_of(error)
    return f"{shown.username or '(no user)'}@{shown.place}/{shown.name or shown.username or ''}, tls {shown.tls}"


def _whole(asked: Asked, around: frame.Frame, main: Part, panel: Part) -> str:
    parts = {"main": Markup(main.html), "panel": Markup(panel.html)}  # noqa: S704 - rendered by templates
    return render("layout.html", asked=asked, frame=around, **parts)


def _frame(
    request: Request[Any, Any, State],
    service: Service,
    project: DiagnosedProject,
    asking: Caller,
    asked: Asked,
    picture: ProjectSnapshot,
) -> frame.Frame:
    """What stands around the view of a reading; it says the number of that one, whatever was read meanwhile."""
    several = len(service.projects) > 1
    named = picture.readable.project.name if picture.readable and not several else project.name
    return frame.Frame(
        project=named,
        projects=frame.projects(asked, list(service.projects), project.name),
        base=f"/projects/{quote(project.name, safe='')}" if asked.project else "",
        reading=picture.number,
        caller=asking.name,
        role=asking.role,
        csrf=sessions_of(request).csrf(asking.session) if asking.session else "",
        title=frame.title(asked),
        schema=service.settings.app.docs,
        views=frame.views(asked),
    )


@get("/static/{name:str}", include_in_schema=False, sync_to_thread=False)
def static(request: Request[Any, Any, State], name: FromPath[str]) -> Response[bytes]:
    """A file of the page; an address with the version in it can be kept for ever."""
    found = assets().get(name)
    if found is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "not-found", "The page has no such file.")
    lasting = request.query_params.get("v") == version()
    headers = {"Cache-Control": _FOR_EVER if lasting else "public, no-cache", "Vary": "Accept-Encoding"}
    body, tag = found.body, found.tag
    if found.packed is not None and takes_gzip(request.headers.get("Accept-Encoding", "")):
        # Two representations have two tags. Source: RFC 9110, 8.8.3.3.
        body, tag = found.packed, f'{tag[:-1]}-gzip"'
        headers["Content-Encoding"] = "gzip"
    headers["ETag"] = tag
    if is_known(request.headers.get("If-None-Match", ""), tag):
        return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, media_type=found.media, headers=headers)
    return Response(body, media_type=found.media, headers=headers)


HANDLERS = (page, static)
