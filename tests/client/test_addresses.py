"""Several addresses of a service, some of which do not answer, where its one project is named all the same."""

from collections.abc import Iterator

import pytest
from ports import unused_port
from release_server import ReleaseServer

from assay_client import configuration
from assay_client.errors import Refused, Unreachable
from assay_client.service import Service


@pytest.fixture
def asking(service: ReleaseServer) -> Iterator[Service]:
    """Who asks an address where nobody is first, then the service."""
    dead = f"http://127.0.0.1:{unused_port()}"
    told = configuration.read({}, {"ASSAY_SERVICE_URLS": f"{dead},{service.url}", "ASSAY_PROJECT": "orders"})
    assert told
    made = Service(told, "development")
    made._addresses.sort(key=lambda address: address.name not in dead)  # noqa: SLF001 - else by chance
    yield made
    made.close()


def test_the_release_is_found_at_the_one_that_answers(service: ReleaseServer, asking: Service) -> None:
    made = service.release(7, {"port": 8000}, project="orders")
    head = asking.head()
    assert head
    assert head.described["id"] == 7
    assert asking.release(head, None).digest == made["digest"]


def test_reports_are_taken_by_the_one_that_answers(service: ReleaseServer, asking: Service) -> None:
    asking.tell({"name": "one"})
    assert [report["name"] for report in service.reports] == ["one"]


def test_that_nothing_was_released_is_an_answer(service: ReleaseServer, asking: Service) -> None:
    assert asking.head() is None
    assert service.asked == ["/projects/orders/releases/development/head", "/releases/development/head"]


def test_what_is_refused_is_told_and_not_that_another_is_away(service: ReleaseServer, asking: Service) -> None:
    service.statuses["head"] = 403
    with pytest.raises(Refused):
        asking.head()


def test_that_nobody_answers_is_told(service: ReleaseServer, asking: Service) -> None:
    del service
    asking._addresses.pop()  # noqa: SLF001 - the one that answers
    with pytest.raises(Unreachable):
        asking.head()
