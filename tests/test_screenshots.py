"""What pictures are made of: a project worth looking at, outside the repository, without a secret."""

import os
import re
from collections import Counter
from pathlib import Path

import pytest
from histories import git
from projects import NOW

from app.checking.check import validate
from app.database.target import Target
from app.planning.plan import plan
from app.planning.request import PlanRequest
from app.project.workspace import open_workspace
from app.reports import wire
from docs.screenshots.__main__ import main
from docs.screenshots.demonstration import ENVIRON, STEPS, SUBJECTS, Demonstration

REPOSITORY = Path(__file__).parent.parent
PICTURE = re.compile(r"!\[[^\]]+\]\(([^)]+\.png)\)")
LARGEST_BYTES = 150_000


@pytest.fixture
def shop(tmp_path: Path) -> Demonstration:
    target = Target(host="127.0.0.1", port=5432, username="orders", name="orders", password="canary-orders-9d41c7e2")
    project = Demonstration(tmp_path, target)
    project.write(STEPS[-1][1])
    return project


def test_the_demonstration_has_findings_of_each_severity_and_one_that_is_waived(shop: Demonstration) -> None:
    report = validate(open_workspace(shop.root, ENVIRON))
    found = Counter(finding.severity for one in report.environments for finding in one.findings)
    assert set(found) == {"error", "warning", "info"}
    assert [one.name for one in report.environments if one.waived] == ["production-eu"]
    assert [one.name for one in report.environments if not one.valid] == ["production"]


def test_each_step_of_the_demonstration_changes_something(shop: Demonstration) -> None:
    seen = set()
    for _, step in STEPS:
        shop.write(step)
        seen.add((shop.root / "settings" / "production.toml").read_text())
    assert len(seen) == len(STEPS)


def test_secrets_of_the_demonstration_stand_in_its_secrets_file_alone(shop: Demonstration) -> None:
    shop.rotate("production", "payments.api_key")
    shop.write(STEPS[-1][1])
    files = {path.name: path.read_text() for path in shop.root.rglob("*.toml")}
    held = {name for name, text in files.items() if any(secret in text for secret in shop.secret)}
    assert held == {".secrets.toml"}
    assert shop.secret[-1] in files[".secrets.toml"]


def test_the_demonstrations_history_has_a_plan_without_a_secret(shop: Demonstration) -> None:
    for number, (ago, step) in enumerate(STEPS):
        shop.write(step)
        shop.commit(NOW - ago, SUBJECTS[number])
    environ = {**ENVIRON, "PATH": os.environ["PATH"]}
    found = plan(PlanRequest(root=shop.root, environ=environ, clock=lambda: NOW, revisions="main~1..main"))
    (production,) = [one for one in found.environments if one.changes]
    (debug,) = [one for one in production.changes if one.key == "app.debug"]
    assert debug.right
    assert isinstance(debug.right.origin, wire.FileOrigin)
    assert debug.right.origin.commit
    assert debug.right.origin.commit.subject == SUBJECTS[-1]
    assert {one.rule for one in production.findings.new} >= {"APP001", "NET002"}
    assert ".secrets.toml" not in git(shop.root, "ls-files").splitlines()


def test_pictures_are_refused_a_folder_in_the_repository(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = REPOSITORY / "docs" / "new"
    assert main([str(wanted)]) == 2
    assert f"{wanted} is in the repository" in capsys.readouterr().err
    assert not wanted.exists()


def test_without_a_browser_one_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main([str(tmp_path / "pictures")]) == 2
    assert "none of chromium, chromium-browser, google-chrome is here" in capsys.readouterr().err
    assert not (tmp_path / "pictures").exists()


def test_the_pictures_in_the_documentation_are_there_and_small() -> None:
    pages = (REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md"))
    shown = {page.parent / name for page in pages for name in PICTURE.findall(page.read_text())}
    assert shown == set((REPOSITORY / "docs" / "pictures").iterdir())
    assert all(picture.stat().st_size < LARGEST_BYTES for picture in shown)
