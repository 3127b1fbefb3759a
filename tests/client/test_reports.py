"""What the service hears of an instance."""

import hashlib
import hmac
import json
import os
from datetime import datetime
from typing import Any

import pytest
from dynaconf import Dynaconf
from patience import PATIENCE_SECONDS, eventually
from ports import unused_port
from release_server import KEY, ReleaseServer

import assay_client
from assay_client import configuration
from assay_client.effective import canonical
from assay_client.service import Service


def digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return hmac.new(KEY, text, hashlib.sha256).hexdigest()


def report_with(service: ReleaseServer, key: str) -> dict[str, Any]:
    """The first report that has a digest of a key."""
    assert service.heard(lambda report: key in report["digests"], PATIENCE_SECONDS)
    return next(report for report in service.reports if key in report["digests"])


def test_an_instance_says_who_it_is_and_what_it_runs_with_without_any_value(
    load: Any, service: ReleaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.release(7, {"pool": {"size": 5, "Über ä": [1, {"b": 1, "a": "ü"}]}, "none": {}}, supplied=["db.password"])
    monkeypatch.setenv("DYNACONF_POOL__SIZE", "50")
    secret = {".secrets.toml": '[default.db]\npassword = "canary-db"\n'}
    load(secret, client={"ASSAY_SERVICE_URLS": service.url})
    report = report_with(service, "pool.size")
    assert (report["environment"], report["release"]) == ("development", 7)
    assert report["name"] == f"{report['host']}:{os.getpid()}"
    assert datetime.fromisoformat(report["started_at"]).tzinfo
    assert report["digests"] == {
        "pool.size": digest(50),
        'pool."Über ä"': digest([1, {"b": 1, "a": "ü"}]),
        "none": digest({}),
        "db.password": digest("canary-db"),
    }
    assert "canary-db" not in json.dumps(service.reports)


def test_a_refused_release_is_not_reported_as_running(load: Any, service: ReleaseServer) -> None:
    service.release(7, {"port": 8000})
    load(client={"ASSAY_SERVICE_URLS": service.url})
    report_with(service, "port")

    @assay_client.on_change
    def no(_keys: Any, _release: Any) -> None:
        raise ValueError

    service.release(8, {"port": 9000})
    with service.changed:
        known = len(service.reports)
        assert service.changed.wait_for(lambda: len(service.reports) > known, PATIENCE_SECONDS)
    assert {report["release"] for report in service.reports} == {7}


def test_settings_that_are_not_delivered_are_reported_and_stay_the_files(
    service: ReleaseServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("ASSAY_SERVICE_URLS", service.url)
    (tmp_path / "settings.toml").write_text("[default]\nport = 1\n")
    service.release(7, {"port": 8000})
    settings = Dynaconf(environments=True, settings_files=["settings.toml"], root_path=str(tmp_path))
    assay_client.report(settings)
    report = report_with(service, "port")
    assert (report["release"], report["digests"]["port"]) == (None, digest(1))
    assert settings.port == 1


def test_a_report_reaches_a_service_that_has_one_project_also_where_it_is_named(service: ReleaseServer) -> None:
    told = configuration.read({}, {"ASSAY_SERVICE_URLS": service.url, "ASSAY_PROJECT": "orders"})
    assert told
    asking = Service(told, "development")
    asking.tell({"name": "one"})
    asking.tell({"name": "two"})
    asking.close()
    assert [report["name"] for report in service.reports] == ["one", "two"]
    assert service.asked == ["/projects/orders/instances", "/instances", "/instances"]


def test_reporting_where_nothing_is_configured_does_nothing() -> None:
    assay_client.report(Dynaconf(settings_files=[]))
    assert assay_client.status()["state"] == "never"


def test_reporting_to_a_service_that_is_down_returns_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is asked in the caller's thread."""
    asked = []
    monkeypatch.setenv("ASSAY_SERVICE_URLS", f"http://127.0.0.1:{unused_port()}")
    monkeypatch.setattr("threading.Thread.start", lambda thread: asked.append(thread.name))
    monkeypatch.setattr("threading.Thread.join", lambda *_arguments: None)
    monkeypatch.setattr("assay_client.transport.Connection.ask", None)
    assay_client.report(Dynaconf(settings_files=[]))
    assert asked == ["assay-client-reporter"]


def test_what_is_missing_is_told(load: Any, service: ReleaseServer, monkeypatch: pytest.MonkeyPatch) -> None:
    supplied = ["db.password", "api.Key", "auth.tokens", "smtp.password"]
    service.release(7, {"db": {"host": "db"}}, supplied=supplied)
    monkeypatch.setenv("DYNACONF_API__KEY", "canary-key")
    monkeypatch.setenv("DYNACONF_AUTH__TOKENS__ci", "canary-token")
    load(client={"ASSAY_SERVICE_URLS": service.url})
    assert assay_client.status()["missing"] == ["db.password", "smtp.password"]


class Odd:
    def __repr__(self) -> str:
        return "canary-odd"


@pytest.mark.parametrize("value", [Odd(), {"a": Odd()}, [Odd()], {1: 2}, float("nan"), b"canary", {"x"}, (1, 2)])
def test_a_value_of_any_kind_has_a_canonical_text_that_tells_nothing_of_strange_ones(value: object) -> None:
    text = canonical(value)
    assert text == canonical(value)
    assert b"canary" not in text


def test_no_secret_of_the_host_is_in_the_file_the_reports_or_the_log(
    load: Any, service: ReleaseServer, tmp_path: Any, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYNACONF_API__KEY", "canary-variable")
    service.release(7, {"db": {"host": "db"}}, supplied=["db.password", "api.key"])
    secret = {".secrets.toml": '[default.db]\npassword = "canary-file"\ndynaconf_merge = true\n'}
    token = {"ASSAY_SERVICE_URLS": service.url, "ASSAY_SERVICE_TOKEN": "canary-token"}
    loaded = load(secret, client=token)

    @assay_client.on_change
    def refuse(_keys: Any, _release: Any) -> None:
        raise ValueError(loaded.db.password)

    service.release(8, {"db": {"host": "other"}}, supplied=["db.password", "api.key"])
    assert eventually(lambda: "refused release 8" in told())
    assert eventually(lambda: list((tmp_path / "cache").rglob("development.json")))
    kept = "".join(path.read_text() for path in (tmp_path / "cache").rglob("*.json"))
    shown = [kept, json.dumps(service.reports), told(), json.dumps(assay_client.status()), *service.asked]
    assert [text for text in shown if "canary" in text] == []
    assert (loaded.db.password, loaded.api.key) == ("canary-file", "canary-variable")


def test_a_report_that_is_refused_is_told_in_the_log(
    load: Any, service: ReleaseServer, caplog: pytest.LogCaptureFixture
) -> None:
    service.statuses["instances"] = 422
    service.release(7, {"port": 8000})
    load(client={"ASSAY_SERVICE_URLS": service.url})

    def told() -> list[str]:
        return [one.levelname for one in caplog.records if one.getMessage().startswith("not reported: ")]

    assert eventually(told)
    assert set(told()) == {"WARNING"}
