"""The page as an answer, where the unknown sign in, and errors as pages for whoever looks with a browser."""

import re
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from markupsafe import Markup

from app.web.http import problems
from app.web.http.problems import ProblemDetails
from app.web.page.grid.export import MEDIA
from app.web.page.rendering import encoded, render

HTML = "text/html"

_OWN = re.compile(r"/(\?[!-~]{0,4000})?")
_PAGES = frozenset({"/", "/session"})


def page(text: str, status: HTTPStatus = HTTPStatus.OK, *, reading: int | None = None) -> Response[bytes]:
    """A page of this moment, which nobody may keep."""
    headers = {"Cache-Control": "no-store", "Vary": "Cookie, Authorization, X-Assay-Fragment"}
    if reading is not None:
        headers["X-Assay-Reading"] = str(reading)
    return Response(encoded(text), status_code=status, media_type=HTML, headers=headers)


def file(content: bytes, kind: str) -> Response[bytes]:
    """The matrix as a file that is kept elsewhere."""
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="matrix.{kind}"'}
    return Response(content, media_type=MEDIA[kind], headers=headers)


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


def own_address(text: str) -> str:
    """The address of a state of the page, where it is one; else the page's."""
    return text if _OWN.fullmatch(text) else "/"


def sign_in_page(query: bytes = b"", error: str = "", following: str = "") -> str:
    """The form alone; whoever signs in is led to where they wanted to go.

    Args:
        query: of the address that was asked for.
        error: why the last try did not work.
        following: where it was to lead to.
    """
    wanted = own_address(following or (f"/?{query.decode('latin-1')}" if query else "/"))
    return _bare("signin.html", "Sign in", "signin", error=error, next=wanted)


def problem_page(problem: ProblemDetails) -> str:
    """A problem, readable."""
    return _bare("problem.html", problem.title, "problem", problem=problem)


def _bare(template: str, title: str, view: str, **shown: object) -> str:
    main = Markup(render(template, **shown))  # noqa: S704 - rendered by a template
    return render("bare.html", main=main, title=title, view=view)
