"""`/session`: signing in to the page with a token, and out."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Request, Response, delete, post
from litestar.datastructures import Cookie, State
from litestar.enums import MediaType
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Struct

from app.core.errors import did_you_mean
from app.settings.auth import TokenSettings, known_token
from app.web.http.body import decoded, whole_body
from app.web.http.documents import described
from app.web.http.problems import FieldError, ProblemError
from app.web.http.request_body import SessionOperation
from app.web.page.answers import is_browser, own_address, page, sign_in_page
from app.web.security.access import Caller, is_local
from app.web.security.auth import (
    caller,
    require_own_form,
    require_own_origin,
    sessions_of,
    settings_of,
)
from app.web.security.sessions import COOKIE, SECONDS

_FIELDS = ("token", "next", "leave", "csrf")
_FORM = "application/x-www-form-urlencoded"
_NOT_KEPT = {"Cache-Control": "no-store"}


class SignedIn(Struct, frozen=True, kw_only=True):
    """Who is signed in; `csrf` goes along, as the header X-CSRF-Token, with whatever the session changes."""

    name: str
    role: str
    csrf: str | None
    seconds: int


@post(
    "/session",
    status_code=HTTPStatus.OK,
    operation_class=SessionOperation,
    responses={
        **described(
            SignedIn,
            "Who is signed in.",
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.TOO_MANY_REQUESTS,
        ),
        303: ResponseSpec(data_container=None, description="To the page, for a form.", generate_examples=False),
    },
)
async def sign_in(request: Request[Any, Any, State]) -> Response[bytes]:
    """Signs in with a token; the session's cookie is for the page."""
    require_own_origin(request)
    if request.headers.get("content-type", "").lower().startswith(_FORM):
        return _form(request, _fields(await whole_body(request), is_form=True))
    found, cookie = _known(request, _token(_fields(await whole_body(request), is_form=False)))
    csrf = sessions_of(request).csrf(cookie) if cookie else None
    body = SignedIn(name=found.name, role=found.role, csrf=csrf, seconds=SECONDS)
    cookies = [_cookie(request, cookie, SECONDS)] if cookie else []
    return Response(msgspec.json.encode(body), media_type=MediaType.JSON, headers=_NOT_KEPT, cookies=cookies)


def _form(request: Request[Any, Any, State], fields: Mapping[str, Any]) -> Response[bytes]:
    """The page's own forms: signing in leads back to where somebody wanted to go, signing out to the page."""
    if "leave" in fields:
        _require_known(fields, _FIELDS)
        asking = caller(request)
        require_own_form(request, asking, str(fields.get("csrf", "")))
        _end(request, asking)
        return _led("/", _cookie(request, "", 0))
    following = str(fields.get("next", ""))
    try:
        _, cookie = _known(request, _token({name: value for name, value in fields.items() if name != "next"}))
    except ProblemError as error:
        if not is_browser(request):
            raise
        return page(sign_in_page(error=error.detail, following=following), HTTPStatus(error.status_code))
    return _led(own_address(following), *([_cookie(request, cookie, SECONDS)] if cookie else []))


def _led(where: str, *cookies: Cookie) -> Response[bytes]:
    headers = {**_NOT_KEPT, "Location": where}
    return Response(b"", status_code=HTTPStatus.SEE_OTHER, headers=headers, cookies=list(cookies))


@delete(
    "/session",
    status_code=HTTPStatus.NO_CONTENT,
    responses={
        status.value: described(SignedIn, "", status)[status.value]
        for status in (HTTPStatus.FORBIDDEN, HTTPStatus.BAD_REQUEST)
    },
)
async def sign_out(request: Request[Any, Any, State]) -> Response[None]:
    """Signs out: the cookie is taken back, and says nothing to whoever has kept it."""
    require_own_origin(request)  # no page of another one can sign somebody out: browsers name it with every DELETE
    with suppress(ProblemError):  # whoever is not known is signed out already
        _end(request, caller(request))
    return Response(None, status_code=HTTPStatus.NO_CONTENT, cookies=[_cookie(request, "", 0)])


def _end(request: Request[Any, Any, State], asking: Caller) -> None:
    if asking.session is not None:
        sessions_of(request).end(asking.session)


def _known(request: Request[Any, Any, State], token: str) -> tuple[TokenSettings, str | None]:
    """Whose token it is, and the cookie; without tokens whoever sits at this machine needs neither."""
    tokens = settings_of(request).auth.tokens
    client = request.client.host if request.client else None
    if not tokens and is_local(request.headers, client):
        return TokenSettings(name="operator", role="operator", sha256="0" * 64), None
    found = known_token(token, tokens)
    if found is None or found.role == "client":
        raise ProblemError(HTTPStatus.UNAUTHORIZED, "unauthorized", "This is no token of this service.")
    return found, sessions_of(request).issue(found)


def _cookie(request: Request[Any, Any, State], value: str, seconds: int) -> Cookie:
    base_url = settings_of(request).server.base_url or ""
    secure = request.scope["scheme"] == "https" or base_url.startswith("https://")
    return Cookie(COOKIE, value=value, max_age=seconds, httponly=True, secure=secure, samesite="lax", path="/")


def _fields(body: bytes, *, is_form: bool) -> Any:
    """The body's fields.

    Raises:
        ProblemError: 400, it can be read as neither.
    """
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=10)) if is_form else decoded(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        detail = 'The body is neither JSON nor a form; send {"token": "…"}.'
        raise ProblemError(HTTPStatus.BAD_REQUEST, "body-malformed", detail) from None


def _require_known(fields: Mapping[str, Any], known: Sequence[str]) -> None:
    """Lets fields pass that are known.

    Raises:
        ProblemError: 422, something else is there.
    """
    errors = [FieldError(key=key, message=did_you_mean(key, known)) for key in fields if key not in known]
    if errors:
        detail = "The form holds a field that it does not have."
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "body-invalid", detail, errors=errors)


def _token(fields: object) -> str:
    """The token among the fields.

    Raises:
        ProblemError: 422, it is not there, or something else is.
    """
    given = fields if isinstance(fields, dict) else {}
    unknown = [FieldError(key=str(key), message=did_you_mean(str(key), ["token"])) for key in given if key != "token"]
    token = given.get("token")
    if unknown or not isinstance(token, str):
        errors = unknown or [FieldError(key="token", message="a text is required")]
        detail = "The body must hold a token and nothing else."
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "body-invalid", detail, errors=errors)
    return token


HANDLERS = (sign_in, sign_out)
