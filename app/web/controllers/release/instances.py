"""`/instances`: what the processes of applications report, and who runs with what."""

import re
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromQuery
from msgspec import Meta, Struct

from app.history.store.queries.paging import LONGEST
from app.releases.drift import ReportedInstance
from app.reports.releases import GREATEST_ID
from app.reports.releases.instances import Instances
from app.service.diagnosed import DiagnosedProject
from app.service.releasing.access import releasing_of
from app.service.releasing.instances import InstanceReports
from app.service.runtime import Service
from app.web.http.body import fields_of
from app.web.http.documents import REFUSED, Diagnosed, described, document
from app.web.http.problems import FieldError, ProblemError
from app.web.http.request_body import InstanceOperation
from app.web.security.access import forbidden
from app.web.security.auth import client, require_own_page, viewer

if TYPE_CHECKING:
    from app.web.security.access import Caller

_MOST, _LONGEST_KEY = 5_000, 1_000
_LARGEST_BODY = 1024 * 1024
"""A digest with its key takes some 100 bytes: other bodies need not be as large."""

_DIGEST = re.compile("[0-9a-f]{64}")

type _Name = Annotated[str, Meta(min_length=1, max_length=255)]


class InstanceReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an instance reports.

    Attributes:
        name: which no other instance of the environment has.
        started_at: when the process started, with its zone.
        release: the id of the release that it runs with; null where it has none.
        digests: the keyed digest of each effective value, by key; empty where it has no key to make them with.
    """

    name: _Name
    host: _Name
    environment: _Name
    started_at: Annotated[datetime, Meta(tz=True)]
    release: Annotated[int, Meta(ge=1, le=GREATEST_ID)] | None = None
    digests: Annotated[dict[str, str], Meta(max_length=_MOST)] = {}


@post(
    "/instances",
    status_code=HTTPStatus.NO_CONTENT,
    guards=[client],
    request_max_body_size=_LARGEST_BODY,
    operation_class=InstanceOperation,
    responses={
        status.value: described(Instances, "", status)[status.value]
        for status in (*REFUSED, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS)
    },
)
async def report_instance(
    request: Request[Any, Any, State], service: NamedDependency[Service], diagnosed: Diagnosed
) -> None:
    """Keeps what an instance runs with: its release, and digests of its values, which tell nothing else."""
    asking: Caller = request.state.caller
    if asking.role == "viewer":
        raise forbidden("This needs a token with the role client.")
    require_own_page(request, asking)
    told = await fields_of(request, InstanceReport)
    asking.require_delivery(diagnosed.name, told.environment)
    _require_digests(told.digests)
    report = ReportedInstance(
        name=told.name,
        host=told.host,
        environment=told.environment.strip().lower(),
        started_at=_in_utc(told.started_at),
        seen_at=service.now(),
        release=told.release,
        digests=told.digests,
        since={},
    )
    await _reports(service, diagnosed, asking).report(report)


def _require_digests(digests: dict[str, str]) -> None:
    """Lets pass what is a digest of a key, and nothing else: no value ever stands there.

    Raises:
        ProblemError: 422.
    """
    if any(len(key) > _LONGEST_KEY or not _DIGEST.fullmatch(digest) for key, digest in digests.items()):
        raise _invalid("digests", "holds a key and 64 hexadecimal digits each")


def _in_utc(moment: datetime) -> datetime:
    """The moment; near the ends of the calendar its zone may put it beyond them.

    Raises:
        ProblemError: 422.
    """
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise _invalid("started_at", "lies beyond the calendar") from None


def _invalid(key: str, message: str) -> ProblemError:
    detail, errors = "The body is not what is asked for here.", [FieldError(key=key, message=message)]
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "body-invalid", detail, errors=errors)


@get("/instances", guards=[viewer], responses=described(Instances, "Who runs with what.", *REFUSED))
async def instances(
    request: Request[Any, Any, State],
    service: NamedDependency[Service],
    diagnosed: Diagnosed,
    environment: FromQuery[str | None] = None,
    limit: FromQuery[int] = LONGEST,
    before: FromQuery[str | None] = None,
) -> Response[bytes]:
    """The instances of an environment, or of all: which release each runs with, and what differs from it."""
    reports = _reports(service, diagnosed, request.state.caller)
    return document(await reports.listed(environment, limit=limit, before=before))


def _reports(service: Service, project: DiagnosedProject, asking: "Caller") -> InstanceReports:
    return InstanceReports(releasing=releasing_of(service, project, asking.name))


HANDLERS = (report_instance, instances)
