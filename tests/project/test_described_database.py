"""Which keys of an application describe its database: what `assay db test` tests is what the application uses."""

import pytest
from projects import MakeProject

from app.core.errors import TargetError
from app.project.database_target import environment_target

HOST, PORT, USER, NAME = "db.example", 6543, "app", "orders"

SHAPES = {
    "database": (
        '[default.database]\nhost = "db.example"\nport = 6543\nusername = "app"\nname = "orders"\n',
        "database",
    ),
    "user": ('[default.database]\nhost = "db.example"\nport = 6543\nuser = "app"\nname = "orders"\n', "database"),
    "db": ('[default.db]\nhost = "db.example"\nport = "6543"\nuser = "app"\ndatabase = "orders"\n', "db"),
    "postgres": ('[default.postgres]\nhostname = "db.example"\nport = 6543\nuser = "app"\ndb = "orders"\n', "postgres"),
    "flat": ('[default]\nDB_HOST = "db.example"\nDB_PORT = 6543\nDB_USER = "app"\nDB_NAME = "orders"\n', "db_host"),
    "django": (
        '[default.databases.a]\nengine = "pg"\nHOST = "db.example"\nPORT = 6543\nUSER = "app"\nNAME = "orders"\n',
        "databases.a",
    ),
    "sqlalchemy": (
        '[default]\nSQLALCHEMY_DATABASE_URI = "postgresql+psycopg2://app@db.example:6543/orders"\n',
        "sqlalchemy_database_uri",
    ),
    "nested": (
        '[default.storage.postgres]\nhost = "db.example"\nport = 6543\nuser = "app"\nname = "orders"\n',
        "storage.postgres",
    ),
}


@pytest.mark.parametrize(("profile", "key"), SHAPES.values(), ids=SHAPES)
def test_a_database_is_found_by_role_and_shape_and_told(project: MakeProject, profile: str, key: str) -> None:
    target = environment_target(project({"settings.toml": profile}).workspace(), "development")
    assert (target.host, target.port, target.username, target.name) == (HOST, PORT, USER, NAME)
    assert target.described.casefold() == f"It is what {key} says.".casefold()


TWO = '[default.primary]\nhost = "a.example"\nuser = "app"\n[default.replica]\nhost = "b.example"\nuser = "reads"\n'


@pytest.mark.parametrize(("key", "host"), [("primary", "a.example"), ("REPLICA", "b.example")])
def test_the_option_names_the_table(project: MakeProject, key: str, host: str) -> None:
    made = project({"settings.toml": TWO, "assay.toml": f'database = "{key}"\n'})
    assert environment_target(made.workspace(), "development").host == host


def test_the_option_names_the_key_of_a_url(project: MakeProject) -> None:
    profile = '[default.stores]\nmain = "postgresql://app@a.example/orders"\nother = "postgresql://app@b.example/x"\n'
    made = project({"settings.toml": profile, "assay.toml": 'database = "stores.other"\n'})
    assert environment_target(made.workspace(), "development").host == "b.example"


def test_where_several_are_described_the_others_are_told(project: MakeProject) -> None:
    profile = '[default.db]\nhost = "a.example"\nuser = "x"\n[default.postgres]\nhost = "b.example"\nuser = "y"\n'
    target = environment_target(project({"settings.toml": profile}).workspace(), "development")
    assert target.host == "a.example"
    assert target.described == "It is what db says. Others are described by postgres: the option database names one."


@pytest.mark.parametrize(
    ("key", "said"),
    [("primry", "is not set in development"), ("app", "is no URL and names no host"), ("a..b", "is not set")],
)
def test_an_option_that_leads_nowhere_is_told(project: MakeProject, key: str, said: str) -> None:
    profile = f'{TWO}[default.app]\nname = "x"\n'
    made = project({"settings.toml": profile, "assay.toml": f'database = "{key}"\n'})
    with pytest.raises(TargetError, match=said):
        environment_target(made.workspace(), "development")
    ran = made.assay("db", "test")
    assert ran.status == 2
    assert said in ran.err


def test_the_test_of_a_connection_says_whose_it_is_and_that_no_user_is_named(project: MakeProject) -> None:
    made = project({"settings.toml": '[default.db]\nhost = "127.0.0.1"\nport = 1\n'})
    ran = made.assay("db", "test", "--format", "json")
    (resolved,) = (one for one in ran.json["stages"] if one["name"] == "resolve")
    assert "It is what db says." in resolved["message"]
    assert resolved["status"] == "ok"


def test_another_kind_of_database_is_none(project: MakeProject) -> None:
    profile = '[default.mysql]\nhost = "db.example"\nuser = "app"\n[default.redis]\nhost = "cache.example"\n'
    with pytest.raises(TargetError, match="names no database"):
        environment_target(project({"settings.toml": profile}).workspace(), "development")
