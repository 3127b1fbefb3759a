"""What is written by the code is what the code says; what is promised to other tools is there."""

import re
import subprocess
import sys
from pathlib import Path

from app.cli.program import assay

REPOSITORY = Path(__file__).parent.parent


def test_the_rules_page_is_what_the_rules_say(tmp_path: Path) -> None:
    written = tmp_path / "rules.md"
    subprocess.run([sys.executable, "-m", "docs", str(written)], cwd=REPOSITORY, check=True)
    assert (REPOSITORY / "docs" / "rules.md").read_text() == written.read_text(), "run `make docs`"


def test_the_pre_commit_hook_calls_a_command_that_exists() -> None:
    lines = (REPOSITORY / ".pre-commit-hooks.yaml").read_text().splitlines()
    said = dict(line.removeprefix("- ").strip().split(": ", 1) for line in lines if line and not line.startswith("#"))
    assert {"id", "name", "description", "entry", "language", "pass_filenames", "files"} <= said.keys()
    assert said["language"] == "python"
    assert said["pass_filenames"] == "false"
    program, command = said["entry"].split()
    assert program == "assay"
    assert command in assay.list_commands(assay.make_context("assay", ["check"], resilient_parsing=True))


def test_the_pre_commit_hook_runs_on_profiles_and_options_alone() -> None:
    text = (REPOSITORY / ".pre-commit-hooks.yaml").read_text()
    files = re.compile(next(line.split(": ", 1)[1].strip("'") for line in text.splitlines() if "files: '" in line))
    wanted = ["settings.toml", "config/settings/production.toml", ".secrets.toml.example", "pyproject.toml", ".env"]
    assert [name for name in wanted if not files.search(name)] == []
    assert [name for name in ["README.md", "app/settings.py", "poetry.lock", "tomls.txt"] if files.search(name)] == []


def test_every_local_link_of_the_documentation_leads_somewhere() -> None:
    pages = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
    missing = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert missing == []
