"""What the client is told, and how it says that it cannot use it."""

from pathlib import Path
from typing import Any

import pytest
from release_server import ReleaseServer

import assay_client
from assay_client.configuration import read
from assay_client.errors import AssayClientError, ConfigurationError

UNUSABLE = {
    "an address without a scheme": ({"ASSAY_SERVICE_URLS": "assay:8000"}, "ASSAY_SERVICE_URLS.*http://HOST:PORT"),
    "another scheme": ({"ASSAY_SERVICE_URLS": "ftp://assay"}, "ASSAY_SERVICE_URLS"),
    "a port that is none": ({"ASSAY_SERVICE_URLS": "http://assay:99999"}, "ASSAY_SERVICE_URLS"),
    "a password in an address": ({"ASSAY_SERVICE_URLS": "http://u:canary-p@assay"}, "set ASSAY_SERVICE_TOKEN"),
    "a query": ({"ASSAY_SERVICE_URLS": "http://assay/?x=1"}, "behind its path"),
    "a token without an address": ({"ASSAY_SERVICE_TOKEN": "canary-token"}, "ASSAY_SERVICE_URLS is not"),
    "a token of two lines": ({"ASSAY_SERVICE_TOKEN": "canary-a\nb", "ASSAY_LAST_GOOD": "x"}, "ASSAY_SERVICE_TOKEN"),
    "a time that is none": ({"ASSAY_LAST_GOOD": "x", "ASSAY_TIMEOUT": "soon"}, "ASSAY_TIMEOUT is 'soon'"),
    "a time without end": ({"ASSAY_LAST_GOOD": "x", "ASSAY_TIMEOUT": "nan"}, "ASSAY_TIMEOUT"),
    "a time before now": ({"ASSAY_LAST_GOOD": "x", "ASSAY_TIMEOUT": "-1"}, "ASSAY_TIMEOUT"),
}


@pytest.mark.parametrize("how", UNUSABLE)
def test_what_cannot_be_used_is_named_with_its_fix_and_without_a_secret(load: Any, how: str) -> None:
    variables, message = UNUSABLE[how]
    with pytest.raises(ConfigurationError, match=message) as raised:
        load(client=variables)
    assert "canary" not in str(raised.value)


def test_configure_says_what_variables_say_and_wins(load: Any, service: ReleaseServer) -> None:
    service.release(7, {"port": 8000})
    assay_client.configure(service_urls=[service.url], ASSAY_INSTANCE="seven")
    loaded = load(client={"ASSAY_SERVICE_URLS": "http://127.0.0.1:1"})
    assert loaded.port == 8000
    assert service.heard(lambda report: report["name"] == "seven", 120)


def test_configure_tells_an_unknown_name_with_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match="no service_url; did you mean ASSAY_SERVICE_URLS"):
        assay_client.configure(service_url="http://assay")


def test_configure_comes_before_settings_are_loaded(load: Any, service: ReleaseServer) -> None:
    load(client={"ASSAY_SERVICE_URLS": service.url})
    with pytest.raises(AssayClientError, match="close\\(\\) first"):
        assay_client.configure(timeout=1)


def test_blank_variables_are_none_and_slashes_and_blanks_do_not_matter() -> None:
    assert read({"ASSAY_SERVICE_URLS": " ", "ASSAY_PROJECT": "orders"}, {}) is None
    found = read({"ASSAY_SERVICE_URLS": "http://a:1/, https://b/assay/ ,", "ASSAY_TIMEOUT": ""}, {})
    assert found
    assert (found.urls, found.timeout) == (("http://a:1", "https://b/assay"), 2.0)


def test_no_two_projects_or_environments_share_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["orders", "Orders", "a/b", "a_b", "..", ".", "x" * 300, "x" * 301, "é"]
    files = set()
    for project in names:
        found = read({"ASSAY_SERVICE_URLS": "http://a", "ASSAY_PROJECT": project}, {})
        assert found
        files |= {found.file_for(environment) for environment in ("development", "dev/elopment", "..")}
    assert len(files) == 3 * len(names)
    assert all(file.parent.parent == tmp_path / "cache/assay" for file in files)
    nameless = read({"ASSAY_SERVICE_URLS": "http://a"}, {})
    assert nameless
    here = nameless.file_for("development")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert nameless.file_for("development") != here
