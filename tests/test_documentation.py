"""What is written by the code is what the code says; what is promised to other tools is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.program import assay
from app.options import NAMES
from app.settings import Settings

REPOSITORY = Path(__file__).parent.parent


@pytest.mark.parametrize("page", ["rules.md", "options.md", "settings.md"])
def test_a_page_of_what_the_code_says_is_what_it_says(page: str, tmp_path: Path) -> None:
    written = tmp_path / page
    subprocess.run([sys.executable, "-m", "docs", str(written)], cwd=REPOSITORY, check=True)
    assert (REPOSITORY / "docs" / page).read_text() == written.read_text(), "run `make docs`"


def test_every_option_and_setting_is_documented() -> None:
    options, settings = ((REPOSITORY / "docs" / name).read_text() for name in ("options.md", "settings.md"))
    assert [name for name in NAMES if f"| `{name}` |" not in options] == []
    assert [name for name in Settings.model_fields if f"## `[{name}]`" not in settings] == []


def test_every_command_is_documented() -> None:
    text = "".join(page.read_text() for page in [REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")])
    commands = assay.list_commands(assay.make_context("assay", ["check"], resilient_parsing=True))
    assert [name for name in commands if f"assay {name}" not in text] == []


def test_every_page_is_in_the_table_of_contents() -> None:
    contents = (REPOSITORY / "docs" / "README.md").read_text()
    pages = [page.name for page in (REPOSITORY / "docs").glob("*.md") if page.name != "README.md"]
    assert [name for name in pages if f"({name})" not in contents] == []


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
