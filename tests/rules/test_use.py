"""USE rules: what is set and not read, read and not set, or spelled in two ways."""

from typing import Any

import pytest
from projects import MakeProject, ProjectFolder
from told import findings, related, told

from app.core.usage.misspelling import is_slip

CALL = (
    "from dynaconf import Dynaconf\n"
    'settings = Dynaconf(environments=["development", "production"], settings_files=["settings.toml"])\n'
)
USE = "from config import settings\n"
OLD = "info old settings.toml:3:1"


@pytest.fixture
def read(project: MakeProject) -> Any:
    def make(settings: str, *lines: str, **more: str) -> ProjectFolder:
        code = USE + "".join(f"print({line})\n" for line in lines)
        return project({"config.py": CALL, "use.py": code, "settings.toml": settings, **more})

    return make


def test_an_unread_key_is_told_once_with_its_place(read: Any) -> None:
    project = read("[default]\nname = 1\nold = 2\n[production]\nold = 3\n", "settings.name")
    assert told(project, "USE001") == [OLD]


def test_a_table_of_unread_keys_is_told_once(read: Any) -> None:
    project = read("[default]\nname = 1\n[default.old]\na = 1\nb.c = [1, 2]\n", "settings.name")
    [found] = findings(project, "USE001")
    assert found["message"] == "old, a table of 2 keys, is read by no code."


@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        ("[default]\nname = 1\nold = 2\n", ["settings.name", "settings.as_dict()"]),
        ("[default]\nname = 1\n[default.old]\na = 1\n", ["settings.name", "connect(**settings.old)"]),
        ("[default]\nname = 1\n[default.old]\na = 1\n", ["settings.name", "settings.old[x]"]),
        ('[default]\nname = "@format {this.OLD}"\nold = "2"\n', ["settings.name"]),
        ("[default]\nname = 1\nold = 2\n", ["len([])"]),
        ("[default]\nname = 1\ndynaconf_merge = true\n", ["settings.name"]),
        ("[default]\nname = 1\n[production]\ndynaconf_include = ['more.toml']\n", ["settings.name"]),
    ],
    ids=[
        "all handed on",
        "a table handed on",
        "a computed name",
        "another value refers to it",
        "no read at all",
        "a mark",
        "further files",
    ],
)
def test_what_may_be_read_is_not_told(read: Any, settings: str, lines: list[str]) -> None:
    assert told(read(settings, *lines), "USE001") == []


@pytest.mark.parametrize(
    ("validators", "expected"),
    [
        ('[Validator("OLD", must_exist=True)]', []),
        ('[Validator("old", required=True, env="production")]', []),
        ('[Validator("NAME", "OLD", must_exist=True) & Validator("NAME", gt=0)]', []),
        ('[Validator("OLD", default=1)]', [OLD]),
        ('[Validator("OLD", gte=1)]', [OLD]),
        ('[Validator("NAME", must_exist=True)]', [OLD]),
    ],
)
def test_a_key_without_which_a_validator_fails_is_not_told(read: Any, validators: str, expected: list[str]) -> None:
    call = "from dynaconf import Dynaconf, Validator\nsettings = Dynaconf(environments=['development', 'production'], "
    code = f"{call}settings_files=['settings.toml'], validators={validators})\n"
    assert told(read("[default]\nname = 1\nold = 2\n", "settings.name", **{"config.py": code}), "USE001") == expected


def test_a_key_that_only_tests_read_is_told_as_such(read: Any) -> None:
    project = read("[default]\nname = 1\nold = 2\n", "settings.name", **{"tests/test_a.py": USE + "settings.old\n"})
    [found] = findings(project, "USE001")
    assert found["message"] == "old is set, and only tests read it: tests/test_a.py:2."
    assert related(project, "USE001") == [["tests/test_a.py:2:1"]]


def test_a_missing_key_is_an_error_in_production_and_points_at_the_code(read: Any) -> None:
    project = read(
        "[development.q]\nname = 1\nsize = 2\n[production.q]\nname = 1\n", "settings.q.name", "settings.q.size"
    )
    assert told(project, "USE002") == ["error production q.size use.py:3:7"]


TAKEN = "[default.q]\nname = 1\nsize = 2\n[development]\nx = 1\n[production.q]\nname = 3\n"


def test_a_key_that_is_taken_from_production_is_missing_there(read: Any) -> None:
    project = read(TAKEN, "settings.q.name", "settings.q.size")
    assert told(project, "USE002") == ["error production q.size use.py:3:7"]
    (finding,) = findings(project, "USE002")
    assert finding["message"] == (
        "q.size is read at use.py:3, without a default, and [production] of settings.toml takes it away with its table."
    )
    assert finding["edit"]["value"] == 2
    assert told(read(TAKEN, "settings.q.name", "settings.q.get('size', 1)"), "USE002") == []
    elsewhere = TAKEN.replace("development", "x").replace("production", "development").replace("[x]", "[production]")
    assert told(read(elsewhere, "settings.q.size"), "USE002") == [], "in development SRC020 is enough"


def test_what_staging_has_and_production_lacks_is_told_once(read: Any) -> None:
    project = read("[staging]\nMODE = 1\n[production]\nx = 1\n[development]\nx = 1\n", "settings.MODE")
    assert told(project, "USE002") == ["warning development mode use.py:2:7", "error production mode use.py:2:7"]
    assert [line for line in told(project, "XENV003") if " mode " in line] == []


ASKED = {
    "a default": "settings.q.get('size', 1)",
    "a question": "settings.q.size if 'size' in settings.q else 0",
    "a condition": "x and settings.q.size",
    "another read that has a default": "(settings.q.size, settings.q.get('size'))",
    "a key that the code sets": "(settings.q.size, settings.set('q.size', 1))",
    "a file that the code loads": "(settings.q.size, settings.load_file('x.toml'))",
}


@pytest.mark.parametrize("line", ASKED.values(), ids=ASKED)
def test_a_key_that_may_be_missing_is_not_told(read: Any, line: str) -> None:
    assert told(read("[development.q]\nname = 1\nsize = 2\n[production.q]\nname = 1\n", line), "USE002") == []


GIVEN = "Validator('q.size', default=lambda settings, validator: 3)"


def test_what_a_variable_that_changes_options_gives_may_be_there_in_other_environments_too(read: Any) -> None:
    settings = "[default.queue]\nname = 1\n[base.queue]\nname = 1\nretries = 3\n[production]\nx = 1\n"
    calls = {"config.py": CALL.replace("settings_files", "load_dotenv=True, settings_files")}
    lines = ("settings.queue.retries", "settings.queue.gone")
    without = told(read(settings, *lines, **calls), "USE002", "production")
    assert [line.split()[2] for line in without] == ["queue.retries", "queue.gone"]
    made = read(settings, *lines, **calls, **{".env": "DEFAULT_ENV_FOR_DYNACONF=base\n"})
    assert [line.split()[2] for line in told(made, "USE002", "production")] == ["queue.gone"]


@pytest.mark.parametrize("by", [GIVEN, f"Validator('q.name') & {GIVEN}", "*given()"])
def test_a_key_that_a_validator_gives_by_running_code_is_not_told(read: Any, by: str) -> None:
    settings = "[development.q]\nname = 1\nsize = 2\n[production.q]\nname = 1\n"
    more = {
        "more.py": f"from dynaconf import Validator\nfrom config import settings\nsettings.validators.register({by})\n"
    }
    assert told(read(settings, "settings.q.size"), "USE002") != []
    assert told(read(settings, "settings.q.size", **more), "USE002") == []


@pytest.mark.parametrize("line", ["settings.q.password", "settings.q.url", "settings.elsewhere"])
def test_what_may_come_from_elsewhere_is_not_told(read: Any, line: str) -> None:
    assert told(read("[default.q]\nname = 1\n[production]\nx = 1\n", "settings.q.name", line), "USE002") == []


@pytest.mark.parametrize("key", ["database_url", "api_token"])
def test_what_each_deployment_has_of_its_own_is_told_where_another_environment_has_it(read: Any, key: str) -> None:
    settings = f"[development]\n{key} = 'x'\n[staging]\nx = 1\n[production]\nname = 1\n"
    project = read(settings, f"settings.{key}")
    assert told(project, "USE002") == [f"info production {key} use.py:2:7"]
    assert findings(project, "USE002")[0]["message"].endswith("no layer of production sets it. Its deployment has to.")
    active = {"ENV_FOR_DYNACONF": "production"}
    assert told(project, "USE002", **active) == [f"error production {key} use.py:2:7"]
    assert told(project, "USE002", **active, **{f"DYNACONF_{key.upper()}": "x"}) == []
    assert told(read(settings, f"settings.{key}", **{"compose.yaml": f"X: DYNACONF_{key.upper()}"}), "USE002") == []


def test_a_key_whose_variable_is_named_somewhere_is_not_told(read: Any) -> None:
    settings = "[development]\nsize = 2\n[production]\nname = 1\n"
    assert told(read(settings, "settings.size"), "USE002") == ["error production size use.py:2:7"]
    named = {"deploy/compose.yaml": "environment:\n  DYNACONF_size: 3\n"}
    assert told(read(settings, "settings.size", **named), "USE002") == []


def test_a_key_that_is_read_elsewhere_names_both_places(read: Any) -> None:
    project = read("[default.redis]\nhots = 1\nport = 2\n", "settings.redis.host", "settings.redis.port")
    assert told(project, "USE003") == [
        "warning development redis.hots settings.toml:2:1",
        "warning production redis.hots settings.toml:2:1",
    ]
    assert related(project, "USE003")[0] == ["use.py:2:7"]
    assert findings(project, "USE003")[0]["message"] == (
        "redis.hots is read by no code; it looks like redis.host, read at use.py:2."
    )
    assert [told(project, rule) for rule in ("USE001", "USE004")] == [[], []]


def test_what_is_read_without_a_default_is_missing_in_production_whatever_is_named_alike(read: Any) -> None:
    project = read("[default.redis]\nhots = 1\nport = 2\n", "settings.redis.host", "settings.redis.port")
    assert told(project, "USE002") == ["error production redis.host use.py:2:7"]
    assert findings(project, "USE002")[0]["fix"].startswith("Name redis.hots so, which no code reads. Or write ")
    project.write({"settings.toml": "[default.redis]\nhost = 1\nport = 2\n"})
    assert [told(project, rule) for rule in ("USE002", "USE003")] == [[], []]


def test_a_table_with_a_word_more_is_read_elsewhere(read: Any) -> None:
    project = read(
        "[default.github]\ntoken_name = 1\nuser = 2\n", "settings.github_app.token_name", "settings.github.user"
    )
    assert {line.split()[2] for line in told(project, "USE003")} == {"github.token_name"}


def test_a_table_that_is_misspelled_is_read_elsewhere(read: Any) -> None:
    profile = "[default.db]\nname = 1\nconnect_atgs = { check = 1, wait = 2 }\n"
    project = read(profile, "settings.db.name", "settings.db.connect_args")
    assert {line.split()[2] for line in told(project, "USE003")} == {"db.connect_atgs"}
    assert told(project, "USE001") == []


def test_names_that_are_both_meant_are_none(read: Any) -> None:
    project = read("[default]\nmin_size = 1\nmax_size = 2\nhost = 1\nport = 2\n", "settings.size", "settings.post")
    assert told(project, "USE003") == []


def test_a_misspelled_sibling_is_told_without_code(project: MakeProject) -> None:
    profile = "[development.redis]\nprefix = 1\n[production.redis]\nperfix = 2\n"
    found = project({"settings.toml": profile, "assay.toml": ""})
    assert told(found, "USE004") == ["warning production redis.perfix settings.toml:4:1"]
    assert related(found, "USE004") == [["settings.toml:2:1"]]


def test_a_misspelled_override_is_told(project: MakeProject) -> None:
    profile = "[default]\ntimeout = 1\n[development]\n[production]\ntimoeut = 2\n"
    assert told(project({"settings.toml": profile, "assay.toml": ""}), "USE004") == [
        "warning production timoeut settings.toml:5:1"
    ]


LAST = "[default]\npage_size = 1\nhost = 1\n[development]\nx = 1\n[production]\npage_siz = 2\nhosts = 2\n"
READS = ("settings.page_size", "settings.host")


def test_a_last_letter_counts_beside_an_inherited_key_that_the_code_reads_instead(read: Any) -> None:
    expected = ["warning production hosts settings.toml:8:1", "warning production page_siz settings.toml:7:1"]
    assert sorted(told(read(LAST, *READS), "USE004")) == expected
    assert told(read(LAST, *READS), "USE001") == ["info x settings.toml:5:1"], "what is misspelled is told once"
    both = (*READS, "settings.get('page_siz')", "settings.get('hosts')")
    assert told(read(LAST, *both), "USE004") == [], "both are meant"
    assert told(read(LAST, *READS, "settings[x + 's']"), "USE004") == expected[1:], "hosts may be read"
    assert told(read(LAST, "len([])"), "USE004") == [], "nobody knows which of them is meant"


def test_flask_s_own_reads_leave_a_last_letter_what_it_is(project: MakeProject) -> None:
    code = "from flask import Flask\nfrom dynaconf import FlaskDynaconf\napp = Flask(__name__)\nFlaskDynaconf(app)\n"
    made = project({"settings.toml": LAST, "app.py": f"{code}print(app.config['PAGE_SIZE'])\n"})
    assert told(made, "USE004") == ["warning production page_siz settings.toml:7:1"]


def test_a_key_that_code_reads_is_no_misspelling(read: Any) -> None:
    profile = "[default]\ntimeout = 1\n[production]\ntimoeut = 2\n"
    assert told(read(profile, "settings.timeout", "settings.get('timoeut')"), "USE004") == []


SLIPS = [("hots", "host"), ("timeuot", "timeout"), ("poolsize", "pool_size"),
         ("databse", "database"), ("adddress", "address"), ("passwort", "password"),
         ("databas", "database")]  # fmt: skip
MEANT = [("host", "port"), ("min_size", "max_size"), ("db1", "db2"), ("host", "hosts"), ("enable", "enabled"),
         ("post", "host"), ("url", "uri"), ("read", "real"), ("a", "b"), ("import_dir", "export_dir"),
         ("host", "host")]  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), SLIPS)
def test_a_slip_is_one(written: str, meant: str) -> None:
    assert is_slip(written, meant)
    assert is_slip(meant, written)


@pytest.mark.parametrize(("written", "meant"), MEANT)
def test_names_of_their_own_are_no_slips(written: str, meant: str) -> None:
    assert not is_slip(written, meant)
