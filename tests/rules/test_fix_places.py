"""Where a fix says that a setting belongs: as the project has its files, sections, keys and variables."""

from typing import Any

import pytest
from projects import OWN, MakeProject, ProjectFolder
from told import findings

_FILES = 'settings_files = ["settings.toml"]\n'


def _only(made: ProjectFolder, rule: str, environment: str = "production", **environ: str) -> Any:
    (finding,) = findings(made, rule, environment, **environ)
    return finding


def test_a_secrets_file_that_is_not_loaded_is_named_with_the_option_that_loads_it(project: MakeProject) -> None:
    profile = '[production.database]\nhost = "h"\npassword = "postgres"\n'
    made = project({"assay.toml": _FILES, "settings.toml": profile, ".secrets.toml": "[production]\n"})
    found = _only(made, "DB002")
    assert 'settings_files = ["settings.toml", ".secrets.toml"]' in found["fix"]
    assert "in assay.toml, and in the application's Dynaconf call, makes it count" in found["fix"]
    assert (found["edit"]["kind"], found["edit"]["file"]) == ("option", "assay.toml")


def test_a_secrets_file_that_is_not_there_yet_is_named_where_the_option_has_it_read(project: MakeProject) -> None:
    profile = '[production.database]\nhost = "h"\npassword = "postgres"\n'
    files = {"src/settings.toml": profile}
    made = project({**files, "assay.toml": f'{_FILES}root_path = "src"\n'})
    assert "in src/.secrets.toml, once settings_files = " in _only(made, "DB002")["fix"]
    named = 'settings_files = ["settings.toml", ".secrets.toml"]\nroot_path = "src"\n'
    secret = '[production]\ndatabase__password = "kV7tQ2xL9wKp4"\n'
    assert findings(project({**files, "assay.toml": named, "src/.secrets.toml": secret}), "DB002", "production") == []


@pytest.mark.parametrize(
    ("profile", "line"),
    [
        ('[production]\ndb.host = "h.example.com"\ndb.user = "postgres"\n', '[production] db.user = "…"'),
        ('[production.db]\nhost = "h.example.com"\nuser = "postgres"\n', '[production.db] user = "…"'),
        ('[production]\nmy.db.host = "h"\nmy.db.user = "postgres"\n', '[production] my.db.user = "…"'),
        ('[production.my]\ndb.host = "h"\ndb.user = "postgres"\n', '[production.my] db.user = "…"'),
    ],
)
def test_a_key_with_dots_is_told_with_dots(project: MakeProject, profile: str, line: str) -> None:
    found = _only(project({"assay.toml": f"environments = true\n{_FILES}", "settings.toml": profile}), "DB004")
    assert line in found["fix"]


def test_the_option_of_pyproject_is_named_there(project: MakeProject) -> None:
    profile = '[production.database]\nhost = "h"\npassword = "postgres"\n'
    made = project({"pyproject.toml": f"[tool.assay]\n{_FILES}", "settings.toml": profile})
    assert "in pyproject.toml" in _only(made, "DB002")["fix"]


def test_what_a_variable_says_is_mended_at_the_variable(own: MakeProject) -> None:
    found = _only(own(), "TYP002", ENV_FOR_DYNACONF="production", ASSAY_SERVER__PORT="eighty")
    assert found["fix"] == "Correct it: write ASSAY_SERVER__PORT=8000."
    assert (found["edit"]["kind"], found["edit"]["text"]) == ("variable", "ASSAY_SERVER__PORT=8000")


def test_an_item_of_a_list_is_mended_in_the_lists_line(project: MakeProject) -> None:
    profile = '[production]\nhooks = ["https://a.example/x", "http://b.example.com/y"]\n'
    found = _only(project({"assay.toml": "", "settings.toml": profile}), "NET001")
    assert "[production] hooks = [" in found["fix"]
    assert "[0]" not in found["fix"]


def test_a_file_without_sections_gets_none(project: MakeProject) -> None:
    options = 'environments = false\nproduction = ["main"]\n'
    made = project({"assay.toml": options, "settings.toml": "debug = true\n"})
    found = _only(made, "APP001", "main")
    assert found["fix"].startswith("Write debug = false in settings.toml")
    text = "# settings.toml, in place of line 1:\ndebug = false"
    assert found["edit"] == {
        "kind": "set", "file": "settings.toml", "section": None, "key": "debug", "value": False, "text": text
    }  # fmt: skip


def test_keys_and_sections_keep_the_files_own_case(project: MakeProject) -> None:
    found = _only(project({"assay.toml": "", "settings.toml": "[Production]\nDEBUG = true\n"}), "APP001")
    assert found["edit"]["section"] == "Production"
    assert found["edit"]["key"] == "DEBUG"


def test_a_table_that_would_take_the_place_of_anothers_is_not_opened(project: MakeProject) -> None:
    profile = "[default.app]\ndebug = true\nname = 'orders'\n[production]\nx = 1\n"
    found = _only(project({"assay.toml": "", "settings.toml": profile}), "APP001")
    assert found["edit"]["text"] == "# settings.toml, below line 5, in [production]:\napp__debug = false"


def test_merging_tables_are_opened(project: MakeProject) -> None:
    profile = "[default.app]\ndebug = true\nname = 'orders'\n[production]\nx = 1\n"
    found = _only(project({"assay.toml": "merge_enabled = true\n", "settings.toml": profile}), "APP001")
    assert found["edit"]["text"] == "[production.app]\ndebug = false"


def test_a_nested_list_that_would_grow_is_reset(project: MakeProject) -> None:
    profile = '[default.server]\nallowed_hosts = ["*"]\n[production]\nx = 1\n'
    found = _only(project({"assay.toml": "merge_enabled = true\n", "settings.toml": profile}), "APP005")
    assert "[production.server] allowed_hosts = '@reset [\"orders.example.com\"]'" in found["fix"]


def test_a_list_that_nothing_resets_is_mended_where_it_stands(project: MakeProject) -> None:
    profile = '[default]\nallowed_hosts = ["*"]\n[production]\nx = 1\n'
    found = _only(project({"assay.toml": "merge_enabled = true\n", "settings.toml": profile}), "APP005")
    assert found["fix"] == 'Name the hosts: [default] allowed_hosts = ["orders.example.com"].'
    assert found["edit"]["section"] == "default"


def test_a_file_that_is_read_earlier_than_the_value_is_not_named(project: MakeProject) -> None:
    files = {"settings.toml": "[production]\nx = 1\n", "late.toml": "[default]\ndebug = true\n"}
    made = project({"assay.toml": 'settings_files = ["settings.toml", "late.toml"]\n', **files})
    assert _only(made, "APP001")["edit"]["file"] == "late.toml"


def test_a_global_section_is_mended_where_it_stands(project: MakeProject) -> None:
    made = project({"assay.toml": "", "settings.toml": "[production]\nx = 1\n[global]\ndebug = true\n"})
    assert _only(made, "APP001")["edit"]["section"] == "global"


def test_a_text_that_a_variable_would_make_a_number_of_is_quoted(project: MakeProject) -> None:
    made = project({"assay.toml": "", "settings.toml": "[production]\nx = 1\n"})
    found = _only(made, "APP001", ENV_FOR_DYNACONF="production", DYNACONF_DEBUG="true")
    assert found["edit"]["text"] == "DYNACONF_DEBUG=false"
    assert found["edit"]["kind"] == "variable"
    assert found["edit"]["file"] is None


def test_the_own_model_gets_the_variable_of_a_nested_key(own: MakeProject) -> None:
    made = own({"assay.toml": OWN})
    found = _only(made, "APP001", ENV_FOR_DYNACONF="production", ASSAY_APP='{"debug": true}')
    assert found["edit"]["text"] == "ASSAY_APP__DEBUG=false"
