"""Projects with a model of their own: virtual environments, and other versions of Pydantic."""

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

OURS = Path(sysconfig.get_path("purelib"))
"""The packages of the environment that runs the tests."""

ANOTHER = ("pydantic==2.12.3", "pydantic-settings==2.11.0")
OLDEST = ("pydantic==1.10.24",)

type Install = Callable[[tuple[str, ...]], Path]


def give_environment(folder: Path, *packages: Path, name: str = ".venv") -> Path:
    """A virtual environment in a folder, with what lies in these folders of packages; its interpreter."""
    venv.create(folder / name, with_pip=False, symlinks=True)
    (site,) = (folder / name).glob("lib/python*/site-packages")
    (site / "packages.pth").write_text("".join(f"{path}\n" for path in packages))
    return folder / name / "bin" / "python"


@pytest.fixture(scope="session")
def install(tmp_path_factory: pytest.TempPathFactory) -> Install:
    """A folder with packages from the index, installed once a run; skips where there is no index."""
    made: dict[tuple[str, ...], Path] = {}

    def folder_of(packages: tuple[str, ...]) -> Path:
        if packages not in made:
            folder = tmp_path_factory.mktemp("packages")
            command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", str(folder), *packages]
            ran = subprocess.run([*command, "--python", sys.executable], capture_output=True, text=True, check=False)
            if ran.returncode:
                unable = pytest.fail if os.environ.get("CI") else pytest.skip
                unable(f"{packages[0]} cannot be installed: {ran.stderr.strip()[-300:]}")
            made[packages] = folder
        return made[packages]

    return folder_of
