"""A request's body, as far as the caller sent it."""

from http import HTTPStatus
from typing import Any

from litestar import Request
from litestar.exceptions import InternalServerException

from app.web.http.problems import ProblemError


async def whole_body(request: Request[Any, Any, Any]) -> bytes:
    """The bytes of a body.

    Raises:
        ProblemError: the caller left before they had all come, which is no fault of ours.
    """
    try:
        return await request.body()
    except InternalServerException:  # what Litestar makes of that
        raise ProblemError(HTTPStatus.BAD_REQUEST, "body-incomplete", "The body ended before it was whole.") from None
