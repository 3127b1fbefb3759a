"""SRC020, and what other rules and commands say about a key that was lost."""

from collections.abc import Sequence
from typing import Any

import pytest
from projects import OWN, MakeProject
from told import findings, told

from app.core.layers import Layer
from app.sources import resolution

FILES = 'settings_files = ["settings.toml", ".secrets.toml"]\n'
MERGED = FILES + "merge_enabled = true\n"
QUEUE = '[default.queue]\nbroker = "a"\nretries = 3\ntimeout = 20\n'
PRODUCTION = {"ENV_FOR_DYNACONF": "production"}


def test_case_3a_a_table_replaced_by_an_environment_names_the_lost_keys_and_the_line(project: MakeProject) -> None:
    profile = f'{QUEUE}[staging]\nzone = 1\n[production]\nzone = 2\n[production.queue]\nbroker = "b"\n'
    made = project({"assay.toml": FILES, "settings.toml": profile})
    (finding,) = findings(made, "SRC020")
    assert told(made, "SRC020") == ["warning production queue settings.toml:9:1"]
    assert "queue.retries and queue.timeout are lost" in finding["message"]
    assert "dynaconf_merge = true in [production.queue] of settings.toml" in finding["fix"]
    assert "repeat queue.retries and queue.timeout" in finding["fix"]
    assert finding["edit"]["text"].splitlines() == [
        "# settings.toml, below line 10, in [production.queue]:", "dynaconf_merge = true"
    ]  # fmt: skip
    assert told(made, "XENV003") == []
    assert told(made, "SRC017") == []


def test_case_3b_a_secrets_file_that_replaces_a_table_is_told_once(project: MakeProject) -> None:
    made = project(
        {
            "assay.toml": FILES,
            "settings.toml": '[default.ledger]\nhost = "h.example.com"\nport = 5432\n[production]\nzone = 1\n',
            ".secrets.toml": '[default.ledger]\npassword = "canary-3b"\n',
        }
    )
    assert told(made, "SRC020", "production") == ["warning production ledger .secrets.toml:1:1"]
    assert told(made, "SRC017") == []
    assert "canary-3b" not in made.assay("check").out


@pytest.mark.parametrize(
    "profile",
    [
        "[default.retry]\nbackoff = 2\nmax = 3\n[production.retry]\ndynaconf_merge = true\nmax = 9\n",
        "[default]\nmax = 3\n[production]\ndynaconf_merge = true\nmax = 9\n",
        "[default.retry]\ndynaconf_merge = true\nmax = 3\n[production.retry]\nmax = 9\n[development.retry]\nmax = 9\n",
    ],
)
def test_case_3c_a_marker_is_never_dead(profile: str, project: MakeProject) -> None:
    made = project({"assay.toml": MERGED, "settings.toml": profile})
    assert not [finding for finding in findings(made, "SRC017") if "dynaconf_merge" in (finding["key"] or "")]
    assert told(made, "SRC020") == []


def test_a_dead_value_is_told_only_where_taking_it_out_changes_nothing(project: MakeProject) -> None:
    """The first spelling of a key is the one that a merged table keeps."""
    options = MERGED + 'known_environments = ["development", "production"]\n'
    own = "PORT = 2\n"
    profile = f"[default.web]\nport = 1\n[development.web]\n{own}[production.web]\n{own}"
    assert told(project({"assay.toml": options, "settings.toml": profile}), "SRC017") == []


DATABASE = '[default.database]\nhost = "db.example.com"\nport = 5432\nname = "orders"\npool_size = 5\n'


def test_a_lost_part_of_the_database_is_an_error(project: MakeProject) -> None:
    profile = f'{DATABASE}[production.database]\nname = "live"\n'
    made = project({"assay.toml": FILES, "settings.toml": profile})
    assert told(made, "SRC020", "production") == ["error production database settings.toml:6:1"]


def test_a_lost_key_beside_the_connection_is_a_warning(project: MakeProject) -> None:
    profile = f'{DATABASE}[production.database]\nhost = "p.example.com"\nport = 5432\nname = "live"\n'
    made = project({"assay.toml": FILES, "settings.toml": profile})
    assert told(made, "SRC020", "production") == ["warning production database settings.toml:6:1"]


def test_a_models_default_does_not_bring_a_lost_key_back(project: MakeProject) -> None:
    options = OWN.replace("merge_enabled = true\n", "")
    profile = '[default.server]\nhost = "h"\nport = 9\n[production.server]\nhost = "p"\n'
    made = project({"assay.toml": options, "settings.toml": profile})
    assert told(made, "SRC020", "production") == ["warning production server settings.toml:4:1"]


def test_a_variable_that_replaces_a_table_is_told_with_the_text_that_merges(project: MakeProject) -> None:
    made = project({"assay.toml": FILES, "settings.toml": f"{QUEUE}[production]\nzone = 1\n"})
    (finding,) = findings(made, "SRC020", **PRODUCTION, DYNACONF_QUEUE='{broker = "c"}')
    assert told(made, "SRC020", **PRODUCTION, DYNACONF_QUEUE='{broker = "c"}') == [
        "warning production queue DYNACONF_QUEUE"
    ]
    assert finding["edit"]["text"] == """DYNACONF_QUEUE='@merge {broker = "c"}'"""
    assert told(made, "SRC020", **PRODUCTION, DYNACONF_QUEUE=finding["edit"]["value"]) == []


def test_a_secret_in_a_variable_is_not_repeated(project: MakeProject) -> None:
    made = project({"assay.toml": FILES, "settings.toml": f"{QUEUE}[production]\nzone = 1\n"})
    ran = made.assay("check", "--format", "json", **PRODUCTION, DYNACONF_QUEUE='{password = "canary-20"}')
    assert "SRC020" in ran.out
    assert "canary-20" not in ran.out


@pytest.mark.parametrize(
    "own",
    [
        "[production.queue]\nbroker = 'b'\ndynaconf_merge = true\n",
        "[production.queue]\nbroker = 'b'\ndynaconf_merge = false\n",
        "[production]\ndynaconf_merge = false\nqueue = {broker = 'b'}\n",
        "[production]\nqueue = '@del'\n",
        "[production]\nqueue = '@reset {broker=\"b\"}'\n",
        "[production]\nqueue = 'off'\n",
        "[production.queue]\nbroker = 'b'\nretries = 1\ntimeout = 1\n",
        "[production]\nqueue__broker = 'b'\n",
        "[production]\nzone = 1\n",
    ],
)
def test_what_is_said_in_so_many_words_or_merged_is_not_lost(own: str, project: MakeProject) -> None:
    made = project({"assay.toml": FILES, "settings.toml": QUEUE + own})
    assert told(made, "SRC020") == []


def test_an_empty_table_takes_all(project: MakeProject) -> None:
    made = project({"assay.toml": FILES, "settings.toml": f"{QUEUE}[production.queue]\n"})
    assert told(made, "SRC020", "production") == ["warning production queue settings.toml:5:1"]


def test_what_two_layers_would_take_is_told_with_both(project: MakeProject) -> None:
    made = project(
        {
            "assay.toml": FILES,
            "settings.toml": f"{QUEUE}[production.queue]\nbroker = 'b'\n",
            ".secrets.toml": "[production.queue]\ntopic = 't'\n",
        }
    )
    higher, lower = findings(made, "SRC020", "production")
    assert "[production.queue] of settings.toml and [production.queue] of .secrets.toml" in lower["fix"]
    assert lower.get("edit") is None
    assert "queue.broker is lost" in higher["message"]
    assert higher["edit"]["file"] == ".secrets.toml"


def test_a_marker_that_would_append_lists_is_not_advised(project: MakeProject) -> None:
    profile = "[default.queue]\nhosts = ['a']\nretries = 3\n[production.queue]\nhosts = ['b']\n"
    (finding,) = findings(project({"assay.toml": FILES, "settings.toml": profile}), "SRC020", "production")
    assert "dynaconf_merge" not in finding["fix"]
    assert finding["edit"]["text"].endswith(", in [production.queue]:\nretries = 3")


def test_a_project_without_sections_is_told_at_its_file(project: MakeProject) -> None:
    options = FILES + "environments = false\n"
    made = project({"assay.toml": options, "settings.toml": "[q]\na = 1\nb = 1\n", ".secrets.toml": "[q]\na = 2\n"})
    (finding,) = findings(made, "SRC020")
    assert finding["edit"]["text"] == "# .secrets.toml, below line 2, in [q]:\ndynaconf_merge = true"
    assert finding["edit"]["section"] is None


def test_explain_names_the_line_that_took_a_key(project: MakeProject) -> None:
    made = project({"assay.toml": FILES, "settings.toml": f"{QUEUE}[production.queue]\nbroker = 'b'\n"})
    ran = made.assay("explain", "queue.retries", "--env", "production")
    assert "queue.retries is not in effect in production: taken by settings.toml:5:1" in ran.out
    (leaf,) = made.assay("explain", "queue.retries", "--env", "production", "--format", "json").json["leaves"]
    assert not leaf["effective"]
    assert (leaf["taken_by"]["file"], leaf["taken_by"]["line"]) == ("settings.toml", 5)


def test_explain_of_a_key_in_effect_or_deleted_names_nobody(project: MakeProject) -> None:
    made = project({"assay.toml": FILES, "settings.toml": f"{QUEUE}[production]\nqueue = '@del'\n"})
    for environment in ("development", "production"):
        assert "taken by" not in made.assay("explain", "queue", "--env", environment).out


def test_case_11d_explain_says_which_environments_set_a_key(project: MakeProject) -> None:
    profile = "[default.database]\nport = 1\n[staging.database]\nhost = 's'\n[production.database]\nhost = 'p'\n"
    made = project({"assay.toml": FILES, "settings.toml": profile})
    ran = made.assay("explain", "database.host")
    assert ran.status == 2
    assert "staging (settings.toml:4:1), production (settings.toml:6:1) do" in ran.err
    assert "assay explain database.host --env staging" in ran.err
    assert "Did you mean 'database.port'" in made.assay("explain", "database.prt").err


LISTS = "[default]\nhosts = ['a']\nqueue = {broker = 'a', retries = 3, hosts = ['a']}\n[production]\n"


@pytest.mark.parametrize(
    ("own", "fix"),
    [
        ("hosts = ['b']\n", "Write dynaconf_merge = false in [production] of settings.toml to replace"),
        (
            "hosts = ['b']\nqueue = {broker = 'b'}\n",
            (
                "Write dynaconf_merge = false in [production] of settings.toml and "
                "dynaconf_merge = true in [production.queue] of settings.toml to replace"
            ),
        ),
        ("queue = {hosts = ['b']}\n", 'Write hosts = "@reset [\\"b\\"]" in [production.queue] of settings.toml'),
        (
            "queue = {hosts = ['b'], broker = 'b', retries = 1}\n",
            "Write dynaconf_merge = false in [production.queue] of settings.toml to replace",
        ),
    ],
)
def test_case_4a_a_grown_list_is_replaced_and_nothing_else_changes(own: str, fix: str, project: MakeProject) -> None:
    made = project({"assay.toml": MERGED, "settings.toml": LISTS + own})
    (finding,) = findings(made, "SRC012", "production")
    assert finding["fix"].startswith(fix)


def _merged_keys(project: MakeProject, tables: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many keys of layers are merged to judge one environment that replaces so many tables."""
    base = "".join(f"[default.t{number}x]\na = 1\nb = 2\n" for number in range(tables))
    own = "".join(f"[production.t{number}x]\na = 3\n" for number in range(tables))
    made = project({"assay.toml": "", "settings.toml": base + own}, name=f"of{tables}")
    count, merge = 0, resolution.merge

    def counted(layers: Sequence[Layer], *rest: Any) -> Any:
        nonlocal count
        count += sum(len(layer.values) for layer in layers)
        return merge(layers, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(resolution, "merge", counted)
        assert len(findings(made, "SRC020", "production")) == tables
    return count


def test_twice_the_tables_are_about_twice_the_work(project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = (_merged_keys(project, tables, monkeypatch) for tables in (20, 40))
    assert many < 2.5 * few


def test_a_joined_key_that_its_own_sections_table_takes_is_told(project: MakeProject) -> None:
    profile = "[default.x]\na = 1\nb = 2\n[production]\nx__a = 3\n[production.x]\nc = 4\n"
    made = project({"assay.toml": FILES, "settings.toml": profile})
    (finding,) = findings(made, "SRC020", "production")
    assert (finding["message"].startswith("x.a and x.b are lost"), finding["origin"]["line"]) == (True, 6)
    assert findings(made, "SRC017", "production") == []
    assert (
        "x.a is not in effect in production: taken by settings.toml:6:1"
        in made.assay("explain", "x.a", "--env", "production").out
    )
    made.assay("check", "production", "--fix", "SRC020")
    shown = made.assay("show", "production").out
    assert all(value in shown for value in ("x.a  3", "x.b  2", "x.c  4"))
