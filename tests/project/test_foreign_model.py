import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from foreign_projects import ANOTHER, OLDEST, OURS, Install, give_environment
from patience import PATIENCE_SECONDS
from projects import NOW, MakeProject, ProjectFolder

from app.checking.check import validate
from app.checking.values import show
from app.core.errors import ProjectError
from app.watching.cached_answers import prepare
from app.watching.watcher import Live

pytestmark = pytest.mark.usefixtures("quick_models")

OPTIONS = 'schema = "app.config:Settings"\nknown_environments = ["development", "production"]\n'
OPTIONS += "merge_enabled = true\n"

HEAD = "from typing import Any, Dict, List, Optional, Union\nfrom pydantic import BaseModel, Field, SecretStr\n"


def model(code: str, settings: str = "", **options: str) -> dict[str, str]:
    """The files of a project whose model is in its own `app` package."""
    return {
        "assay.toml": OPTIONS + "".join(f"{key} = {value}\n" for key, value in options.items()),
        "app/__init__.py": "",
        "app/config.py": HEAD + code,
        "settings.toml": settings,
    }


def found(project: ProjectFolder, *arguments: str, **environ: str) -> list[tuple[str, str | None, str | None]]:
    """Rule, key and place of what the model says about an environment, by default the active one."""
    return [said for said in everything(project, *arguments, **environ) if said[0].startswith(("TYP", "ENV001"))]


def everything(project: ProjectFolder, *arguments: str, **environ: str) -> list[tuple[str, str | None, str | None]]:
    """The same of every rule."""
    report = project.assay("check", *(arguments or ("development",)), "--format", "json", **environ).json
    findings = [finding for one in report["environments"] for finding in one["findings"]]
    return [(finding["rule"], finding["key"], where(finding["origin"])) for finding in findings]


def where(origin: Mapping[str, Any] | None) -> str | None:
    if origin is None:
        return None
    named = {"variable": "name", "default": "model"}.get(origin["kind"])
    return str(origin[named]) if named else f"{origin['file']}:{origin['line']}"


ORDERS = """
from pydantic import ConfigDict, field_validator

class Database(BaseModel):
    model_config = ConfigDict(extra="forbid")
    host: str
    port: int = 5432

class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")
    database: Database
    retries: int = Field(3, le=10)
    region: str

    @field_validator("region")
    @classmethod
    def known(cls, value):
        if not value.startswith("eu-"):
            raise ValueError(f"Our customers' data stays in Europe, says Pydantic {VERSION}")
        return value
"""

WRONG = """\
[default]
region = "us-1"
retries = 11

[default.database]
port = "eighty"
hosst = "db"
"""


def test_a_foreign_project_with_its_own_app_environment_and_pydantic_is_checked_at_file_and_line(
    project: MakeProject, install: Install
) -> None:
    files = model("from pydantic import VERSION\nimport app.marker\n" + ORDERS, WRONG)
    made = project({**files, "app/marker.py": "print('imported')\nimport litestar_is_not_here\n"})
    made.write({"app/marker.py": "print('imported')\n"})
    give_environment(made.root, install(ANOTHER))
    assert found(made) == [
        ("TYP001", "database.host", None),
        ("TYP002", "database.port", "settings.toml:6"),
        ("TYP003", "database.hosst", "settings.toml:7"),
        ("TYP004", "retries", "settings.toml:3"),
        ("TYP004", "region", "settings.toml:2"),
    ]
    ran = made.assay("check", "development")
    assert ran.status == 1
    assert "region: Our customers' data stays in Europe, says Pydantic 2.12.3." in " ".join(ran.out.split())
    assert "Did you mean 'host'?" in ran.out
    assert "imported" not in ran.out + ran.err


def test_a_model_of_pydantic_1_is_checked_too(project: MakeProject, install: Install) -> None:
    code = """
from pydantic import BaseSettings, validator

class Database(BaseModel):
    host: str
    password: SecretStr
    class Config:
        extra = "forbid"

class Settings(BaseSettings):
    debug: bool = False
    database: Database
    region: str = "eu"
    class Config:
        env_file = ".env"

    @validator("region")
    def known(cls, value):
        assert value != "us-1", "Not over there"
        return value
"""
    made = project(
        {**model(code, '[default]\ndebug = "x"\nregion = "us-1"\n[default.database]\nhosst = 1\n'), ".env": "REGION=eu"}
    )
    give_environment(made.root, install(OLDEST))
    assert found(made, REGION="eu", DATABASE='{"host": "x"}', ENV_FOR_DYNACONF="development") == [
        ("TYP001", "database.host", None),
        ("TYP001", "database.password", None),
        ("TYP002", "debug", "settings.toml:2"),
        ("TYP003", "database.hosst", "settings.toml:5"),
        ("TYP004", "region", "settings.toml:3"),
    ]
    assert "Not over there" in made.assay("check", "development").out
    assert made.assay("schema").json["$defs"]["Database"]["additionalProperties"] is False


def test_a_settings_class_reads_nothing_but_the_effective_values(project: MakeProject, install: Install) -> None:
    code = """
import os
from pydantic_settings import BaseSettings, SettingsConfigDict

class Inner(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore")
    level: int

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", secrets_dir="secrets", cli_parse_args=True, extra="ignore")
    port: int
    token: str
    inner: Inner

    @classmethod
    def settings_customise_sources(cls, settings_cls, **sources):
        return tuple(sources.values())

os.environ["LEVEL"] = "5"
"""
    made = project(
        {**model(code, "[default]\na = 1\n[default.inner]\nx = 1\n"), ".env": "PORT=1\n", "secrets/token": "x"}
    )
    give_environment(made.root, install(ANOTHER))
    missing = [("TYP001", key, None) for key in ("port", "token", "inner.level")]
    assert sorted(found(made, PORT="1", TOKEN="x")) == sorted(missing)
    made.write({"settings.toml": '[default]\nport = 5\ntoken = "long-enough-for-all"\n[default.inner]\nlevel = 2\n'})
    assert found(made) == []


def test_a_project_without_an_environment_of_its_own_is_checked_with_ours(project: MakeProject) -> None:
    made = project(model("class Settings(BaseModel):\n    port: int\n", '[default]\nport = "x"\n'))
    assert found(made) == [("TYP002", "port", "settings.toml:2")]


def test_all_environments_are_checked_in_one_process_each_with_its_own_values(project: MakeProject) -> None:
    code = "open('runs', 'a').write('x')\nclass Settings(BaseModel):\n    port: int = Field(1, lt=10)\n"
    made = project(model(code, "[development]\nport = 11\n[production]\nport = 12\n"))
    report = made.assay("check", "--format", "json").json
    assert [one["findings"][0]["origin"]["line"] for one in report["environments"]] == [2, 4]
    assert (made.root / "runs").read_text() == "x"


def test_a_validator_knows_whether_the_environment_is_production_like(project: MakeProject) -> None:
    code = "from pydantic import field_validator\nclass Settings(BaseModel):\n    mode: str\n"
    code += "    @field_validator('mode')\n    def check(cls, value, info):\n"
    code += "        assert not info.context['production'], 'Not in production'\n        return value\n"
    made = project(model(code, '[default]\nmode = "x"\n'))
    assert found(made, "development") == []
    assert found(made, "production") == [("TYP004", "mode", "settings.toml:2")]


TAGGED = "pet: Union[Cat, Dog] = Field(discriminator='kind')"


@pytest.mark.parametrize(
    ("code", "settings", "key", "line"),
    [
        ("servers: List[Server]", '[default]\nservers = [{port = 1},\n  {port = "x"}]\n', "servers[1].port", 3),
        ("servers: Dict[str, Server]", '[default.servers.a]\nport = "x"\n', "servers.a.port", 2),
        ("either: Union[Server, int]", '[default.either]\nport = "x"\n', "either.port", 2),
        ("either: Union[int, List[int]]", '[default]\neither = [1,\n  "x"]\n', "either[1]", 3),
        (TAGGED, '[default.pet]\nkind = "cat"\nlives = "x"\n', "pet.lives", 3),
        ("odd: Dict[int, int]", "[default.odd]\nx = 1\n", "odd.x", 2),
        ("tree: Tree", '[default.tree.left.left]\nsize = "x"\n', "tree.left.left.size", 2),
        ("even: Even", "[default]\neven = 3\n", "even", 2),
    ],
)  # fmt: skip
def test_an_error_inside_of_anything_stands_at_the_value(
    project: MakeProject, code: str, settings: str, key: str, line: int
) -> None:
    head = """
from typing import Literal
from typing_extensions import Annotated
from pydantic import AfterValidator

def even(value):
    assert value % 2 == 0, "Not even"
    return value

Even = Annotated[int, AfterValidator(even)]
class Server(BaseModel):
    port: int
class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int
class Dog(BaseModel):
    kind: Literal["dog"]
class Tree(BaseModel):
    size: int = 0
    left: Optional["Tree"] = None
class Settings(BaseModel):
    """
    places = [(at, place) for _, at, place in found(project(model(head + code + "\n", settings)))]
    assert (key, f"settings.toml:{line}") in places
    assert {at for at, _ in places} == {key} or code.startswith("either")


def test_what_a_validator_of_a_table_says_stands_at_the_table_where_the_highest_layer_has_it(
    project: MakeProject,
) -> None:
    code = "from pydantic import model_validator\nclass Pool(BaseModel):\n    size: int = 1\n    most: int = 1\n"
    code += "    @model_validator(mode='after')\n    def check(self):\n"
    code += "        if self.size > self.most:\n            raise ValueError('these do not go together')\n"
    code += "        return self\nclass Settings(BaseModel):\n    a: int = 1\n    pool: Pool = Pool()\n"
    settings = "[default]\na = 1\n\n[default.pool]\nmost = 3\n\n[production.pool]\nmost = 3\nsize = 5\n"
    made = project(model(code, settings))
    assert found(made, "production") == [("TYP004", "pool", "settings.toml:7")]
    assert found(made, "development") == []


def test_what_a_validator_of_the_whole_says_is_pinned_to_no_line(
    project: MakeProject,
) -> None:
    code = "from pydantic import model_validator\nclass Settings(BaseModel):\n    low: int\n    top: int\n"
    code += "    @model_validator(mode='after')\n    def check(self):\n"
    code += "        if self.low > self.top:\n            raise ValueError('The top is below the floor')\n"
    code += "        return self\n"
    made = project(model(code, "[default]\nlow = 5\ntop = 3\n"))
    assert found(made) == [("TYP004", None, None)]
    (one,) = (one for one in made.assay("check", "--format", "json").json["environments"] if one["active"])
    assert [place["line"] for place in one["findings"][0]["related"]] == [3]
    out = " ".join(made.assay("check", "development").out.split())
    assert "The model refuses the values: The top is below the floor." in out


def test_fields_in_upper_case_and_aliases_are_told_by_their_keys(project: MakeProject) -> None:
    code = "class Settings(BaseModel):\n    DEBUG: bool\n    PORT: int\n    url: str = Field(alias='DATABASE_URL')\n"
    made = project(model(code, "[default]\nDEBUG = 7\ndatabase_url = 5\n"))
    assert found(made) == [
        ("TYP001", "port", None),
        ("TYP002", "debug", "settings.toml:2"),
        ("TYP002", "database_url", "settings.toml:3"),
    ]


def test_a_missing_secret_of_an_inactive_environment_is_deferred(project: MakeProject) -> None:
    made = project(model("class Settings(BaseModel):\n    access: SecretStr\n", "[default]\na = 1\n"))
    (production,) = made.assay("check", "production", "--format", "json").json["environments"]
    assert "TYP001" not in [finding["rule"] for finding in production["findings"]]
    assert [item["variable"] for item in production["deferred"]] == ["DYNACONF_ACCESS"]
    assert found(made, "production", ENV_FOR_DYNACONF="production") == [("TYP001", "access", None)]


def test_the_variable_of_a_key_that_is_new_below_a_table_has_the_models_case(project: MakeProject) -> None:
    code = "class Db(BaseModel):\n    host: str\nclass Settings(BaseModel):\n    db: Db\n"
    made = project(model(code, "[default.db]\nport = 1\n"))
    assert "set DYNACONF_DB__host." in made.assay("check", "development").out
    assert found(made, DYNACONF_DB__host="x") == []
    assert ("TYP001", "db.host", None) in found(made, DYNACONF_DB__HOST="x")  # as the application would see it


@pytest.mark.parametrize("file", ["app/schema.py", "app/schema/__init__.py", "src/app/schema.py"])
def test_a_projects_own_module_of_the_services_name_is_the_projects(project: MakeProject, file: str) -> None:
    made = project({
        "assay.toml": 'schema = "app.schema:Settings"\nsettings_files = ["settings.toml"]\n',
        f"{file.partition('app/')[0]}app/__init__.py": "",
        file: HEAD + "class Settings(BaseModel):\n    size: int\n",
        "settings.toml": '[default]\nsize = "x"\n',
    })  # fmt: skip
    assert found(made) == [("TYP002", "size", "settings.toml:2")]
    home = made.assay("serve", "--home", ".")
    assert (home.status, "holds no settings of the service" in home.err) == (2, True)


def test_an_unknown_variable_is_told_once_and_does_not_hide_the_rest(project: MakeProject) -> None:
    code = (
        "from pydantic import ConfigDict\nclass Settings(BaseModel):\n    model_config = ConfigDict(extra='forbid')\n"
    )
    code += "    port: int = 1\n    free: Dict[str, int] = {}\n    any: Any = None\n"
    made = project(model(code))
    environ = {"DYNACONF_PROT": "1", "DYNACONF_FREE__X": "1", "DYNACONF_ANY__X__Y": "1"}
    assert found(made, **environ) == [("ENV001", "prot", "DYNACONF_PROT")]
    assert "Did you mean DYNACONF_PORT?" in made.assay("check", "development", **environ).out


def test_a_model_that_ignores_other_keys_tolerates_those_in_files(project: MakeProject) -> None:
    made = project(model("class Settings(BaseModel):\n    port: int = 1\n", "[default]\nother = 1\n"))
    assert found(made, DYNACONF_OTHER="2") == []


def test_what_nobody_knows_here_is_no_fault_of_the_values(project: MakeProject) -> None:
    code = "class Db(BaseModel):\n    url: int\nclass Settings(BaseModel):\n"
    code += "    port: int\n    db: Db\n    many: List[int]\n"
    settings = '[default]\nport = "@jinja {{ 80 }}"\nmany = [1, "@jinja x"]\n[default.db]\nurl = "@format {env[NO]}"\n'
    made = project(model(code, settings))
    assert found(made) == []
    made.write({"settings.toml": settings.replace("@jinja", "jinja").replace("@format ", "")})
    assert {key for _, key, _ in found(made)} == {"db.url", "many[1]", "port"}


def test_the_models_default_is_judged_where_nothing_sets_the_key(project: MakeProject) -> None:
    made = project(model("class Settings(BaseModel):\n    debug: bool = True\n", "[default]\na = 1\n"))
    assert ("APP001", "debug", "Settings") in everything(made, "production")
    assert [value["key"] for value in made.assay("show", "production", "--format", "json").json["values"]] == ["a"]


def test_values_are_what_dynaconf_gives_whatever_the_model_says(project: MakeProject) -> None:
    made = project(model("class Settings(BaseModel):\n    names: List[str] = []\n    code: str = ''\n"))
    values = made.assay("show", "--format", "json", DYNACONF_NAMES="a,b", DYNACONF_CODE="1e5").json["values"]
    assert [value["value"] for value in values] == [100000.0, "a,b"]


SECRETS = (
    "class Inner(BaseModel):\n    b: SecretStr\nclass Settings(BaseModel):\n    plain: Optional[SecretStr] = None\n"
)
SECRETS += "    inner: Inner = None\n    many: List[SecretStr] = []\n    by_name: Dict[str, SecretStr] = {}\n"
CANARIES = '[default]\nplain = "canary-1"\nmany = ["canary-2"]\n[default.inner]\nb = "canary-3"\n'
CANARIES += '[default.by_name]\nx = "canary-4"\n'


@pytest.mark.parametrize(
    "arguments",
    [["show"], ["show", "--format", "json"], ["explain", "plain"], ["matrix"], ["diff", "development", "production"]],
)
def test_what_the_model_calls_a_secret_is_one_whatever_its_name(project: MakeProject, arguments: list[str]) -> None:
    made = project(model(SECRETS, CANARIES + '[production]\nplain = "canary-5"\n'))
    ran = made.assay(*arguments)
    assert ran.status == 0
    assert "canary" not in ran.out + ran.err
    assert "plain" in ran.out


def test_a_url_that_the_model_calls_a_secret_is_still_judged_as_a_url(project: MakeProject) -> None:
    url = '[default]\nstore = "postgresql://app:postgres@db.example.com/orders"\n'
    made = project(model("class Settings(BaseModel):\n    store: SecretStr\n", url))
    assert "DB002" in [rule for rule, *_ in everything(made, "production")]
    assert "app:postgres" not in made.assay("show").out


def test_a_validator_that_repeats_a_secret_does_not_give_it_away(project: MakeProject) -> None:
    code = "from pydantic import model_validator\nclass Settings(BaseModel):\n"
    code += "    plain: SecretStr\n    store: str\n    pin: SecretStr\n"
    code += "    @model_validator(mode='before')\n    def check(cls, value):\n"
    code += '        raise ValueError(f\'Bad: {value} {value["store"].split(":")[2]}, version 7\')\n'
    settings = '[default]\nplain = "canary-1 \'x\'"\nstore = "postgresql://u:canary-2@h/d"\npin = "7"\n'
    made = project(model(code, settings))
    ran = made.assay("check", "--format", "json")
    assert "what it says is not shown, since it repeats a secret" in ran.out
    assert "canary" not in ran.out + ran.err
    assert "Bad" not in ran.out  # stars in its place would tell that the secret is a number of one figure


def test_a_sentence_whose_fixed_words_hold_a_secret_stays(project: MakeProject) -> None:
    code = "from pydantic import field_validator\nclass Settings(BaseModel):\n    password: str\n    port: int\n"
    code += "    @field_validator('port')\n    def check(cls, value):\n"
    code += "        raise ValueError('The password and the port do not fit')\n"
    made = project(model(code, '[default]\npassword = "pass"\nport = 7\n'))
    assert "The password and the port do not fit" in made.assay("check").out


def test_a_model_that_raises_at_import_does_not_give_secrets_away(project: MakeProject) -> None:
    made = project(model("raise RuntimeError(open('settings.toml').read())\n", '[default]\npassword = "canary-1"\n'))
    for arguments in (["check"], ["show"], ["check", "--format", "json"]):
        ran = made.assay(*arguments)
        assert "RuntimeError" in ran.out + ran.err
        assert "canary" not in ran.out + ran.err


def test_a_model_that_cannot_be_asked_is_an_error_at_its_place(project: MakeProject) -> None:
    made = project(model("x = 1 / 0\n", "[default]\na = 1\n"))
    ran = made.assay("check", "--format", "json")
    assert ran.status == 2
    error = ran.json["error"]
    assert error["code"] == "project-unusable"
    assert "'app.config:Settings' cannot be imported: ZeroDivisionError at app/config.py:3" in error["message"]
    assert (error["origin"]["file"], error["origin"]["line"]) == ("app/config.py", 3)
    assert made.assay("schema").status == 2


@pytest.mark.parametrize("name", ["assay.toml", "pyproject.toml"])
def test_a_model_that_is_not_there_is_an_error_at_the_option(project: MakeProject, name: str) -> None:
    text = OPTIONS if name == "assay.toml" else "[tool.assay]\n" + OPTIONS
    made = project({name: text, "settings.toml": "[default]\na = 1\n"})
    error = made.assay("check", "--format", "json").json["error"]
    assert "no module 'app'" in error["message"]
    assert (error["origin"]["file"], error["origin"]["line"]) == (name, 1 if name == "assay.toml" else 2)


def test_values_are_shown_without_the_model_where_it_cannot_be_asked(project: MakeProject) -> None:
    made = project(model("x = 1 / 0\n", '[default]\na = 1\npassword = "canary-1"\n'))
    ran = made.assay("show", "--format", "json")
    assert ran.status == 0
    assert [value["value"] for value in ran.json["values"]] == [1, None]
    assert "ZeroDivisionError" in ran.err
    assert "Only what is known to be open is shown" in ran.err


def test_a_model_that_cannot_be_asked_is_not_asked_again(project: MakeProject) -> None:
    made = project(model("open('runs', 'a').write('x')\n1 / 0\n", "[default]\na = 1\n"))
    workspace = made.workspace()
    for _ in range(2):
        with pytest.raises(ProjectError, match="ZeroDivisionError"):
            validate(workspace)
    assert show(workspace).values[0].value == 1
    assert (made.root / "runs").read_text() == "x"


def test_a_service_starts_with_a_model_that_cannot_be_asked(project: MakeProject) -> None:
    made = project(model("x = 1 / 0\n", "[default]\na = 1\n"))
    live = Live(made.root, {}, lambda: NOW, prepare)
    assert show(live.workspace()).values[0].value == 1


def test_the_schema_of_a_foreign_model_is_told_for_values_and_for_profiles(project: MakeProject) -> None:
    code = "from pydantic import AliasChoices\nclass Db(BaseModel):\n    host: str\nclass Settings(BaseModel):\n"
    made = project(model(code + "    db: Db\n    port: int = Field(validation_alias=AliasChoices('port', 'p'))\n"))
    merged = made.assay("schema").json
    assert merged["required"] == ["db", "port"]
    assert "x-names" not in json.dumps(merged)
    layer = made.assay("schema", "--layer").json
    assert {"default", "development", "production", "global"} <= layer["properties"].keys()
    assert "required" not in layer["$defs"]["Db"] | layer["$defs"]["Section"]


def test_the_schema_does_not_tell_a_default_that_is_a_secret(project: MakeProject) -> None:
    code = "class Db(BaseModel):\n    password: str = 'canary-1'\n    host: str = 'db'\nclass Settings(BaseModel):\n"
    code += (
        "    db: Db = Db(password='canary-2')\n    url: str = 'redis://:canary-3@cache/0'\n    name: str = 'orders'\n"
    )
    made = project(model(code, "[default]\na = 1\n"))
    for arguments in (["schema"], ["schema", "--layer"]):
        out = made.assay(*arguments).out
        assert "canary" not in out
        assert all(f'"default": "{known}"' in out for known in ("db", "orders", "redis://:***@cache/0"))


def test_a_model_that_changes_is_noticed(project: MakeProject) -> None:
    made = project(model("x = 1 / 0\n", "[default]\nport = 1\n"))
    broken = made.workspace()
    assert broken.model.shape is None
    assert not broken.model.is_outdated
    _replace(made.root / "app" / "config.py", HEAD + "from app import kinds\nclass Settings(kinds.Kind): pass\n")
    assert broken.model.is_outdated
    made.write({"app/kinds.py": "from pydantic import BaseModel\nclass Kind(BaseModel):\n    port: int = 1\n"})
    fresh = made.workspace()
    assert fresh.model.shape is not None
    assert not fresh.model.is_outdated
    _replace(made.root / "app" / "kinds.py", "from pydantic import BaseModel\nclass Kind(BaseModel):\n    port: str\n")
    assert fresh.model.is_outdated


async def test_a_service_reads_the_project_again_when_its_model_has_changed(project: MakeProject) -> None:
    made = project(model("class Settings(BaseModel):\n    plain: str\n", '[default]\nplain = "canary-1"\n'))
    live = Live(made.root, {}, lambda: NOW)
    assert [value.secret for value in show(live.workspace()).values] == [False]
    async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as tasks:
        following = tasks.create_task(live.follow())
        _replace(made.root / "app" / "config.py", HEAD + "class Settings(BaseModel):\n    plain: SecretStr\n")
        await live.newer(live.picture.number)
        following.cancel()
    assert [value.secret for value in show(live.workspace()).values] == [True]


def _replace(file: Path, text: str) -> None:
    file.write_text(text)
    stat = file.stat()
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))  # clocks of file systems are coarse


def test_a_virtual_environment_of_the_project_is_used_under_each_usual_name(project: MakeProject) -> None:
    for name in (".venv", "venv", "env"):
        made = project(model("import sys\nassert f'/{NAME}/bin/' in sys.executable\nclass Settings(BaseModel): pass\n"
                             .replace("{NAME}", name), "[default]\na = 1\n"), name=f"with-{name}")  # fmt: skip
        give_environment(made.root, OURS, name=name)
        assert made.assay("check", "development").status == 0


APPLICATION = """\
from dynaconf import Dynaconf
from app.config import Settings
values = Dynaconf(settings_files=["settings.toml"], environments=True).as_dict()
starts = []
for change in (str.upper, str.lower):
    try:
        Settings(**{change(key): value for key, value in values.items()})
        starts.append(change.__name__)
    except Exception:
        pass
print(*starts)
"""


@pytest.mark.parametrize(
    ("fields", "starts"),
    [
        ("port: int\n    name: str", "lower"),
        ("PORT: int\n    NAME: str", "upper"),
        ("PORT: int\n    name: str = Field(alias='NAME')", "upper"),
        ("port: int = Field(alias='Port')\n    name: str", ""),
        ("servicePort: int = Field(alias='PORT')\n    name: str", ""),
        ("port: int = Field(validation_alias=AliasChoices('Port', 'port'))\n    name: str", "lower"),
        ("port: int = Field(alias='Port', default=3)\n    name: str", "lower"),
        ("PORT: int = 3\n    name: str", "lower"),
    ],
)
@pytest.mark.parametrize("extra", ["ignore", "forbid"])
def test_a_model_is_met_by_the_names_that_dynaconf_gives(
    project: MakeProject, fields: str, starts: str, extra: str
) -> None:
    code = f"from pydantic import AliasChoices\n\nclass Settings(BaseModel, extra={extra!r}):\n    {fields}\n"
    made = project({**model(code, "[default]\nport = 1\nname = 'a'\n"), "start.py": APPLICATION})
    ran = subprocess.run(
        [sys.executable, "start.py"], check=True, capture_output=True, text=True, cwd=made.root, env={}
    )
    assert ran.stdout.strip() in ({starts} if extra == "ignore" else {starts, ""})
    report = made.assay("check", "development", "--format", "json").json
    assert report["environments"][0]["valid"] is bool(ran.stdout.strip())


def test_a_field_that_no_spelling_reaches_is_told_with_what_to_do(project: MakeProject) -> None:
    code = "class Settings(BaseModel, extra='forbid'):\n    port: int = Field(alias='Port')\n    name: str\n"
    made = project(model(code, "[default]\nport = 1\nname = 'a'\n"))
    assert found(made) == [("TYP004", "port", "settings.toml:2")]
    assert "Name the model's field port" in made.assay("check", "development").out
