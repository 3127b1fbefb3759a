"""Where the unknown sign in, and where an error is told to a browser."""

import re

from markupsafe import Markup

from app.web.http.problems import ProblemDetails
from app.web.page.rendering import render

_OWN = re.compile(r"/(\?[!-~]{0,4000})?")


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
