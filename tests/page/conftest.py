"""A browser, services for it to look at, and the watch over both."""

import asyncio
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from patience import PATIENCE_MILLISECONDS
from playwright.sync_api import Browser, expect, sync_playwright
from postgres import run
from running import PROFILES, Running, Serve, connected
from visits import Visit, Visits, visiting

from app.database.embedded import EmbeddedServer
from app.database.target import Target

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=PATIENCE_MILLISECONDS)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's browser; where ASSAY_REQUIRE_BROWSER is set, one has to be there."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.environ.get("ASSAY_REQUIRE_BROWSER"):
        pytest.fail(f"ASSAY_REQUIRE_BROWSER is set, and none of {', '.join(NAMES)} is there.")
    return found or pytest.skip("there is no browser: install Chromium (Debian: apt install chromium)")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser a module: as long as it is open, its loop runs in this thread, and no other test may want one."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def database(chromium: str, postgres_server: EmbeddedServer) -> Iterator[Target]:  # noqa: ARG001 - no browser, no server
    """A fresh database of a real server."""
    name = f"page_{uuid4().hex}"
    in_a_thread(postgres_server.target, f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield replace(postgres_server.target, name=name)
    in_a_thread(postgres_server.target, f'DROP DATABASE "{name}" WITH (FORCE)')


def in_a_thread(target: Target, *statements: str) -> None:
    """Runs statements where no browser's loop runs."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, run(target, *statements)).result()


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory, database: Target) -> Iterator[Serve]:
    """Starts services for as long as the module's tests run."""
    started: list[Running] = []

    def serve(files: Mapping[str, str] | None = None, home: Path | None = None, **environ: str) -> Running:
        root = tmp_path_factory.mktemp("orders")
        running = Running(root=root, home=home, environ={**connected(database), **environ})
        running.write({**PROFILES, **(files or {})})
        started.append(running)
        running.start()
        return running

    yield serve
    for running in started:
        running.stop()


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for services that diagnose projects which are not fit to run them."""
    home = tmp_path_factory.mktemp("home")
    for name, content in PROFILES.items():
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text(content)
    return home


@pytest.fixture(scope="module")
def shown(serving: Serve) -> Running:
    """A service that tests look at and leave as it is."""
    return serving()


@pytest.fixture
def serve(serving: Serve) -> Iterator[Serve]:
    """Starts services for one test."""
    started: list[Running] = []

    def start(files: Mapping[str, str] | None = None, home: Path | None = None, **environ: str) -> Running:
        started.append(serving(files, home, **environ))
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Visits to services; at the end of the test nothing may have gone wrong in them but what it expected."""
    opened = []

    def to(running: Running) -> Visits:
        opened.append(visiting(browser, running.url))
        return opened[-1].__enter__()

    yield to
    for one in opened:
        one.__exit__(None, None, None)
