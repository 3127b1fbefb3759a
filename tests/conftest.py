"""Fixtures for all tests."""

import gc
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from projects import OWN, MakeProject, ProjectFolder

# How fast a machine is, busy with other work or not, is no property of the code.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

gc.disable()  # what is collected stays until the end: until then nothing is garbage

pytest_plugins = ["foreign_projects", "leaks", "postgres", "tls_servers", "zygotes"]


SLOW = (
    "web",
    "release_histories",
    "page",
    "tests",
    "client",
    "sources",
    "database",
    "history",
    "probing",
    "cli",
    "editing",
    "project",
)
"""The folders whose files take long, the slowest first; `tests` is the one above them."""


MOST_WORKERS = 8


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Three workers on two cores: much of the time a test waits, for a process, a browser or a database."""
    return min((3 * len(os.sched_getaffinity(0)) + 1) // 2, MOST_WORKERS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first, and many short tests last: workers that share the files then end together."""
    items.sort(key=lambda item: SLOW.index(item.path.parent.name) if item.path.parent.name in SLOW else len(SLOW))


def pytest_collection_finish() -> None:
    """From now on nobody looks again and again at what collecting has made."""
    gc.freeze()
    gc.enable()


@pytest.fixture
def project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> MakeProject:
    """A project from a dictionary of files."""

    def make(files: Mapping[str, str | bytes] | None = None, *, name: str = "orders") -> ProjectFolder:
        root = tmp_path / name
        root.mkdir(exist_ok=True)
        return ProjectFolder(root=root, capture=capsys).write(files or {})

    return make


@pytest.fixture
def own(project: MakeProject) -> MakeProject:
    """A project that is configured with the service's own model."""

    def make(files: Mapping[str, str | bytes] | None = None, *, name: str = "orders") -> ProjectFolder:
        return project({"assay.toml": OWN, "settings.toml": "[default]\n", **(files or {})}, name=name)

    return make
