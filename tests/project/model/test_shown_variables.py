"""What a variable sets beside a secret of the model: the secret is masked, and its neighbours are shown."""

import pytest
from projects import MakeProject, ProjectFolder

MODEL = """
from pydantic import BaseModel, SecretStr

class Database(BaseModel):
    host: str = "localhost"
    word: SecretStr = SecretStr("")

class Settings(BaseModel):
    database: Database = Database()
"""
OPTIONS = 'settings_files = ["settings.toml"]\nenvvar_prefix = "ORDERS"\nschema = "model:Settings"\n'


@pytest.fixture
def made(project: MakeProject) -> ProjectFolder:
    profile = '[default.database]\nhost = "localhost"\n[production]\n'
    return project({"assay.toml": OPTIONS, "settings.toml": profile, "model.py": MODEL})


def _shown(made: ProjectFolder, **environ: str) -> dict[str, str | None]:
    answer = made.assay("show", "production", "--format", "json", ENV_FOR_DYNACONF="production", **environ)
    assert "canary" not in answer.out + answer.err
    return {one["key"].casefold(): one["value"] for one in answer.json["values"]}


@pytest.mark.parametrize("name", ["DATABASE__HOST", "database__host", "DATABASE__host"])
def test_the_neighbour_of_a_secret_is_shown(made: ProjectFolder, name: str) -> None:
    assert _shown(made, **{f"ORDERS_{name}": "db.internal"})["database.host"] == "db.internal"


@pytest.mark.parametrize("name", ["DATABASE__WORD", "database__word", "DATABASE__WROD", "DATABSE__WORD", "DATABASE"])
def test_the_secret_is_not(made: ProjectFolder, name: str) -> None:
    shown = _shown(made, **{f"ORDERS_{name}": "canary-of-mouth"})
    assert None in shown.values()
