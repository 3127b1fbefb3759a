"""The page's scripts by themselves: they fit together, and nothing in them makes markup or code out of text."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "app/web/static").glob("*.js"))
IMPORT = re.compile(r'import (?:\{ (?P<names>[^}]+) \}|\* as (?P<all>\w+)) from "\./(?P<file>[\w.]+)";')
EXPORT = re.compile(r"export (?:async )?(?:function\*?|class|const) (\w+)")
DANGEROUS = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "javascript:")
NO_BROWSER = {"PATH": "/nowhere"}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_says_what_it_is_for_and_makes_no_markup_out_of_text(script: Path) -> None:
    text = script.read_text()
    assert text.startswith("/** ")
    assert [word for word in DANGEROUS if word in text] == []
    assert re.findall(r"https?://", text) == []
    assert [line for line in text.splitlines() if len(line) > 120] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_what_a_script_imports_is_there(script: Path) -> None:
    text = script.read_text()
    found = list(IMPORT.finditer(text))
    assert len(found) == len(re.findall(r"^import ", text, re.MULTILINE))
    for one in found:
        offered = set(EXPORT.findall((script.parent / one["file"]).read_text()))
        wanted = one["names"].split(", ") if one["names"] else re.findall(rf"\b{one['all']}\.(\w+)\(", text)
        assert set(wanted) <= offered


def test_every_script_is_reached_from_the_page() -> None:
    reached = {"page.js", "theme.js"}
    while found := {one["file"] for name in reached for one in IMPORT.finditer(read(name))} - reached:
        reached |= found
    assert reached == {script.name for script in SCRIPTS}


def read(name: str) -> str:
    return (ROOT / "app/web/static" / name).read_text()


@pytest.mark.parametrize(("environ", "outcome"), [({}, "skipped"), ({"ASSAY_REQUIRE_BROWSER": "1"}, "error")])
def test_without_a_browser_its_tests_are_skipped_unless_it_is_required(environ: dict[str, str], outcome: str) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "no:cacheprovider"]
    named = "tests/page/test_findings_view.py::test_a_fix_can_be_copied"
    ran = subprocess.run(
        [*command, named], cwd=ROOT, env={**NO_BROWSER, **environ}, capture_output=True, text=True, check=False
    )
    assert f"1 {outcome}" in ran.stdout
    assert outcome == "error" or "apt install chromium" in ran.stdout.splitlines()[-2], "the last lines say what helps"
    assert (ran.returncode == 0) == (outcome == "skipped")
