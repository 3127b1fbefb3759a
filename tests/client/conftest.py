"""What the client's tests share."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dynaconf import Dynaconf
from release_server import ReleaseServer, serving

import assay_client

Load = Callable[..., Any]


@pytest.fixture(autouse=True)
def _own_client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No test hears of another's client, and none writes into a user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    yield
    assay_client.close()


@pytest.fixture
def service() -> Iterator[ReleaseServer]:
    """A service of releases."""
    with serving() as running:
        yield running


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Settings of an application with the client, from files; the variables of the client as keyword `client`.

    They live as long as the test, as an application's do: the client forgets settings that nobody has.
    """
    kept: list[Dynaconf] = []

    def make(files: dict[str, str] | None = None, *, client: dict[str, str] | None = None, **options: Any) -> Any:
        for name, text in (files or {}).items():
            (tmp_path / name).write_text(text)
        for name, value in (client or {}).items():
            monkeypatch.setenv(name, value)
        given = {
            "environments": True,
            "root_path": str(tmp_path),
            "settings_files": ["settings.toml", ".secrets.toml"],
            "loaders": ["assay_client.loader"],
            **options,
        }
        settings = Dynaconf(**given)
        kept.append(settings)
        settings.current_env  # noqa: B018 - the first access loads them
        return settings

    return make


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """What the client has logged."""
    caplog.set_level(logging.DEBUG, "assay_client")
    return lambda: "\n".join(record.getMessage() for record in caplog.records if record.name == "assay_client")
