"""Where a call names no files, those count that stock finds: in the folder where it starts, its `config`, and above."""

from pathlib import Path
from typing import Any

import pytest

from app.core.errors import ProjectError
from app.project.workspace import Workspace, open_workspace

GLOBAL = "from dynaconf import settings\n"
DEFAULTS = "from dynaconf import LazySettings\nfrom dynaconf.constants import DEFAULT_SETTINGS_FILES\n"
FLASK = "from dynaconf import FlaskDynaconf\n"
DJANGO = "import dynaconf\nfrom pathlib import Path\n"


def opened(folder: Path, **files: str) -> Workspace:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return open_workspace(folder, {})


def options(folder: Path, files: dict[str, str]) -> tuple[list[Any], str | None]:
    found = opened(folder, **files, **{"pyproject.toml": ""}).project.options
    return list(found.settings_files), found.root_path


USUAL = ["settings.toml", ".secrets.toml"]


@pytest.mark.parametrize(
    ("files", "want", "root_path"),
    [
        ({"shop.py": GLOBAL, "config/settings.yaml": "a: 1"}, [*USUAL, "settings.yaml"], None),
        ({"shop.py": GLOBAL, "config/.secrets.json": "{}"}, [*USUAL, ".secrets.json"], None),
        ({"src/web/settings.py": GLOBAL, "config/settings.yml": ""}, [*USUAL, "settings.yml"], None),
        ({"src/web/settings.py": GLOBAL}, USUAL, None),
        ({"src/main.py": GLOBAL, "src/settings.json": "{}"}, [*USUAL, "settings.json"], "src"),
        ({"app/web/ext/conf.py": GLOBAL, "app/settings.toml": ""}, USUAL, "app"),
        ({"src/shop/core/conf.py": GLOBAL, "src/config/settings.toml": ""}, USUAL, "src"),
        ({"src/shop/core/conf.py": GLOBAL, "src/settings.toml": "", "settings.toml": ""}, USUAL, None),
        ({"shop.py": f"{DEFAULTS}s = LazySettings(default_settings_paths=DEFAULT_SETTINGS_FILES)\n",
          "config/settings.yaml": "a: 1"}, [*USUAL, "settings.yaml"], None),
        ({"shop.py": f"{DEFAULTS}s = LazySettings(default_settings_paths=['own.toml', 'a.toml'])\n"},
         ["own.toml", "a.toml"], None),
        ({"web/shop.py": f"{FLASK}FlaskDynaconf(app, root_path='web/conf')\n", "web/conf/settings.ini": ""},
         [*USUAL, "settings.ini"], "web/conf"),
        ({"manage.py": "", "web/settings.py": f"{DJANGO}s = dynaconf.DjangoDynaconf(__name__)\n",
          "config/settings.yaml": ""}, [*USUAL, "settings.yaml"], "web"),
    ],
)  # fmt: skip
def test_the_files_are_those_that_stock_finds(
    tmp_path: Path, files: dict[str, str], want: list[str], root_path: str | None
) -> None:
    found, where = options(tmp_path, files)
    assert (sorted(found), where) == (sorted(want), root_path)


OUTSIDE = 'from dynaconf import Dynaconf\nsettings = Dynaconf(root_path="../", settings_files=["settings.toml"])\n'


@pytest.mark.parametrize(
    ("files", "found"), [({"settings.toml": ""}, None), ({"shop/settings.toml": ""}, "shop"), ({}, None)]
)
def test_a_root_outside_that_holds_nothing_is_passed_over(
    tmp_path: Path, files: dict[str, str], found: str | None
) -> None:
    (tmp_path / "root").mkdir()
    assert options(tmp_path / "root", {"shop/config.py": OUTSIDE, **files}) == (["settings.toml"], found)


def test_a_root_outside_that_holds_the_files_is_no_folder_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "settings.toml").write_text("")
    workspace = opened(tmp_path / "root", **{"shop/config.py": OUTSIDE, "settings.toml": ""})
    assert workspace.project.options.root_path == "../"
    with pytest.raises(ProjectError, match="which is no folder of the project"):
        workspace.project.entries  # noqa: B018


def test_a_profile_of_another_format_in_the_config_folder_is_not_passed_over(tmp_path: Path) -> None:
    workspace = opened(tmp_path, **{"shop.py": GLOBAL, "config/settings.yaml": "a: 1"})
    assert workspace.unjudged("development")
    assert "SRC021" in {fault.rule for fault in workspace.project.faults}


def test_names_to_look_for_that_are_computed_are_told(tmp_path: Path) -> None:
    call = "s = LazySettings(default_settings_paths=find())\n"
    workspace = opened(tmp_path, **{"shop.py": DEFAULTS + call, "settings.toml": "a = 1"})
    assert [fault.hides for fault in workspace.project.application.faults] == ["computes settings_files"]


def test_a_place_to_look_in_that_is_computed_has_no_substitute(tmp_path: Path) -> None:
    call = "s = dynaconf.DjangoDynaconf(__name__, root_path=find())\n"
    workspace = opened(tmp_path, **{"manage.py": "", "web/settings.py": DJANGO + call})
    assert workspace.project.options.root_path is None
    assert [fault.hides for fault in workspace.project.application.faults] == ["computes root_path"]


def test_what_the_code_sorts_is_sorted(tmp_path: Path) -> None:
    call = "from dynaconf import Dynaconf\ns = Dynaconf(settings_files=sorted(['b.toml', 'a.toml']))\n"
    assert list(opened(tmp_path, **{"shop.py": call}).project.options.settings_files) == ["a.toml", "b.toml"]


def test_where_a_pattern_stands_among_sorted_files_is_not_known(tmp_path: Path) -> None:
    call = "from dynaconf import Dynaconf\ns = Dynaconf(settings_files=sorted(['b.toml', *glob.glob('c*.toml')]))\n"
    workspace = opened(tmp_path, **{"shop.py": f"import glob\n{call}"})
    assert [fault.hides for fault in workspace.project.application.faults] == ["computes settings_files"]
