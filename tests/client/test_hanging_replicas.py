"""A replica that takes connections and answers nobody is left for another; one that is slow is not."""

import itertools
from typing import Any

import pytest
from patience import PATIENCE_SECONDS
from release_server import ReleaseServer, serving

import assay_client
from assay_client import service as addresses
from assay_client.errors import Unreachable
from assay_client.transport import Connection


@pytest.fixture(autouse=True)
def _nobody_looks_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stream alone tells; the reporter's question at another address would, too."""
    monkeypatch.setattr("assay_client.reporter.INTERVAL_SECONDS", 100 * PATIENCE_SECONDS)
    monkeypatch.setattr(addresses, "SILENCE_SECONDS", 100 * PATIENCE_SECONDS)
    monkeypatch.setattr("assay_client.service.random.shuffle", lambda _addresses: None)


def test_a_stream_that_gives_no_sign_of_life_is_left_for_another_address(
    load: Any, service: ReleaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "_SHORTEST_SILENCE_SECONDS", 0.5)
    service.release(7, {"port": 8000})
    hanging = ReleaseServer(beat="0.2")
    hanging.release(7, {"port": 8000})
    with serving(hanging):
        loaded = load(client={"ASSAY_SERVICE_URLS": f"{hanging.url},{service.url}"})
        with hanging.changed:
            assert hanging.changed.wait_for(lambda: hanging.streams, PATIENCE_SECONDS)
            hanging.hangs = True
        service.release(8, {"port": 9000})
        assert assay_client.wait_for(8, PATIENCE_SECONDS)
        asked_after = [path for path in hanging.asked if "/head" in path]
        assert loaded.port == 9000
        with hanging.changed:
            hanging.hangs = False
            hanging.changed.notify_all()
    assert len(asked_after) == 1, "the one that says nothing is asked last"


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [("5", 12.5), ("0.1", 5.0), ("60", 45.0), ("", 45.0), ("soon", 45.0), ("nan", 45.0), ("-1", 45.0), ("inf", 45.0)],
)
def test_how_long_a_stream_may_say_nothing_is_what_it_says_within_bounds(
    monkeypatch: pytest.MonkeyPatch, stated: str, seconds: float
) -> None:
    monkeypatch.setattr(addresses, "SILENCE_SECONDS", 45.0)
    assert addresses._silence(stated) == seconds  # noqa: SLF001 - a law of one function


@pytest.mark.parametrize(("whole", "is_taken"), [(60.0, True), (None, False)])
def test_a_body_may_take_long_as_long_as_something_of_it_comes(
    service: ReleaseServer, monkeypatch: pytest.MonkeyPatch, *, whole: float | None, is_taken: bool
) -> None:
    release = service.release(7, {"text": "x" * 1_000_000})
    moments = itertools.count(0, 0.25)
    monkeypatch.setattr("assay_client.deadline.time.monotonic", lambda: float(next(moments)) if piecemeal else 0.0)
    piecemeal = True
    asking = Connection(service.url, None)
    path = f"/releases/development/body/{release['digest']}"
    try:
        answer = asking.ask("GET", path, seconds=5.0, whole=whole)
    except Unreachable:
        assert not is_taken
    else:
        assert is_taken
        assert answer.body == service.bodies[release["digest"]]
        assert asking.ask("GET", "/releases/development/head", seconds=PATIENCE_SECONDS).status == 200
    asking.close()
