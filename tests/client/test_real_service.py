"""The client and the service, as a team runs them: releases made by the command line, in force in an application."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
from patience import PATIENCE_SECONDS, eventually
from services import new_home, running

import assay_client


def assay(home: Path, *arguments: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=home, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def _states(home: Path) -> list[str]:
    """How the service sees the instances: what they report is what it expects of their release."""
    found = json.loads(assay(home, "instances", "development", "--format", "json"))["instances"]
    return [one["state"] for one in found]


def test_a_release_is_in_force_in_an_application_and_taken_back_while_it_runs(load: Any) -> None:
    with new_home() as home, running(home) as service:
        loaded = load(client={"ASSAY_SERVICE_URLS": service.url, "ASSAY_PROJECT": home.name})
        assert assay_client.status()["state"] == "never"
        assay(home, "release", "development")
        assert assay_client.wait_for(1, PATIENCE_SECONDS)
        assert loaded.app.name == "assay"
        assay(home, "set", "app.name", "orders", "--env", "development")
        assert loaded.app.name == "assay"
        assay(home, "release", "development")
        assert assay_client.wait_for(2, PATIENCE_SECONDS)
        assert loaded.app.name == "orders"
        assay(home, "release", "rollback", "1")
        assert assay_client.wait_for(3, PATIENCE_SECONDS)
        assert (loaded.app.name, assay_client.status()["state"]) == ("assay", "fresh")
        assert eventually(lambda: _states(home) == ["current"])
    assert eventually(lambda: assay_client.status()["state"] == "stale")
    assert loaded.app.name == "assay"


def test_a_client_of_the_second_project_of_a_service_follows_that_one(load: Any, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    for name, port in (("pay", 1), ("shop", 2)):
        (workspace / "services" / name).mkdir(parents=True)
        (workspace / "services" / name / "assay.toml").write_text("")
        (workspace / "services" / name / "settings.toml").write_text(f"[default]\nport = {port}\n[development]\n")
    (workspace / "assay.toml").write_text('projects = ["services/*"]\n')
    with new_home() as home, running(home, "--project", str(workspace)) as service:
        loaded = load(client={"ASSAY_SERVICE_URLS": service.url, "ASSAY_PROJECT": "shop"})
        for number, name in enumerate(("pay", "shop"), 1):
            at = f"{service.url}/projects/{name}/releases"
            made = httpx.post(at, json={"environment": "development"}, timeout=PATIENCE_SECONDS)
            assert (made.status_code, made.json()["id"]) == (201, number)
        assert assay_client.wait_for(2, PATIENCE_SECONDS)
        assert (loaded.port, assay_client.status()["state"]) == (2, "fresh")
        instances = f"{service.url}/projects/shop/instances"
        assert eventually(lambda: [one["state"] for one in httpx.get(instances).json()["instances"]] == ["current"])
        assert httpx.get(f"{service.url}/instances").json()["instances"] == [], "it is none of the first project's"
