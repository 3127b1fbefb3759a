"""Path and query as the request has them.

The router folds `//` and drops a slash at the end, which a key may have; the framework fails on a query whose bytes are
no UTF-8, though any client may send them, and takes the last of what stands there twice.
"""

import re
from collections import Counter
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from app.web.http.problems import FieldError, ProblemError


def rest_of_path(request: Request[Any, Any, Any], beginning: str) -> str:
    """What stands in the request's path behind its beginning; nothing where it begins with something else.

    The same path of one project of several begins with the project.
    """
    raw = request.scope.get("raw_path") or b""
    path = unquote_to_bytes(raw.partition(b"?")[0]).decode(errors="replace")
    before, found, rest = path.partition(beginning)
    return rest if found and (not before or _OF_PROJECT.fullmatch(before)) else ""


_OF_PROJECT = re.compile(r"/projects/[^/]+")


def encode_query(scope: MutableMapping[str, Any]) -> None:
    """Percent-encodes what no query may have as it stands. Source: RFC 3986, 3.4."""
    query = scope.get("query_string", b"")
    if not query.isascii():
        scope["query_string"] = quote_from_bytes(query, safe=_ASCII).encode()


_ASCII = bytes(range(0x80)).decode()


async def said_once(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Lets requests pass that say once what they ask: whichever of two were taken, the other may have been meant.

    Raises:
        ProblemError: 400, a parameter of this route stands in the query more than once.
    """
    known = handler.parsed_fn_signature.parameters.keys() - connection.path_params.keys()
    counted = Counter(name for name, _ in connection.query_params.multi_items())
    if repeated := [name for name, times in counted.items() if times > 1 and name in known]:
        detail = f"The parameter {repeated[0]!r} stands in the query more than once. Say it once."
        errors = [FieldError(key=name, message="stands there more than once") for name in repeated]
        raise ProblemError(HTTPStatus.BAD_REQUEST, "parameter-repeated", detail, errors=errors)
