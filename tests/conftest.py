"""Fixtures for all tests."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from projects import OWN, MakeProject, ProjectFolder

# How fast a machine is, busy with other work or not, is no property of the code.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

pytest_plugins = ["foreign_projects", "leaks", "postgres", "tls_servers"]


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
