from collections.abc import Mapping
from typing import Any

import pytest
from projects import MakeProject, ProjectFolder

PRODUCTION = {"ENV_FOR_DYNACONF": "production"}


def shown(
    project: ProjectFolder, environment: str, environ: Mapping[str, str] | None = None
) -> dict[str, tuple[Any, str]]:
    tree = project.workspace(environ).tree(environment)
    return {leaf.key: (leaf.value, str(leaf.origin)) for leaf in tree.leaves}


def test_the_environments_own_profile_beats_the_base_and_says_so(own: MakeProject) -> None:
    project = own(
        {
            "settings.toml": "[default.server]\nport = 8000\nworkers = 2\n",
            "settings/production.toml": "[production.server]\nport = 9000\n",
        }
    )
    values = shown(project, "production")
    assert values["server.port"] == (9000, "settings/production.toml:2:1")
    assert values["server.workers"] == (2, "settings.toml:3:1")
    assert values["server.host"] == ("127.0.0.1", "model default")


def test_a_variable_beats_every_file_in_the_active_environment_alone(own: MakeProject) -> None:
    project = own({"settings.toml": "[default.server]\nport = 8000\n"})
    environ = {**PRODUCTION, "ASSAY_SERVER__PORT": "9100"}
    assert shown(project, "production", environ)["server.port"] == (9100, "ASSAY_SERVER__PORT")
    assert shown(project, "staging", environ)["server.port"] == (8000, "settings.toml:2:1")


def test_the_prefix_beats_dynaconfs_own_which_still_counts(own: MakeProject) -> None:
    project = own()
    environ = {**PRODUCTION, "DYNACONF_SERVER__PORT": "1", "ASSAY_SERVER__PORT": "2", "DYNACONF_SERVER__WORKERS": "3"}
    values = shown(project, "production", environ)
    assert values["server.port"] == (2, "ASSAY_SERVER__PORT")
    assert values["server.workers"] == (3, "DYNACONF_SERVER__WORKERS")


def test_secrets_come_last_among_the_files(own: MakeProject) -> None:
    project = own(
        {
            ".secrets.toml": '[production.database]\npassword = "canary-from-secrets"\n',
            "settings/production.toml": '[production.database]\npassword = "canary-from-profile"\n',
        }
    )
    assert shown(project, "production")["database.password"] == ("canary-from-secrets", ".secrets.toml:2:1")


def test_a_list_in_a_profile_replaces_the_base_list(own: MakeProject) -> None:
    project = own(
        {
            "settings.toml": '[default.cors]\nallow_origins = ["https://a.example", "https://b.example"]\n',
            "settings/production.toml": '[production.cors]\nallow_origins = ["https://c.example"]\n',
        }
    )
    values = shown(project, "production")
    assert values["cors.allow_origins[0]"] == ("https://c.example", "settings/production.toml:2:18")
    assert "cors.allow_origins[1]" not in values


@pytest.mark.parametrize("name", ["hosts", "db.hosts"])
def test_lists_that_replace_do_so_wherever_they_stand_and_tables_merge(project: MakeProject, name: str) -> None:
    made = project(
        {
            "assay.toml": 'merge_enabled = true\nlists = "replace"\n',
            "settings.toml": f"[default]\n{name} = [1, 2]\ndb.port = 1\ndb.pool = {{ size = 1, most = 2 }}\n"
            f"[production]\n{name} = [3]\ndb.pool = {{ size = 7 }}\n",
        }
    )
    values = {key: value for key, (value, _) in shown(made, "production").items()}
    assert values == {f"{name}[0]": 3, "db.port": 1, "db.pool.size": 7, "db.pool.most": 2}
    values = {key: value for key, (value, _) in shown(made, "development", {"DYNACONF_HOSTS": "[9]"}).items()}
    assert values["hosts[0]"] == 9
    assert "hosts[1]" not in values


def test_a_variable_that_holds_a_table_merges_with_what_files_say(own: MakeProject) -> None:
    files = "[default.server]\nport = 8000\nworkers = 2\nallowed_hosts = ['a.example', 'b.example']\n"
    environ = {**PRODUCTION, "ASSAY_SERVER": '{"port": 9100, "allowed_hosts": ["c.example"]}'}
    values = shown(own({"settings.toml": files}), "production", environ)
    assert values["server.port"] == (9100, "ASSAY_SERVER")
    assert values["server.workers"] == (2, "settings.toml:3:1")
    assert values["server.allowed_hosts[0]"] == ("c.example", "ASSAY_SERVER")
    assert "server.allowed_hosts[1]" not in values


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("https://a.example, https://b.example", ["https://a.example", "https://b.example"]),
        ('["https://a.example", "https://b.example"]', ["https://a.example", "https://b.example"]),
        ("['https://a.example', 'https://b.example']", ["https://a.example", "https://b.example"]),
        ("", []),
        (" , ", []),
    ],
)
@pytest.mark.parametrize("name", ["ASSAY_CORS__ALLOW_ORIGINS", "ASSAY_cors__allow_origins", "CORS_ORIGINS"])
def test_a_list_in_a_variable_may_have_commas(own: MakeProject, name: str, text: str, items: list[str]) -> None:
    project = own({"settings.toml": '[default.cors]\nallow_origins = ["https://file.example"]\n'})
    tree = project.workspace({**PRODUCTION, name: text}).tree("production")
    assert tree.nested()["cors"]["allow_origins"] == items
    assert {str(leaf.origin) for leaf in tree.below(("cors", "allow_origins"))} == {name}


@pytest.mark.parametrize("text", ["123456", "1e5", "true", "007", "a,b", '"quoted"', "p#w", ""])
def test_a_text_in_a_variable_stays_as_it_is_written(own: MakeProject, text: str) -> None:
    leaf = (
        own().workspace({**PRODUCTION, "ASSAY_DATABASE__PASSWORD": text}).tree("production").get("database", "password")
    )
    assert leaf is not None
    assert leaf.value == text


URL = "postgresql://u:p%40ss@h.example:6543/d?sslmode=require"


def test_a_url_is_shorthand_for_its_parts(own: MakeProject) -> None:
    values = shown(own(), "production", {**PRODUCTION, "DATABASE_URL": URL})
    parts = {"host": "h.example", "port": 6543, "username": "u", "password": "p@ss", "name": "d", "tls.mode": "require"}
    assert {key: values[f"database.{key}"] for key in parts} == {
        key: (part, "DATABASE_URL") for key, part in parts.items()
    }


def test_a_part_on_top_of_a_url_wins_alone(own: MakeProject) -> None:
    environ = {**PRODUCTION, "DATABASE_URL": URL, "ASSAY_DATABASE__HOST": "other.example"}
    values = shown(own(), "production", environ)
    assert values["database.host"] == ("other.example", "ASSAY_DATABASE__HOST")
    assert values["database.port"] == (6543, "DATABASE_URL")


def test_a_url_in_a_file_loses_to_a_variable_for_one_part(own: MakeProject) -> None:
    project = own({".secrets.toml": f'[production.database]\nurl = "{URL}"\n'})
    values = shown(project, "production", {**PRODUCTION, "DYNACONF_DATABASE__HOST": "other.example"})
    assert values["database.host"] == ("other.example", "DYNACONF_DATABASE__HOST")
    assert values["database.password"] == ("p@ss", ".secrets.toml:2:1")


UNREADABLE = "postgresql://app:pass@word/with@hosts:x:y/orders"
DEFAULTS = '[default.database]\nhost = "low"\npassword = "canary-low"\nname = "low"\n'


def states(project: ProjectFolder, environ: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    tree = project.workspace({**PRODUCTION, **environ}).tree("production")
    return {leaf.key: (leaf.value, leaf.state) for leaf in tree.leaves}


def test_below_a_url_that_nobody_can_read_nothing_is_known_of_the_server(own: MakeProject) -> None:
    project = own({"settings.toml": DEFAULTS})
    found = states(project, {"ASSAY_DATABASE__URL": UNREADABLE, "DYNACONF_DATABASE__NAME": "below"})
    parts = ("host", "port", "username", "password", "name", "tls.mode")
    assert {found[f"database.{part}"] for part in parts} == {(None, "unresolved")}
    assert found["database.url"] == (UNREADABLE, "plain")


def test_above_a_url_that_nobody_can_read_a_part_is_what_it_says(own: MakeProject) -> None:
    project = own({"settings.toml": f'{DEFAULTS}[production.database]\nurl = "{UNREADABLE}"\n'})
    found = states(project, {"ASSAY_DATABASE__HOST": "above"})
    assert found["database.host"] == ("above", "plain")
    assert found["database.name"] == (None, "unresolved")


@pytest.mark.parametrize("text", [UNREADABLE, "@format {env[UNSET_URL]}"])
def test_a_url_in_a_higher_layer_stands_for_the_whole_of_one_that_nobody_can_read(own: MakeProject, text: str) -> None:
    project = own({"settings.toml": f'{DEFAULTS}[production.database]\nurl = "{text}"\n'})
    found = states(project, {"ASSAY_DATABASE__URL": "postgresql://high/orders"})
    assert found["database.host"] == ("high", "plain")
    assert found["database.name"] == ("orders", "plain")
    assert found["database.password"] == ("canary-low", "plain")
    assert "database.url" not in found or found["database.url"][0] is None


def test_a_url_that_a_reference_gives_is_taken_apart_where_the_reference_stands(own: MakeProject) -> None:
    project = own({"settings.toml": f'{DEFAULTS}[production.database]\nurl = "@format {{env[THE_URL]}}"\n'})
    found = states(project, {"THE_URL": "postgresql://app@given:6000/orders", "ASSAY_DATABASE__NAME": "above"})
    assert found["database.host"] == ("given", "plain")
    assert found["database.port"] == (6000, "plain")
    assert found["database.name"] == ("above", "plain")
    assert found["database.password"] == ("canary-low", "plain")
    assert "postgresql" not in str(found.get("database.url"))


@pytest.mark.parametrize("text", ["", "  "])
def test_a_url_that_is_set_to_nothing_takes_nothing_away(own: MakeProject, text: str) -> None:
    found = states(own({"settings.toml": DEFAULTS}), {"ASSAY_DATABASE__URL": text})
    assert found["database.host"] == ("low", "plain")


def test_in_one_table_what_stands_there_in_so_many_words_counts_before_the_url(own: MakeProject) -> None:
    table = '[production.database]\nURL = "postgresql://app@of-url:1/of-url?sslmode=require"\nHost = "said"\n'
    project = own({"settings.toml": f'{DEFAULTS}{table}tls = {{mode = "verify-full"}}\n'})
    values = shown(project, "production")
    assert values["database.host"] == ("said", "settings.toml:7:1")
    assert values["database.port"] == (1, "settings.toml:6:1")
    assert values["database.tls.mode"][0] == "verify-full"
    assert values["database.username"] == ("app", "settings.toml:6:1")


def test_nothing_of_the_process_reaches_a_resolution(own: MakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_SERVER__PORT", "1")
    monkeypatch.setenv("MERGE_ENABLED_FOR_DYNACONF", "false")
    monkeypatch.setenv("SECRET_WORD", "leaked")
    project = own({"settings.toml": '[default.app]\nname = "@format {env[SECRET_WORD]}"\n'})
    tree = project.workspace({}).tree("development")
    assert tree.nested()["server"]["port"] == 8000
    leaf = tree.get("app", "name")
    assert leaf is not None
    assert (leaf.state, leaf.value) == ("unresolved", None)


@pytest.mark.parametrize(
    "text",
    [
        "{this.__class__}",
        "{this.server.__class__.__mro__}",
        "{env.__class__}",
        "{this.server.items}",
        "{0}",
        "{}",
        "{this.server.port:999999999}",
        "{x[0]}",
    ],
)
def test_a_reference_reaches_settings_and_variables_and_nothing_else(own: MakeProject, text: str) -> None:
    project = own({"settings.toml": f'[default.app]\nname = "@format {text}"\n[default.server]\nport = 80\n'})
    leaf = project.workspace({}).tree("development").get("app", "name")
    assert leaf is not None
    assert leaf.state == "unresolved"


@pytest.mark.parametrize("text", ["@jinja {{ 7 * 6 }}", "@read_file /etc/hostname", "@int @jinja {{ 7 }}"])
def test_what_would_run_or_read_stays_text(own: MakeProject, text: str) -> None:
    leaf = (
        own({"settings.toml": f'[default.app]\nname = "{text}"\n'}).workspace({}).tree("development").get("app", "name")
    )
    assert leaf is not None
    assert (leaf.state, leaf.value) == ("opaque", text)
