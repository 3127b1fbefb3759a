"""Files that options leave out: `skip_files` and `core_loaders`."""

from typing import Any

from projects import MakeProject, ProjectFolder
from stock import Question, running

from app.sources.project.discovery import open_project

PROFILES = {"settings.toml": "[default]\nport = 1\n", "config/settings.toml": "[default]\nport = 2\n"}


def _port(made: ProjectFolder) -> Any:
    leaf = made.workspace().tree("development").get("port")
    return leaf and leaf.value


def test_a_file_that_is_skipped_gives_way_to_the_next_place(project: MakeProject) -> None:
    made = project({**PROFILES, "assay.toml": ""})
    skipped = str(made.root / "settings.toml")
    options = {"settings_files": ["settings.toml"], "skip_files": [skipped]}
    made.write({"assay.toml": f'settings_files = ["settings.toml"]\nskip_files = ["{skipped}"]\n'})
    with running() as stock:
        answer = stock.ask(Question(folder=made.root, options=options))
    assert answer.values == {"port": ("int", "2")}
    assert _port(made) == 2


def test_a_name_that_is_no_whole_path_skips_nothing(project: MakeProject) -> None:
    made = project({**PROFILES, "assay.toml": 'skip_files = ["settings.toml"]\n'})
    assert _port(made) == 1


def test_without_the_loader_of_toml_nothing_of_it_is_read(project: MakeProject) -> None:
    made = project({**PROFILES, "assay.toml": 'core_loaders = ["YAML"]\n'})
    assert _port(made) is None
    assert open_project(made.root).documents == []
