"""The client and the service, as a team runs them: releases made by the command line, in force in an application."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

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
