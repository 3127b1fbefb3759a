"""What a service says that is not for this client, or not to be understood by it, is not taken, and is told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE_SECONDS, eventually
from release_documents import deliver, described
from release_server import ReleaseServer

import assay_client
from assay_client import last_good
from assay_client.errors import LastGoodRefused

FILES = {"settings.toml": "[default]\nport = 1\n"}


def variables(service: ReleaseServer, **more: str) -> dict[str, str]:
    return {"ASSAY_SERVICE_URLS": service.url, **more}


def assert_refused_until_the_next(load: Any, service: ReleaseServer, told: Callable[[], str], why: str) -> None:
    loaded = load(FILES, client=variables(service))
    assert eventually(lambda: why in told())
    assert (loaded.port, assay_client.status()["state"]) == (1, "never")
    service.release(8, {"port": 9000})
    assert assay_client.wait_for(8, PATIENCE_SECONDS)
    assert loaded.port == 9000


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"version": 2}, "is of version 2, and this client reads 1"),
        ({"version": None}, "is of version None, and this client reads 1"),
        ({"version": True}, "is of version True, and this client reads 1"),
        ({"environment": "production"}, "delivers the environment production, which was not asked for"),
    ],
)
def test_a_head_that_is_not_for_this_client_is_refused_and_the_next_one_is_taken(
    load: Any, service: ReleaseServer, told: Callable[[], str], changed: dict[str, Any], why: str
) -> None:
    service.release(7, {"port": 8000})
    assert service.head
    service.head |= changed
    assert_refused_until_the_next(load, service, told, why)


BODIES = [
    ({"version": 2}, "is of version 2, and this client reads 1"),
    ({"environment": "production"}, "is of the environment production, not of development"),
    ({"project": "billing"}, "is of the project billing, not of orders"),
]


@pytest.mark.parametrize(("changed", "why"), BODIES)
def test_a_body_of_another_kind_or_place_is_refused_and_the_next_one_is_taken(
    load: Any, service: ReleaseServer, told: Callable[[], str], changed: dict[str, Any], why: str
) -> None:
    _, body = described(7, {"port": 8000}, **changed)
    release = service.release(7, {"port": 8000})
    digest = described(7, {"port": 8000}, **changed)[0]["digest"]
    service.bodies[digest] = body
    service.head = {**release, "digest": digest}
    assert_refused_until_the_next(load, service, told, why)


@pytest.mark.parametrize(("changed", "why"), BODIES)
def test_a_last_good_file_with_such_a_body_is_refused(tmp_path: Path, changed: dict[str, Any], why: str) -> None:
    path = tmp_path / "good.json"
    deliver(path, {"port": 8000}, number=7)
    kept = json.loads(path.read_text())
    release, body = described(7, {"port": 8000}, **changed)
    kept["release"]["digest"], kept["body"] = release["digest"], body.decode()
    path.write_text(json.dumps(kept))
    with pytest.raises(LastGoodRefused, match=why):
        last_good.read(path, environment="development", project="orders")


@pytest.mark.parametrize("code", ["project-unknown", "not-released"])
def test_a_service_that_knows_the_path_of_projects_is_not_asked_for_another_one(
    load: Any, service: ReleaseServer, told: Callable[[], str], code: str
) -> None:
    """The address without a project is about the first one: neither its releases nor its instances are ours."""
    service.problem = code
    service.release(7, {"port": 8000}, project="billing")
    loaded = load(FILES, client=variables(service, ASSAY_PROJECT="odrers"))
    with service.changed:
        assert service.changed.wait_for(lambda: len(service.asked) > 3, PATIENCE_SECONDS)
    assert [path for path in service.asked if not path.startswith("/projects/odrers/")] == []
    assert (loaded.port, service.reports) == (1, [])
    if code == "project-unknown":
        assert eventually(lambda: "with 404 (project-unknown)" in told())
