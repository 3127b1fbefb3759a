"""What a command does not need is not imported: seen from within a process of its own."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[2]
HEAVY = ("pydantic", "dynaconf", "jinja2", "rich", "litestar", "sqlalchemy", "app.settings", "app.project.workspace",
         "app.rules", "yaml")  # fmt: skip
CHILD = f"""
import json, os, sys
from datetime import UTC, datetime
from pathlib import Path
from app.cli import run
environ = {{name: value for name, value in os.environ.items() if name.startswith("_ASSAY")}}
try:
    run(sys.argv[1:], environ, Path.cwd(), lambda: datetime.now(UTC))
finally:  # what completes ends the process
    print("\\n" + json.dumps([name for name in {HEAVY!r} if name in sys.modules]))
"""


def imported(folder: Path, *arguments: str, environ: Mapping[str, str] = {}) -> list[str]:
    """Which of the heavy modules a command imports."""
    command, known = [sys.executable, "-c", CHILD, *arguments], {"PYTHONPATH": str(HERE), **environ}
    ran = subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, check=True)
    names: list[str] = json.loads(ran.stdout.splitlines()[-1])
    return names


def test_the_version_is_told_without_any_of_them(tmp_path: Path) -> None:
    assert imported(tmp_path, "--version") == []


def test_so_is_a_commands_name_completed(tmp_path: Path) -> None:
    completing = {"_ASSAY_COMPLETE": "bash_complete", "COMP_WORDS": "assay ", "COMP_CWORD": "1"}
    assert imported(tmp_path, environ=completing) == []


@pytest.mark.parametrize(
    "command", [("check",), ("show",), ("matrix",), ("explain", "port"), ("get", "port"), ("check", "--fix"), ("init",)]
)
def test_a_strangers_project_needs_neither_the_services_own_settings_nor_pydantic(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    if command != ("init",):
        (tmp_path / "assay.toml").write_text('settings_files = ["settings.toml"]\n')
    (tmp_path / "settings.toml").write_text("[default]\nport = 1\n[production]\nport = 2\n")
    found = imported(tmp_path, *command)
    assert "app.settings" not in found
    assert "pydantic" not in found
    assert "jinja2" not in found
    assert "yaml" not in found
    assert "dynaconf" in found


def test_the_services_own_project_does(tmp_path: Path) -> None:
    (tmp_path / "assay.toml").write_text('settings_files = ["settings.toml"]\nschema = "app.schema:Settings"\n')
    (tmp_path / "settings.toml").write_text("[default.server]\nport = 8000\n")
    assert "app.settings" in imported(tmp_path, "check")
