"""The distribution: the client alone, which needs Dynaconf alone."""

import ast
import subprocess
import sys
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

from scripts import CLIENT

PACKAGE = CLIENT.parent


def test_the_wheel_holds_the_client_and_depends_on_dynaconf_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=PACKAGE, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("assay_client-*.whl")
    with ZipFile(wheel) as files:
        names = files.namelist()
        (metadata,) = (name for name in names if name.endswith("METADATA"))
        needs = Parser().parsestr(files.read(metadata).decode()).get_all("Requires-Dist")
    assert {name.split("/")[0].split("-")[0] for name in names} == {"assay_client"}
    assert "assay_client/py.typed" in names
    assert [need.split(">")[0].split("<")[0] for need in needs or []] == ["dynaconf"]


def test_nothing_of_the_service_is_imported() -> None:
    imported = set()
    for module in CLIENT.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(), feature_version=(3, 10))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])
    assert imported - sys.stdlib_module_names == {"assay_client", "dynaconf"}
