"""`/schema`: the API's description, and a page of it that needs nothing but itself."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import msgspec
from litestar import Request, Response, Router
from litestar.datastructures import State
from litestar.enums import MediaType
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from app import __version__
from app.schema.application import ApplicationSettings
from app.web.protection import known_host

_PATH = "/schema"
_JSON = f"{_PATH}/openapi.json"

_HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>'
_FOOT = '<p>The whole description, in OpenAPI 3.1: <a href="/schema/openapi.json">openapi.json</a>.</p></body></html>'


def openapi(settings: ApplicationSettings) -> OpenAPIConfig | None:
    """The description's configuration; None where the settings serve none."""
    if not settings.docs:
        return None
    # The framework's own pages load scripts from elsewhere, and answer unknown paths with a page: ours come first.
    router = Router(_PATH, route_handlers=[], guards=[known_host], before_request=_answer, include_in_schema=False)
    return OpenAPIConfig(
        title=settings.name,
        version=__version__,
        openapi_router=router,
        render_plugins=[JsonRenderPlugin()],
        use_handler_docstrings=True,
        create_examples=False,
    )


async def _answer(request: Request[Any, Any, State]) -> Response[bytes]:
    """The description: as a page for browsers, as itself for everybody else."""
    path = request.url.path.rstrip("/")
    if path not in {_PATH, _JSON}:
        raise NotFoundException
    schema = request.app.openapi_schema.to_schema()
    if path == _PATH and "text/html" in request.headers.get("Accept", ""):
        return Response("".join(_page(schema)).encode(), media_type=MediaType.HTML)
    return Response(msgspec.json.encode(schema), media_type="application/vnd.oai.openapi+json")


def _page(schema: Mapping[str, Any]) -> Iterator[str]:
    yield _HEAD.format(title=escape(schema["info"]["title"]))
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            yield f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
            yield f"<p>{escape(operation.get('description') or operation.get('summary', ''))}</p>"
            yield from _parameters(operation.get("parameters", []))
    yield _FOOT


def _parameters(parameters: list[Mapping[str, Any]]) -> Iterator[str]:
    if parameters:
        named = (f"<li><code>{escape(one['name'])}</code> ({escape(one['in'])})</li>" for one in parameters)
        yield f"<ul>{''.join(named)}</ul>"
