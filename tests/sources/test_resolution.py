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
