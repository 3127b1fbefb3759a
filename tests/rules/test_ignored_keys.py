"""TYP003 where the model passes over what it does not know (case 9d)."""

import pytest
from projects import MakeProject, ProjectFolder
from told import findings, told

pytestmark = pytest.mark.usefixtures("quick_models")

OPTIONS = 'schema = "model:Settings"\nsettings_files = ["settings.toml"]\n'
CODE = """\
from pydantic import BaseModel, ConfigDict, Field

class Pool(BaseModel):
    model_config = ConfigDict({nested})
    max_size: int = 5
    time_out: int = Field(default=3, alias="timeOut")

class Settings(BaseModel):
    model_config = ConfigDict({top})
    workers: int = 1
    pool: Pool = Pool()
    pools: list[Pool] = []
    labels: dict[str, str] = {{}}
"""


def made(project: MakeProject, profile: str, *, top: str = "extra='ignore'", nested: str = "") -> ProjectFolder:
    code = CODE.format(top=top, nested=nested)
    return project({"assay.toml": OPTIONS, "model.py": code, "settings.toml": f"[production]\n{profile}\n"})


@pytest.mark.parametrize(
    ("line", "key", "meant"),
    [
        ("worker = 4", "worker", "workers"),
        ("pool.max_sise = 4", "pool.max_sise", "max_size"),
        ("pool.MAX_SIZE = 4", "pool.MAX_SIZE", "max_size"),
        ("pools = [{max_sise = 4}]", "pools[0].max_sise", "max_size"),
        ("poool = {max_size = 4, timeOut = 1}", "poool", "pool"),
    ],
)
def test_case_9d_a_misspelled_key_that_the_model_ignores_is_told_with_the_nearest(
    line: str, key: str, meant: str, project: MakeProject
) -> None:
    folder = made(project, line)
    (finding,) = findings(folder, "TYP003", "production")
    assert (finding["severity"], finding["key"], finding["origin"]["line"]) == ("warning", key, 2)
    assert finding["fix"] == f"Did you mean {meant!r}?"


@pytest.mark.parametrize(
    "line",
    [
        "WORKERS = 4",
        "pool.max_size = 4",
        "pool.timeOut = 4",
        "other_thing = 1",
        "labels = {max_sise = 'x'}",
        "zone = 1",
    ],
)
def test_known_keys_and_strangers_that_are_near_to_nothing_are_not_told(line: str, project: MakeProject) -> None:
    assert told(made(project, line), "TYP003") == []


def test_a_field_that_may_be_set_by_its_name_is_known(project: MakeProject) -> None:
    folder = made(project, "pool.time_out = 4", nested="populate_by_name=True")
    assert told(folder, "TYP003") == []
    assert told(made(project, "pool.time_out = 4"), "TYP003") == ["warning production pool.time_out settings.toml:2:1"]


def test_a_model_that_takes_everything_has_no_unknown_keys(project: MakeProject) -> None:
    assert told(made(project, "worker = 4", top="extra='allow'"), "TYP003") == []


def test_a_model_that_forbids_says_so_once(project: MakeProject) -> None:
    folder = made(project, "worker = 4", top="extra='forbid'")
    assert told(folder, "TYP003", "production") == ["error production worker settings.toml:2:1"]


def test_a_variable_that_the_model_ignores_is_an_unknown_variable(project: MakeProject) -> None:
    folder = made(project, "zone = 1")
    environ = {"ENV_FOR_DYNACONF": "production", "DYNACONF_WORKER": "4"}
    assert told(folder, "TYP003", **environ) == []
    assert told(folder, "ENV001", **environ) == ["warning production worker DYNACONF_WORKER"]
