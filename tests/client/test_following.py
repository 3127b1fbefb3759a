"""Releases that come while the application runs."""

import json
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from dynaconf import Validator
from patience import PATIENCE_SECONDS, eventually
from ports import unused_port
from release_documents import deliver, release_of
from release_server import ReleaseServer, serving

import assay_client
from assay_client import follower, process
from assay_client.backoff import LONGEST_SECONDS, Backoff
from assay_client.event_stream import announced


def variables(*services: ReleaseServer) -> dict[str, str]:
    return {"ASSAY_SERVICE_URLS": ",".join(service.url for service in services)}


def test_a_release_is_in_force_without_a_restart_and_the_service_hears_of_it(load: Any, service: ReleaseServer) -> None:
    service.release(7, {"port": 8000, "gone": 1})
    loaded = load(client=variables(service))
    assert (loaded.port, loaded.gone) == (8000, 1)
    release = service.release(8, {"port": 9000})
    assert assay_client.wait_for(8, PATIENCE_SECONDS)
    assert loaded.port == 9000
    assert "gone" not in loaded
    status = assay_client.status()
    assert (status["state"], status["release"], status["digest"]) == ("fresh", 8, release["digest"])
    assert service.heard(lambda report: report["release"] == 8, PATIENCE_SECONDS)


def test_the_first_release_of_an_environment_takes_the_files_place(load: Any, service: ReleaseServer) -> None:
    loaded = load({"settings.toml": "[default]\nport = 1\n"}, client=variables(service))
    assert (loaded.port, assay_client.status()["state"]) == (1, "never")
    service.release(7, {"port": 8000})
    assert assay_client.wait_for(7, PATIENCE_SECONDS)
    assert loaded.port == 8000


def test_callbacks_see_the_new_values_before_anyone_else(load: Any, service: ReleaseServer) -> None:
    service.release(7, {"port": 8000, "pool": {"size": 5}, "same": 1})
    loaded = load(client=variables(service))
    seen: list[Any] = []

    @assay_client.on_change
    def note(keys: Any, release: assay_client.Release) -> None:
        others: list[int] = []
        thread = threading.Thread(target=lambda: others.append(loaded.port))
        thread.start()
        thread.join()
        seen.append((list(keys), release.id, release["author"], loaded.port, others))

    service.release(8, {"port": 9000, "pool": {"size": 6}, "same": 1, "new": []})
    assert assay_client.wait_for(8, PATIENCE_SECONDS)
    assert seen == [(["new", "pool.size", "port"], 8, "ops", 9000, [8000])]


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt, BaseException])
def test_a_callback_that_raises_refuses_the_release_and_the_next_one_may_pass(
    load: Any, service: ReleaseServer, told: Callable[[], str], error: type[BaseException]
) -> None:
    service.release(7, {"port": 8000})
    loaded = load(client=variables(service))

    @assay_client.on_change
    def judge(_keys: Any, _release: assay_client.Release) -> None:
        if loaded.port < 1024:
            raise error("canary-refusal")

    service.release(8, {"port": 80})
    assert eventually(lambda: assay_client.status()["refused"] == 8)
    assert (loaded.port, assay_client.status()["release"]) == (8000, 7)
    assert eventually(lambda: f"refused release 8: {error.__name__}; release 7 stays" in told())
    assert "canary-refusal" not in told()
    service.release(9, {"port": 9000})
    assert assay_client.wait_for(9, PATIENCE_SECONDS)
    assert loaded.port == 9000


def test_dynaconf_s_validators_refuse_a_release_as_well(load: Any, service: ReleaseServer) -> None:
    service.release(7, {"port": 8000})
    loaded = load(client=variables(service), validators=[Validator("port", gte=1024), Validator("name", default="x")])
    service.release(8, {"port": 80})
    assert eventually(lambda: assay_client.status()["refused"] == 8)
    assert loaded.port == 8000
    service.release(9, {"port": 9000})
    assert assay_client.wait_for(9, PATIENCE_SECONDS)
    assert (loaded.port, loaded.name) == (9000, "x")


def test_ids_never_fall(load: Any, service: ReleaseServer) -> None:
    service.release(8, {"port": 8008})
    loaded = load(client=variables(service))
    service.release(7, {"port": 8007})
    service.release(9, {"port": 8009})
    assert assay_client.wait_for(9, PATIENCE_SECONDS)
    following = process.current()
    assert following
    following.offer(release_of(8, {"port": 8008}))
    assert loaded.port == 8009


def test_a_replica_that_is_behind_is_left_for_another(load: Any, service: ReleaseServer, tmp_path: Path) -> None:
    """Neither its old release nor its word that nothing is new is taken."""
    late = ReleaseServer()
    late.release(5, {"port": 8005})
    with serving(late):
        client = {**variables(late), **deliver(tmp_path / "good.json", {"port": 8001}, number=7)}
        loaded = load(client=client)
        assert (loaded.port, assay_client.status()["state"]) == (8001, "stale")
        assert any("after=6" in path for path in late.asked)
        assay_client.close()
        service.release(9, {"port": 8009})
        loaded = load(client={**client, **variables(late, service)})
        assert assay_client.wait_for(9, PATIENCE_SECONDS)
        assert loaded.port == 8009


@pytest.mark.parametrize("status", [503, 404, 405, 500])
def test_without_a_stream_it_polls(
    load: Any, service: ReleaseServer, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(follower, "_POLL_SECONDS", 0.01)
    service.statuses["events"] = status
    service.release(7, {"port": 8000})
    loaded = load(client=variables(service))
    with service.changed:
        assert service.changed.wait_for(lambda: any("wait=8" in path for path in service.asked), PATIENCE_SECONDS)
    assert assay_client.status()["state"] == "fresh"
    service.release(8, {"port": 9000})
    assert assay_client.wait_for(8, PATIENCE_SECONDS)
    assert loaded.port == 9000


def test_a_body_that_was_changed_on_its_way_is_not_taken(load: Any, service: ReleaseServer) -> None:
    service.release(7, {"port": 8001})
    loaded = load(client=variables(service))
    service.tampered = True
    service.release(8, {"port": 9001})
    with service.changed:
        assert service.changed.wait_for(lambda: sum("/body/" in path for path in service.asked) > 2, PATIENCE_SECONDS)
    assert loaded.port == 8001
    service.tampered = False
    assert assay_client.wait_for(8, PATIENCE_SECONDS)
    assert loaded.port == 9001


def test_a_release_of_the_same_body_does_not_fetch_it_again(load: Any, service: ReleaseServer) -> None:
    service.release(7, {"port": 8000})
    load(client=variables(service))
    service.release(8, {"port": 8000})
    assert assay_client.wait_for(8, PATIENCE_SECONDS)
    assert sum("/body/" in path for path in service.asked) == 1


def test_the_spread_that_an_event_asks_for_is_kept(
    load: Any, service: ReleaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    spreads: list[float] = []
    monkeypatch.setattr(follower.random, "uniform", lambda low, high: spreads.append(high) or low)
    service.jitter_ms = 4000
    service.release(7, {"port": 8000})
    load(client=variables(service))
    service.release(8, {"port": 9000})
    assert assay_client.wait_for(8, PATIENCE_SECONDS)
    assert 4.0 in spreads


def test_waits_grow_with_each_failure_to_a_bound_and_no_two_clients_wait_alike() -> None:
    longest = [max(waits) for waits in zip(*[first_waits(12) for _ in range(200)], strict=True)]
    assert longest[0] <= 0.25 < longest[2] < longest[6]
    assert max(longest) <= LONGEST_SECONDS
    assert len({first_waits(1)[0] for _ in range(50)}) > 1


def first_waits(number: int) -> list[float]:
    backoff = Backoff()
    return [backoff.next() for _ in range(number)]


def test_a_first_address_that_is_frozen_does_not_keep_a_start_from_the_second(
    load: Any, service: ReleaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket  # noqa: PLC0415 - beside the only use

    monkeypatch.setattr("assay_client.service.random.shuffle", lambda _addresses: None)
    service.release(7, {"port": 8000})
    with socket.create_server(("127.0.0.1", unused_port())) as silent:
        frozen = f"http://127.0.0.1:{silent.getsockname()[1]}"
        urls = f"{frozen},{service.url}"
        loaded = load(client={"ASSAY_SERVICE_URLS": urls, "ASSAY_TIMEOUT": str(PATIENCE_SECONDS / 20)})
        assert loaded.port == 8000


def test_a_service_that_does_not_answer_in_time_holds_no_start_up(load: Any) -> None:
    import socket  # noqa: PLC0415 - beside the only use

    with socket.create_server(("127.0.0.1", unused_port())) as silent:
        client = {"ASSAY_SERVICE_URLS": f"http://127.0.0.1:{silent.getsockname()[1]}", "ASSAY_TIMEOUT": "0.05"}
        loaded = load({"settings.toml": "[default]\nport = 1\n"}, client=client)
        assert (loaded.port, assay_client.status()["state"]) == (1, "never")


def test_a_token_is_sent_and_told_nowhere(load: Any, service: ReleaseServer, told: Callable[[], str]) -> None:
    service.statuses.update(head=401, events=401)
    load(client={**variables(service), "ASSAY_SERVICE_TOKEN": "canary-token"})
    assert eventually(lambda: "the service does not answer" in told())
    assert "401" in told()
    assert "canary-token" not in told() + json.dumps(assay_client.status()) + repr(process.current().configuration)  # type: ignore[union-attr]
    assert set(service.tokens) == {"Bearer canary-token"}


def test_two_settings_objects_change_together(load: Any, service: ReleaseServer) -> None:
    service.release(7, {"port": 8000})
    one, two = load(client=variables(service)), load()
    service.release(8, {"port": 9000})
    assert assay_client.wait_for(8, PATIENCE_SECONDS)
    assert (one.port, two.port) == (9000, 9000)


def test_an_application_without_dynaconf_reads_what_is_released(
    service: ReleaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.release(7, {"port": 8000})
    monkeypatch.setenv("ASSAY_SERVICE_URLS", service.url)
    seen: list[Any] = []
    assay_client.on_change(lambda keys, _release: seen.append(list(keys)))
    first = assay_client.released()
    assert first is not None
    assert first.settings == {"port": 8000}
    service.release(8, {"port": 9000, "list": [1]})
    assert assay_client.wait_for(8, PATIENCE_SECONDS)
    second = assay_client.released()
    assert second is not None
    assert second.settings["port"] == 9000
    assert seen[-1] == ["list", "port"]


def test_after_close_nothing_is_followed_and_no_thread_is_left(load: Any, service: ReleaseServer) -> None:
    service.release(7, {"port": 8000})
    loaded = load(client=variables(service))
    with service.changed:
        assert service.changed.wait_for(lambda: service.streams, PATIENCE_SECONDS)
    assay_client.close()
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("assay-client")]
    service.release(8, {"port": 9000})
    assert loaded.port == 8000
    assert assay_client.status()["state"] == "never"


@pytest.mark.parametrize("several", [False, True])
def test_a_project_s_name_finds_it_whether_the_service_has_several_or_not(
    load: Any, service: ReleaseServer, *, several: bool
) -> None:
    service.several = several
    service.release(7, {"port": 8000})
    loaded = load(client={**variables(service), "ASSAY_PROJECT": "orders"})
    assert loaded.port == 8000
    service.release(8, {"port": 9000})
    assert assay_client.wait_for(8, PATIENCE_SECONDS)
    assert service.heard(lambda report: report["release"] == 8, PATIENCE_SECONDS)
    assert service.asked[-1].startswith("/projects/orders/") is several


def test_another_project_s_release_is_not_taken(load: Any, service: ReleaseServer, told: Callable[[], str]) -> None:
    service.release(7, {"port": 8000}, project="billing")
    loaded = load({"settings.toml": "[default]\nport = 1\n"}, client={**variables(service), "ASSAY_PROJECT": "orders"})
    assert loaded.port == 1
    assert eventually(lambda: "delivers the project billing, not orders" in told())


def test_settings_that_are_reloaded_while_releases_come_are_those_of_the_last(load: Any, tmp_path: Path) -> None:
    files = {".secrets.toml": "[default]\nkey = 1\n"}
    loaded = load(files, client=deliver(tmp_path / "good.json", {"port": 1}))
    following = process.current()
    assert following

    def offer() -> None:
        for number in range(2, 20):
            following.offer(release_of(number, {"port": number}))

    offering = threading.Thread(target=offer)
    offering.start()
    while offering.is_alive():
        loaded.reload()
        offering.join(0.01)
    assert (loaded.port, loaded.key) == (19, 1)


def test_an_answer_that_nobody_expects_is_survived(
    load: Any, service: ReleaseServer, monkeypatch: pytest.MonkeyPatch, told: Callable[[], str]
) -> None:
    service.release(7, {"port": 8000})
    loaded = load(client=variables(service))
    with monkeypatch.context() as patch:
        patch.setattr("assay_client.service.Service.release", lambda *_arguments, **_more: 1 / 0)
        service.release(8, {"port": 9000})
        assert eventually(lambda: "ZeroDivisionError while following" in told())
    assert assay_client.wait_for(8, PATIENCE_SECONDS)
    assert loaded.port == 9000


def test_a_service_behind_tls_is_verified(
    load: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Callable[[], str]
) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serving(context=context) as secured:
        secured.release(7, {"port": 8000})
        client = {"ASSAY_SERVICE_URLS": f"https://127.0.0.1:{secured.port}"}
        loaded = load({"settings.toml": "[default]\nport = 1\n"}, client=client)
        assert loaded.port == 1
        assert "certificate verify failed" in told()
        assay_client.close()
        authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        assert load().port == 8000
        secured.release(8, {"port": 9000})
        assert assay_client.wait_for(8, PATIENCE_SECONDS)


@pytest.mark.parametrize("jitter", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "-1", "null", '"x"'])
@pytest.mark.parametrize("number", ["1", "NaN", "Infinity", "1e999", "null"])
def test_an_event_whose_numbers_are_none_hurts_nobody(jitter: str, number: str) -> None:
    """Who waits for no number of seconds does not wait, or dies of it."""
    found = announced(f'{{"id": {number}, "digest": "sha256:0", "jitter_ms": {jitter}}}')
    assert found is None or (found.id == 1 and 0 <= found.jitter <= 60)
