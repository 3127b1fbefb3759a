"""The head of an environment and the bytes of a body, as answers, whichever way they were asked for."""

from collections.abc import Mapping
from http import HTTPStatus

from msgspec import Struct

from app.core.errors import ArgumentError, ProjectError
from app.releases.delivery.delivery import Delivery
from app.service.diagnosed import DiagnosedProject
from app.service.releasing.access import no_database
from app.service.runtime import Service
from app.web.http.content_coding import takes_gzip
from app.web.http.documents import is_known
from app.web.http.problems import ProblemError
from app.web.security.access import Caller

LONGEST_WAIT_SECONDS = 60.0
"""Who asks to wait longer waits so long: proxies take a silent connection for dead."""

_BEGINNING_SECONDS = 2.0
"""A replica that has just begun has read the releases within this time, where the database answers."""

_SOON = {"Retry-After": "1"}
_YEAR = "private, max-age=31536000, immutable"


class Delivered(Struct, frozen=True, kw_only=True):
    """An answer.

    Attributes:
        headers: by their names, lower-case.
    """

    status: HTTPStatus
    headers: Mapping[str, str]
    body: bytes = b""


def delivery_of(service: Service) -> Delivery:
    """What delivers the releases.

    Raises:
        DatabaseUnavailable: the service has no database that could have any.
    """
    if service.delivery is None:
        raise no_database()
    return service.delivery


async def require_readiness(service: Service, project: DiagnosedProject, environment: str, known: int) -> None:
    """That this replica can speak for an environment to somebody who knows a release of this id.

    Raises:
        ProblemError: 503, it has not read the releases yet, or knows none that is as new.
        UnknownEnvironment: nothing was released for it, and the project has none of that name.
    """
    delivery = delivery_of(service)
    if not await delivery.has_read(_BEGINNING_SECONDS):
        raise _later("not-read-yet", "This replica has not read the releases yet. Ask again soon, or another replica.")
    head = delivery.heads.of(project.name, environment)
    if known > (head.id if head else 0):
        raise _later("behind", f"This replica does not know release {known} yet. Ask again soon, or another replica.")
    if head is None:
        _require_environment(project, environment)


def _later(code: str, detail: str) -> ProblemError:
    return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, code, detail, headers=_SOON)


def _require_environment(project: DiagnosedProject, environment: str) -> None:
    try:
        workspace = project.live.workspace()
    except ProjectError:  # it cannot be read just now, which is no matter of whoever waits for a release
        return
    workspace.environment(environment)


async def head_answer(
    service: Service,
    project: DiagnosedProject,
    environment: str,
    *,
    after: int,
    wait: float,
    known: str,
    asking: Caller,
) -> Delivered:
    """The head of an environment: at least the release `after`, or one above it where the caller waits.

    Args:
        service: which knows the releases.
        project: whose environment it is.
        environment: its name.
        after: the id of the release that the caller knows; 0 where it knows none.
        wait: how many seconds it waits for a newer one; 0 where it does not.
        known: its `If-None-Match`.
        asking: the caller; a viewer, who reports no instance, is not given the key of their digests.

    Raises:
        ArgumentError: a number is none that can be meant.
        ProblemError: 404, nothing was released; 503, this replica knows no release as new.
        UnknownEnvironment: the project has no environment of that name.
    """
    if not (after >= 0 and wait >= 0):  # what is no number is neither
        raise ArgumentError("after and wait are numbers from 0 on.", fix="Leave out what is not meant.")
    await require_readiness(service, project, environment, after)
    heads = delivery_of(service).heads
    if wait > 0:
        head = await heads.newer(project.name, environment, after, min(wait, LONGEST_WAIT_SECONDS))
        if head is None:
            return Delivered(status=HTTPStatus.NO_CONTENT, headers={"cache-control": "no-store"})
    else:
        head = heads.of(project.name, environment)
    if head is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "not-released", f"Nothing was released for {environment} yet.")
    answer = head.read if asking.role == "viewer" else head.answer
    headers = {"etag": answer.tag, "cache-control": "private, no-cache"}
    if is_known(known, answer.tag):
        return Delivered(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    return _json(answer.body, headers)


async def body_answer(
    service: Service, project: DiagnosedProject, environment: str, digest: str, *, known: str, accepted: str
) -> Delivered:
    """The bytes of a release, which never change; compressed for whoever takes that.

    Args:
        service: which has them.
        project: whose environment it is.
        environment: for which they were released.
        digest: `sha256:` and 64 hexadecimal digits.
        known: the caller's `If-None-Match`.
        accepted: its `Accept-Encoding`.

    Raises:
        ProblemError: 404, no release of this environment has that digest.
        DatabaseUnavailable: they are not in memory, and the database does not answer.
    """
    body = await delivery_of(service).body(project.name, environment, digest)
    if body is None:
        detail = f"No release of {environment} has that digest."
        raise ProblemError(HTTPStatus.NOT_FOUND, "unknown-body", detail)
    content, headers = body.content, {"cache-control": _YEAR, "vary": "Accept-Encoding", "etag": f'"{digest}"'}
    if body.compressed is not None and takes_gzip(accepted):
        # Two representations have two tags. Source: RFC 9110, 8.8.3.3.
        content, headers = body.compressed, headers | {"content-encoding": "gzip", "etag": f'"{digest}-gzip"'}
    if is_known(known, headers["etag"]):
        return Delivered(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    return _json(content, headers)


def _json(body: bytes, headers: Mapping[str, str]) -> Delivered:
    own = {"content-type": "application/json", "content-length": str(len(body))}
    return Delivered(status=HTTPStatus.OK, headers={**own, **headers}, body=body)
