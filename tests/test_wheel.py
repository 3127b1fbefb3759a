"""The built wheel, installed beside an application whose package is called `app`, too."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest
from patience import PATIENCE_SECONDS
from ports import unused_port
from services import announced

REPOSITORY = Path(__file__).parent.parent
APPLICATION = {
    "assay.toml": 'schema = "app.settings:Settings"\nsettings_files = ["settings.toml"]\n',
    "settings.toml": '[default]\nport = 8000\ngreeting = "hello"\n\n[production]\nport = 9000\n',
    "app/__init__.py": "",
    "app/settings.py": """\
from dynaconf import Dynaconf
from pydantic import BaseModel


class Settings(BaseModel):
    port: int
    greeting: str


loaded = Dynaconf(environments=True, settings_files=["settings.toml"])
""",
    "app/main.py": """\
from litestar import Litestar, get
from litestar.testing import TestClient

from app.settings import Settings, loaded


@get("/")
async def greet() -> str:
    return Settings(**{key.lower(): value for key, value in loaded.as_dict().items()}).greeting


if __name__ == "__main__":
    with TestClient(Litestar([greet])) as client:
        print(client.get("/").text)
""",
    # Folders and modules that such projects have as well, and that Assay needs others of.
    "alembic/__init__.py": "",
    "alembic/env.py": "",
    "rich_click.py": "raise SystemExit('the one of the project')\n",
}


@dataclass(frozen=True)
class Installed:
    """An environment in which Assay is installed, and a project of somebody else's.

    Attributes:
        programs: the environment's.
        root: the project's folder.
    """

    programs: Path
    root: Path

    @property
    def environ(self) -> dict[str, str]:
        """What such a project's developers have."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.root), "PYTHONPATH": "."}

    def run(
        self, program: str, *arguments: str, folder: str = ".", environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """One command, in the project's folder or below."""
        return subprocess.run(
            [str(self.programs / program), *arguments], cwd=self.root / folder,
            env={**self.environ, **(environ or {})}, capture_output=True, text=True, check=False,
            timeout=PATIENCE_SECONDS,
        )  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=REPOSITORY, capture_output=True, check=True)
    [found] = folder.iterdir()
    return found


def _environment(folder: Path, wheel: Path) -> Path:
    """A new environment with Assay in it, which sees what Assay needs among our own packages; its programs."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "needed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps", "--no-config"]
    subprocess.run([*install, "--python", str(folder / "bin" / "python"), str(wheel)], check=True)
    return folder / "bin"


@pytest.fixture(scope="module", params=["within", "apart"])
def installed(request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Assay in the project's own environment (`pip install`), and in one of its own (`uv tool install`, pipx)."""
    root = tmp_path_factory.mktemp(request.param)
    for name, text in APPLICATION.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    beside = root if request.param == "within" else tmp_path_factory.mktemp("tools")
    return Installed(programs=_environment(beside / ".venv", wheel), root=root)


def test_the_wheel_holds_no_package_that_a_project_may_have(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {"assay", "assay-0.1.0.dist-info"}


WAYS = {
    "the command": ["assay"],
    "the module": ["python", "-m", "assay"],
    "the module, without the surroundings": ["python", "-I", "-m", "assay"],
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("folder", [".", "app", "alembic"])
def test_every_way_to_start_it_checks_the_project(installed: Installed, way: list[str], folder: str) -> None:
    project = [] if folder == "." else ["--project", ".."]
    ran = installed.run(*way, "check", *project, folder=folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "✓ valid   production" in ran.stdout


@pytest.mark.parametrize("path", ["", ".", "app", ".:app", "{root}", "{packages}:.", "elsewhere:"])
def test_no_module_path_leads_it_astray(installed: Installed, path: str) -> None:
    [packages] = installed.programs.parent.glob("lib/python*/site-packages")
    path = path.format(root=installed.root, packages=packages)
    ran = installed.run("python", "-m", "assay", "--version", environ={"PYTHONPATH": path})
    assert ran.stdout == "assay 0.1.0\n", ran.stderr


def test_a_finder_of_the_project_leads_it_not_astray(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(f"""\
import importlib.machinery, sys
class Editable:
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.PathFinder.find_spec(name, [{str(installed.root)!r}]) if name == "app" else None
sys.meta_path.insert(0, Editable())
import app.settings
""")
    ran = installed.run("assay", "--version", environ={"PYTHONPATH": str(tmp_path)})
    assert ran.stdout == "assay 0.1.0\n", ran.stderr


def test_the_model_of_the_application_is_asked(installed: Installed) -> None:
    ran = installed.run("assay", "check", "production", environ={"DYNACONF_PORT": "many"})
    assert (ran.returncode, "TYP002" in ran.stdout) == (0, False)
    ran = installed.run(
        "assay", "check", "production", environ={"DYNACONF_PORT": "many", "ENV_FOR_DYNACONF": "production"}
    )
    assert (ran.returncode, "TYP002" in ran.stdout) == (1, True)


def test_the_application_runs_as_it_did(installed: Installed) -> None:
    ran = installed.run("python", "-m", "app.main")
    assert (ran.stdout, ran.returncode) == ("hello\n", 0), ran.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_serves_the_project(installed: Installed, workers: str) -> None:
    command = [str(installed.programs / "assay"), "serve", "--port", str(unused_port()), "--workers", workers]
    process = subprocess.Popen(
        command, cwd=installed.root, env=installed.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        url = announced(process).split()[-1]
        assert httpx.get(f"{url}/health/live", timeout=PATIENCE_SECONDS).status_code == 200
        assert httpx.get(f"{url}/config/validate?environment=all", timeout=PATIENCE_SECONDS).json()["valid"]
    finally:
        process.terminate()
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, err) == (0, "")


SPAWNING = """\
import multiprocessing
from assay.__main__ import home, take_place

if __name__ == "__main__":
    take_place(home())
    from app.core.errors import nearest
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.apply(nearest, ("prot", ["port"])))
"""


def test_the_processes_that_it_begets_find_its_own_modules(installed: Installed) -> None:
    (installed.programs / "spawning.py").write_text(SPAWNING)
    ran = installed.run("python", str(installed.programs / "spawning.py"))
    assert ran.stdout == "port\n", ran.stderr
