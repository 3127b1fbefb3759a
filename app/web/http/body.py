"""A request's body, as far as the caller sent it."""

import json
import re
from collections import Counter
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import InternalServerException
from msgspec import Struct

from app.core import limits
from app.core.errors import did_you_mean
from app.core.legible import legible
from app.web.http.problems import FieldError, ProblemError

_PLACE = re.compile(r"(?P<what>.*?)(?: - at `\$\.(?P<key>\w+)`)?")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>.*)`", re.DOTALL)


async def whole_body(request: Request[Any, Any, Any]) -> bytes:
    """The bytes of a body.

    Raises:
        ProblemError: the caller left before they had all come, which is no fault of ours.
    """
    try:
        return await request.body()
    except InternalServerException:  # what Litestar makes of that
        raise ProblemError(HTTPStatus.BAD_REQUEST, "body-incomplete", "The body ended before it was whole.") from None


async def fields_of[S: Struct](request: Request[Any, Any, Any], kind: type[S]) -> S:
    """A JSON body as a structure; an empty one is as good as `{}`.

    Raises:
        ProblemError: 400, it is no JSON; 422, a field is missing, unknown, or of another kind.
    """
    raw = await whole_body(request)
    try:
        return msgspec.convert(decoded(raw or b"{}"), kind)
    except msgspec.ValidationError as error:
        found = _field_error(str(error), kind)
        detail = "The body is not what is asked for here."
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "body-invalid", detail, errors=[found]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        detail = "The body is no JSON."
        raise ProblemError(HTTPStatus.BAD_REQUEST, "body-malformed", detail) from None


def decoded(raw: bytes) -> Any:
    """What a JSON body says.

    Raises:
        msgspec.DecodeError, UnicodeDecodeError, RecursionError: it is no JSON.
        ProblemError: 400, an object names a field twice: what stands before us may have gone by the other one.
    """
    said = msgspec.json.decode(raw)
    json.loads(raw, object_pairs_hook=_each_once)
    return said


def _each_once(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) < len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        detail = f"An object of the body names its field {legible(twice[: limits.WORD.figure])!r} twice."
        raise ProblemError(HTTPStatus.BAD_REQUEST, "body-malformed", detail)


def _field_error(said: str, kind: type[Struct]) -> FieldError:
    """What msgspec says, by the field that it is about; it quotes no value."""
    if unknown := _UNKNOWN.match(said):
        key = unknown["key"]
        return FieldError(key=key, message=f"is no field here. {did_you_mean(key, kind.__struct_fields__)}")
    if missing := re.search(r"missing required field `(?P<key>\w+)`", said):
        return FieldError(key=missing["key"], message="is required")
    found = _PLACE.fullmatch(said)
    return FieldError(key=(found and found["key"]) or "", message=(found["what"] if found else said).lower())
