"""Documents as answers: the bytes that the command line prints, with the headers that caches ask for."""

import hashlib
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.enums import MediaType
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Struct

from app.reports import wire
from app.web.problems import PROBLEM_JSON, Problem


def document(content: Struct, status: HTTPStatus = HTTPStatus.OK) -> Response[bytes]:
    """A document of this moment, which nobody may keep."""
    return Response(
        wire.encode(content),
        status_code=status,
        media_type=MediaType.JSON,
        headers={"Cache-Control": "no-store"},
    )


def configuration(request: Request[Any, Any, Any], content: Struct) -> Response[bytes]:
    """A document about configuration: 304 where the caller has it already. Source: RFC 9110, 13.1.2."""
    body = wire.encode(content)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private"}
    if _has(request.headers.get("If-None-Match", ""), tag):
        return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, media_type=MediaType.JSON, headers=headers)
    return Response(body, media_type=MediaType.JSON, headers=headers)


def _has(known: str, tag: str) -> bool:
    return known.strip() == "*" or tag in {entry.strip().removeprefix("W/") for entry in known.split(",")}


def described(content: type[Struct], description: str, *problems: HTTPStatus) -> dict[int, ResponseSpec]:
    """What the API's description says of a handler's answers."""
    refused = {
        status.value: ResponseSpec(
            data_container=Problem,
            description=status.phrase,
            media_type=PROBLEM_JSON,
            generate_examples=False,
        )
        for status in problems
    }
    return {200: ResponseSpec(data_container=content, description=description, generate_examples=False), **refused}
