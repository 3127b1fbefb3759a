"""`/metrics`: for Prometheus."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import anyio.to_thread
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from prometheus_client import CONTENT_TYPE_LATEST

from app.web.http.documents import described
from app.web.http.problems import ProblemDetails

if TYPE_CHECKING:
    from app.web.metrics import Metrics

_MEDIA = CONTENT_TYPE_LATEST.partition("; charset")[0]  # the framework adds it to all texts

_TEXT = ResponseSpec(
    data_container=str, description="Prometheus' text format.", media_type=_MEDIA, generate_examples=False
)
_REFUSED = described(ProblemDetails, "", HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


@get("/metrics", media_type=_MEDIA, responses={**_REFUSED, 200: _TEXT})
async def metrics(request: Request[Any, Any, State]) -> Response[bytes]:
    """What can be counted: requests, readings, findings, probes, the pool, and what each environment runs with."""
    counted: Metrics = request.app.state.metrics
    body = await anyio.to_thread.run_sync(counted.text, await counted.in_use.found())
    return Response(body, media_type=_MEDIA, headers={"Cache-Control": "no-store"})


HANDLERS = (metrics,)
