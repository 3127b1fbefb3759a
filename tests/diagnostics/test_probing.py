from typing import Any

import pytest

from app.database.target import Target
from app.diagnostics.probing import question, require_allowed
from app.diagnostics.target import environment_target
from app.errors import TargetError, TargetNotAllowed

URL = "postgresql://u:p@db.example:6543/x?sslmode=require"
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


def test_another_kind_of_url_is_no_database(project: Any) -> None:
    workspace = project({"settings.toml": '[default]\ndatabase_url = "mysql://u:p@db/x"\n'}).workspace()
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


@pytest.mark.parametrize(
    ("host", "patterns", "local", "passes"),
    [
        ("db.example.com", [], True, True),
        ("db.example.com", [], False, False),
        ("db.example.com", ["*.example.com"], False, True),
        ("DB.example.com", ["*.EXAMPLE.com"], False, True),
        ("db.evil.com", ["*.example.com"], True, False),
        ("10.1.2.3", ["10.0.0.0/8"], False, True),
        ("11.1.2.3", ["10.0.0.0/8"], False, False),
        ("10.1.2.3,db.evil.com", ["10.0.0.0/8"], False, False),
        ("[::1]", ["::1"], False, True),
        ("10.1.2.3", ["10.1.*"], False, True),
        ("/var/run", ["10.0.0.0/8"], True, False),
    ],
)
def test_a_typed_in_target_is_probed_where_every_host_of_it_is_allowed(
    *, host: str, patterns: list[str], local: bool, passes: bool
) -> None:
    try:
        require_allowed(Target(host=host), patterns, local=local)
    except TargetNotAllowed:
        assert not passes
    else:
        assert passes
