"""Every error as a problem. Source: RFC 9457."""

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from msgspec import Struct
from msgspec.structs import replace

from app.core.errors import AssayError, ProjectError, TargetError
from app.releases.errors import ReleaseConflict, ReleaseRefused
from app.reports import wire
from app.web.http.log_safe_path import quoted, shortened

PROBLEM_JSON = "application/problem+json"

_LOG = logging.getLogger(__name__)
_MISSING = re.compile(r"Missing required query parameter '(\w+)'")
_OWN_FAULT = "Assay failed to answer. Its log says why."


class FieldError(Struct, frozen=True, kw_only=True):
    """What is wrong with one field of the request."""

    key: str
    message: str


class ProblemDetails(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error as RFC 9457 has it.

    Attributes:
        code: its stable, short name.
        errors: what is wrong with bad input.
        findings: what keeps an environment from being released, or what a refused edit would add.
        head: the release that was first.
        changes: what that one changed.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[FieldError] | None = None
    findings: list[wire.ReportedFinding] | None = None
    head: int | None = None
    changes: list[wire.LeafChange] | None = None


class ProblemError(HTTPException):
    """An error that only a request can cause."""

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: list[FieldError] | None = None,
        findings: list[wire.ReportedFinding] | None = None,
    ) -> None:
        super().__init__(detail, detail=detail, status_code=status, headers=dict(headers or {}))
        self.code = code
        self.errors = errors
        self.findings = findings


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The problem of an error: what the caller can know of it, and nothing of ours."""
    problem = _problem(error, quoted(request.scope["path"]))
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, ProblemError):
        _log(request, error)
    headers = error.headers if isinstance(error, HTTPException) else None
    return Response(wire.encode(problem), status_code=problem.status, media_type=PROBLEM_JSON, headers=headers)


def _log(request: Request[Any, Any, Any], error: Exception) -> None:
    """Tells the log what the caller is not told. An error of ours says what is the matter; of others the place does."""
    path = shortened(request.scope["path"])
    if isinstance(error, AssayError):
        _LOG.error("%s %s: %s %s", request.method, path, error.message, error.fix)
    else:
        _LOG.error("%s %s", request.method, path, exc_info=error)


def _problem(error: Exception, instance: str) -> ProblemDetails:
    if isinstance(error, AssayError):
        return _of_assay(error, instance)
    if isinstance(error, ProblemError):
        found = titled(HTTPStatus(error.status_code), error.code, error.detail, instance, error.errors)
        return replace(found, findings=error.findings)
    if isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _of_http(error, instance)
    return titled(HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", _OWN_FAULT, instance)


def _of_assay(error: AssayError, instance: str) -> ProblemDetails:
    """An error of ours; one that is not the caller's may name folders of the machine, and says less."""
    status = HTTPStatus(error.http_status)
    detail = f"{error.message} {error.fix}".strip()
    if isinstance(error, ProjectError):
        detail = "The service cannot use its project. Its log says why."
    errors = _fields(error.errors) if isinstance(error, TargetError) else None
    problem = titled(status, error.code, detail, instance, errors)
    if isinstance(error, ReleaseRefused) and error.preview:
        return replace(problem, findings=error.preview.findings)
    if isinstance(error, ReleaseConflict):
        return replace(problem, head=error.head, changes=error.changes)
    return problem


def _fields(errors: Mapping[str, str]) -> list[FieldError]:
    return [FieldError(key=key, message=message) for key, message in errors.items()]


def _of_http(error: HTTPException, instance: str) -> ProblemDetails:
    status = HTTPStatus(error.status_code)
    code = status.phrase.lower().replace(" ", "-")
    if missing := _MISSING.match(error.detail):
        errors = [FieldError(key=missing[1], message="is required")]
        return titled(status, "parameter-missing", f"The parameter {missing[1]!r} is required.", instance, errors)
    return titled(status, code, f"{status.description or status.phrase}.", instance, _listed(error.extra))


def _listed(extra: object) -> list[FieldError] | None:
    """What the framework says of single parameters."""
    if not isinstance(extra, list):
        return None
    found = [item for item in extra if isinstance(item, dict) and "message" in item]
    return [FieldError(key=str(item.get("key", "")), message=str(item["message"])) for item in found] or None


def titled(
    status: HTTPStatus, code: str, detail: str, instance: str, errors: list[FieldError] | None = None
) -> ProblemDetails:
    """A problem of that code, which is its title too."""
    title = code.replace("-", " ").capitalize()
    return ProblemDetails(
        type=f"urn:assay:problem:{code}",
        title=title,
        status=status.value,
        detail=detail,
        instance=instance,
        code=code,
        errors=errors,
    )
