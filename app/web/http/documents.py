"""Documents as answers: the bytes that the command line prints, with the headers that caches ask for."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import anyio.to_thread
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Struct

from app.project.workspace import Workspace
from app.reports import wire
from app.service.diagnosed import DiagnosedProject
from app.watching.project_snapshot import CachedAnswer, Inquiry
from app.web.http.problems import PROBLEM_JSON, ProblemDetails

Diagnosed = NamedDependency[DiagnosedProject]
"""The project that a request is about: the one that its path names, else the one that the service was started for."""

REFUSED = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""How a question may be refused, whatever it is about."""


def document(content: Struct, status: HTTPStatus = HTTPStatus.OK) -> Response[bytes]:
    """A document of this moment, which nobody may keep."""
    return Response(
        wire.encode(content),
        status_code=status,
        media_type=MediaType.JSON,
        headers={"Cache-Control": "no-store"},
    )


async def configuration(
    request: Request[Any, Any, Any], project: DiagnosedProject, ask: Callable[[Workspace], Inquiry]
) -> Response[bytes]:
    """A document about configuration that is kept once it is worked out: in a thread, so that nobody else waits."""
    picture = project.live.picture
    inquiry = ask(picture.workspace)
    found = picture.kept(inquiry.question)
    if found is None:
        found = await anyio.to_thread.run_sync(picture.answer, inquiry)
    return answer(request, found)


async def fresh_configuration(
    request: Request[Any, Any, Any], project: DiagnosedProject, make: Callable[[Workspace], CachedAnswer]
) -> Response[bytes]:
    """The same, of an answer that is not kept."""
    picture = project.live.picture
    return answer(request, await anyio.to_thread.run_sync(lambda: make(picture.workspace)))


def answer(request: Request[Any, Any, Any], found: CachedAnswer) -> Response[bytes]:
    """A document, or 304 where the caller has it already. Source: RFC 9110, 13.1.2."""
    headers = {"ETag": found.tag, "Cache-Control": "private"}
    if is_known(request.headers.get("If-None-Match", ""), found.tag):
        return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, media_type=MediaType.JSON, headers=headers)
    return Response(found.body, media_type=MediaType.JSON, headers=headers)


def is_known(stated: str, tag: str) -> bool:
    """Whether the caller has a document of this tag, as `If-None-Match` states it."""
    return bool(stated) and (
        stated.strip() == "*" or tag in {entry.strip().removeprefix("W/") for entry in stated.split(",")}
    )


def described(
    content: type[Struct], description: str, *problems: HTTPStatus, status: HTTPStatus = HTTPStatus.OK
) -> dict[int, ResponseSpec]:
    """What the API's description says of a handler's answers."""
    refused = {
        problem.value: ResponseSpec(
            data_container=ProblemDetails,
            description=problem.phrase,
            media_type=PROBLEM_JSON,
            generate_examples=False,
        )
        for problem in problems
    }
    given = ResponseSpec(data_container=content, description=description, generate_examples=False)
    return {status.value: given, **refused}
