"""The page as an answer, and errors as pages for whoever looks with a browser."""

from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response

from app.web.http import problems
from app.web.http.problems import ProblemDetails
from app.web.page.rendering import encoded
from app.web.page.sign_in import problem_page

HTML = "text/html"

_PAGES = frozenset({"/", "/session"})


def page(text: str, status: HTTPStatus = HTTPStatus.OK, *, reading: int | None = None) -> Response[bytes]:
    """A page of this moment, which nobody may keep."""
    headers = {"Cache-Control": "no-store", "Vary": "Cookie, Authorization, X-Assay-Fragment"}
    if reading is not None:
        headers["X-Assay-Reading"] = str(reading)
    return Response(encoded(text), status_code=status, media_type=HTML, headers=headers)


def refusal(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The problem of an error: readable where a browser has asked for the page, else as RFC 9457 has it."""
    found = problems.answer(request, error)
    if request.scope["path"] not in _PAGES or not is_browser(request):
        return found
    problem = msgspec.json.decode(found.content, type=ProblemDetails)
    headers = {**found.headers, "Cache-Control": "no-store"}
    return Response(encoded(problem_page(problem)), status_code=problem.status, media_type=HTML, headers=headers)


def is_browser(request: Request[Any, Any, Any]) -> bool:
    """Whether a person looks at the answer: programs seldom ask for HTML."""
    return "text/html" in request.headers.get("Accept", "")
