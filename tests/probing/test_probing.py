from typing import Any

import pytest

from app.core.errors import TargetError
from app.database.target import Target
from app.probing.request import Question, ask, question
from app.project.database_target import environment_target

URL = "postgresql://u:canary-p@db.example:6543/x?sslmode=require"
EMBEDDED = Target(host="127.0.0.1", port=54321, name="postgres", username="assay")


@pytest.mark.parametrize(
    "settings",
    [
        f'database_url = "{URL}"',
        f'[default.warehouse]\nDSN = "{URL}"',
        f'[default.database]\nurl = "{URL}"',
        '[default.database]\nHOST = "db.example"\nport = 6543\nname = "x"\nusername = "u"\ntls = {mode = "require"}',
    ],
)
def test_a_strangers_environment_has_the_target_that_its_profiles_name(project: Any, settings: str) -> None:
    workspace = project({"settings.toml": f"[default]\n{settings}\n"}).workspace()
    target = environment_target(workspace, "development")
    assert (target.host, target.port, target.name, target.username) == ("db.example", 6543, "x", "u")
    assert target.tls.mode == "require"


def test_what_a_strangers_table_calls_options_is_none_of_ours(project: Any) -> None:
    settings = '[default.database]\nhost = "db.example"\noptions = {connect = 5}\ntimeouts = {connect = "soon"}\n'
    target = environment_target(project({"settings.toml": settings}).workspace(), "development")
    assert (target.host, target.options, target.connect_timeout) == ("db.example", None, 5.0)


def test_an_own_environment_has_its_timeouts_its_kind_of_server_and_its_demand(own: Any) -> None:
    settings = """
[staging.database]
url = "postgresql://app@db1,db2/x?target_session_attrs=primary&options=-c%20search_path%3Dorders&sslcrl=/r.pem"
timeouts = {connect = 2, statement = 7}
pool = {size = 4, max_overflow = 2}
[staging.server]
workers = 3
"""
    workspace = own({"settings.toml": f"[default]\n{settings}"}).workspace()
    asked = question(workspace, {"environment": "staging"}, seconds=10)
    target = asked.target
    assert (target.connect_timeout, target.statement_timeout, asked.demand) == (2.0, 7.0, 18)
    assert (target.target_session_attrs, target.options) == ("primary", "-c search_path=orders")
    assert (target.tls.crl_file, target.addresses) == ("/r.pem", (("db1", 5432), ("db2", 5432)))


async def test_who_asks_decides_which_addresses_may_be_reached() -> None:
    asked = Question(target=Target(host="127.0.0.1,127.0.0.2"), environment=None)
    seen: list[str] = []
    answer = await ask(asked, lambda stage: seen.append(stage.name), lambda _, address: address == "127.0.0.1")
    assert answer.failure
    assert (answer.failure.code, answer.failure.stage) == ("target-not-allowed", "connect")
    assert seen == ["resolve", "connect"]


def test_another_kind_of_url_is_no_database(project: Any) -> None:
    workspace = project({"settings.toml": '[default]\ndatabase_url = "mysql://u:canary-p@db/x"\n'}).workspace()
    with pytest.raises(TargetError) as refused:
        environment_target(workspace, "development")
    assert refused.value.errors.keys() == {"environment"}


def test_an_inactive_environment_without_its_password_is_still_a_target(own: Any) -> None:
    workspace = own({"settings.toml": '[default]\n[production.database]\nhost = "db.example"\n'}).workspace()
    assert environment_target(workspace, "production").host == "db.example"


def test_an_embedded_environment_is_the_embedded_server_while_it_runs(own: Any) -> None:
    workspace = own({"settings.toml": "[default]\n[testing.database]\nembedded = true\n"}).workspace()
    assert environment_target(workspace, "testing", EMBEDDED) is EMBEDDED
    with pytest.raises(TargetError, match="names no database"):
        environment_target(workspace, "testing")


def test_a_timeout_can_only_shorten_a_probe(project: Any) -> None:
    workspace = project().workspace()
    seconds = [
        question(workspace, {"host": "db", "timeout_ms": given}, seconds=10).seconds for given in (None, 500, 60_000)
    ]
    assert seconds == [10, 0.5, 10]
