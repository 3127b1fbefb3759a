"""`assay get`: the bare value of a key, for scripts."""

import json

import pytest
from projects import MakeProject, ProjectFolder

SETTINGS = """\
[default]
name = "or\\u00e9ders"
port = 8000
ratio = 0.5
debug = true
since = 2026-01-02
hosts = ["a", "b"]
empty = {}
lines = "one\\ntwo"
late = "@jinja {{ 1 + 1 }}"
[default.database]
host = "db"
pool = { size = 5 }
[default.cache]
url = "redis://me:canary@cache/0"
[production]
password = "canary"
port = 9000
"""


@pytest.fixture
def made(project: MakeProject) -> ProjectFolder:
    return project({"settings.toml": SETTINGS})


@pytest.mark.parametrize(
    ("key", "printed"),
    [
        ("name", "oréders"), ("NAME", "oréders"), ("port", "8000"), ("ratio", "0.5"), ("debug", "true"),
        ("since", "2026-01-02"), ("hosts", '["a", "b"]'), ("hosts[1]", "b"), ("empty", "{}"), ("lines", "one\ntwo"),
        ("database", '{"host": "db", "pool": {"size": 5}}'), ("database.pool.size", "5"),
    ],
)  # fmt: skip
def test_the_value_and_nothing_else_is_printed(made: ProjectFolder, key: str, printed: str) -> None:
    ran = made.assay("get", key)
    assert (ran.status, ran.out, ran.err) == (0, f"{printed}\n", "")
    value = made.assay("get", key, "--format", "json").json
    assert (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)) == printed


def test_the_environment_is_the_active_one_or_the_named(made: ProjectFolder) -> None:
    assert made.assay("get", "port", "--env", "production").out == "9000\n"
    assert made.assay("get", "port", ENV_FOR_DYNACONF="production").out == "9000\n"
    assert made.assay("get", "port", DYNACONF_PORT="1").out == "1\n"
    assert made.assay("get", "port", "--env", "prodution").status == 2


@pytest.mark.parametrize("key", ["password", "cache.url", "cache", "nothing", "port.deeper", "late", "a..b", ""])
def test_what_is_not_set_not_known_or_secret_ends_with_1_and_prints_nothing(made: ProjectFolder, key: str) -> None:
    ran = made.assay("get", key, "--env", "production")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("assay: ")
    assert "fix: " in ran.err
    assert "canary" not in ran.err


def test_a_secret_is_printed_where_somebody_asks_to_reveal_it(made: ProjectFolder) -> None:
    assert made.assay("get", "password", "--env", "production", "--reveal").out == "canary\n"
    assert made.assay("get", "cache.url", "--reveal").out == "redis://me:canary@cache/0\n"


def test_a_misspelled_key_is_told_with_the_nearest(made: ProjectFolder) -> None:
    assert "Did you mean 'database.pool.size'?" in made.assay("get", "database.pool.sise").err
    assert "assay explain nothing.like.it" in made.assay("get", "nothing.like.it").err
