"""`/schema`: the API's description, and a page of it that needs nothing but itself."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import anyio.to_thread
import msgspec
from litestar import Litestar, Request, Response, Router
from litestar.datastructures import State
from litestar.enums import MediaType
from litestar.exceptions import NotFoundException
from litestar.handlers.http_handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import License
from litestar.types import Method
from litestar.types.internal_types import PathParameterDefinition

from app import __version__
from app.settings.application import ApplicationSettings
from app.web.http.description import OF_PROJECT, complete
from app.web.page.assets import version
from app.web.security.protection import known_host

_PATH = "/schema"
_JSON = f"{_PATH}/openapi.json"

_ABOUT = (
    "What every environment of a project will run with, where each value comes from, and whether it is fit for "
    "production. Errors are problems of RFC 9457; no answer holds a secret."
)
_HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}: the API · Assay</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark">'
    '<link rel="icon" type="image/svg+xml" href="/static/favicon.svg?v={version}">'
    '<script src="/static/theme.js?v={version}"></script><link rel="stylesheet" href="/static/page.css?v={version}">'
    '</head><body><main class="api"><p><a href="/">Back to the page</a></p><h1>{title}</h1>'
)
_FOOT = (
    '<p>The whole description, in OpenAPI 3.1: <a href="/schema/openapi.json">openapi.json</a>.</p>'
    "</main></body></html>"
)


def openapi(settings: ApplicationSettings) -> OpenAPIConfig | None:
    """The description's configuration; None where the settings serve none."""
    if not settings.docs:
        return None
    # The framework's own pages load scripts from elsewhere, and answer unknown paths with a page: ours come first.
    router = Router(_PATH, route_handlers=[], guards=[known_host], before_request=_answer, include_in_schema=False)
    return OpenAPIConfig(
        title=settings.name,
        version=__version__,
        description=_ABOUT,
        license=License(name="MIT", identifier="MIT"),
        operation_id_creator=_name,
        openapi_router=router,
        render_plugins=[JsonRenderPlugin()],
        use_handler_docstrings=True,
        create_examples=False,
    )


def _name(handler: HTTPRouteHandler, _method: Method, path: list[str | PathParameterDefinition]) -> str:
    """What generated clients call an operation; the same of one project of several has a name of its own."""
    is_of_project = any(getattr(part, "name", "") == "project" for part in path)
    return f"{OF_PROJECT}{handler.handler_name}" if is_of_project else handler.handler_name


async def _answer(request: Request[Any, Any, State]) -> Response[bytes] | None:
    """The description: as a page for browsers, as itself for everybody else; what is no question goes on."""
    if request.method not in {"GET", "HEAD"}:
        return None
    path = request.scope["path"].rstrip("/")
    if path not in {_PATH, _JSON}:
        raise NotFoundException
    found = await anyio.to_thread.run_sync(_described, request.app)
    if path == _PATH and "text/html" in request.headers.get("Accept", ""):
        return Response("".join(_page(found)).encode(), media_type=MediaType.HTML)
    return Response(msgspec.json.encode(found), media_type="application/vnd.oai.openapi+json")


def _described(app: Litestar) -> Mapping[str, Any]:
    """The description, put together when it is first asked for."""
    if "description" not in app.state:
        app.state.description = complete(app.openapi_schema.to_schema())
    found: Mapping[str, Any] = app.state.description
    return found


def _page(schema: Mapping[str, Any]) -> Iterator[str]:
    yield _HEAD.format(title=escape(schema["info"]["title"]), version=version())
    yield f"<p>{escape(schema['info']['description'])}</p>"
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            yield f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
            yield f"<p>{escape(operation.get('description') or operation.get('summary', ''))}</p>"
            yield from _parameters(operation.get("parameters", []))
            yield from _answers(operation["responses"])
    yield _FOOT


def _parameters(parameters: list[Mapping[str, Any]]) -> Iterator[str]:
    if parameters:
        named = (
            f"<li><code>{escape(one['name'])}</code> ({escape(one['in'])}): {escape(one.get('description', ''))}</li>"
            for one in parameters
        )
        yield f"<ul>{''.join(named)}</ul>"


def _answers(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield "<ul>"
    for status, answer in sorted(answers.items()):
        yield f"<li><code>{status}</code> {escape(answer['description'])}"
        for media, content in answer.get("content", {}).items():
            if "example" in content:
                shown = escape(_shown(content["example"]))
                yield f'<details><summary>{escape(media)}</summary><pre tabindex="0">{shown}</pre></details>'
        yield "</li>"
    yield "</ul>"


def _shown(example: object) -> str:
    return example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
