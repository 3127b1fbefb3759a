import json
import subprocess
import sys
from pathlib import Path

import pytest
from projects import MakeProject

REPOSITORY = Path(__file__).parents[2]
FIT = {"settings.toml": "[staging.headers]\nhsts_seconds = 31536000\n[production.headers]\nhsts_seconds = 31536000\n"}
"""What the model's defaults lack for a production without errors."""


def test_a_clean_project_ends_with_0(own: MakeProject) -> None:
    ran = own(FIT).assay("check")
    assert ran.status == 0
    assert "development" in ran.out


def test_a_misspelled_active_environment_ends_with_2_and_is_reported_all_the_same(own: MakeProject) -> None:
    ran = own(FIT).assay("check", ENV_FOR_DYNACONF="prodution")
    assert ran.status == 2
    assert "Did you mean 'production'?" in ran.out
    assert "valid   staging" in ran.out


@pytest.mark.parametrize("command", ["show", "check"])
def test_an_unknown_environment_ends_with_2_and_suggests_the_nearest(own: MakeProject, command: str) -> None:
    ran = own().assay(command, "prodution")
    assert ran.status == 2
    assert "Did you mean 'production'?" in ran.err
    assert ran.out == ""


def test_a_broken_file_is_a_finding_at_its_line_and_the_rest_is_reported(own: MakeProject) -> None:
    project = own(
        {"settings.toml": '[default.app]\nname = "x"\n', "settings/production.toml": "[production\nport = 1\n"}
    )
    ran = project.assay("check")
    assert ran.status == 1
    assert "error[SRC002]" in ran.out
    assert "settings/production.toml:1:12" in ran.out
    assert project.assay("show", "--format", "json").json["values"]


def test_a_source_line_that_does_not_parse_shows_no_secret(own: MakeProject) -> None:
    project = own({".secrets.toml": '[production.database]\npassword = "canary-7f3a" oops\n'})
    ran = project.assay("check")
    assert "SRC002" in ran.out
    assert "canary-7f3a" not in ran.out + ran.err


def test_unusable_options_end_with_2_and_name_the_nearest(project: MakeProject) -> None:
    ran = project({"assay.toml": "setings_files = []\n"}).assay("check")
    assert ran.status == 2
    assert "Did you mean 'settings_files'?" in ran.err


def test_an_unusable_project_is_json_too(project: MakeProject) -> None:
    ran = project({"assay.toml": "lists = \n"}).assay("check", "--format", "json")
    assert ran.status == 2
    assert ran.json["error"]["code"] == "project-unusable"
    assert ran.json["error"]["origin"]["line"] == 1


def test_a_folder_that_is_not_there_ends_with_2(project: MakeProject) -> None:
    ran = project().assay("check", "--project", "nowhere")
    assert ran.status == 2
    assert "not a folder" in ran.err


def test_a_misspelled_command_ends_with_2_and_suggests_the_nearest(project: MakeProject) -> None:
    ran = project().assay("chekc")
    assert ran.status == 2
    assert "Did you mean 'check'?" in ran.err


@pytest.mark.reveals("what is masked is shown to who asks for it")
def test_show_masks_secrets_unless_they_are_asked_for(own: MakeProject) -> None:
    project = own({".secrets.toml": '[default.database]\npassword = "canary-1"\n'})
    hidden = project.assay("show", "--format", "json")
    assert "canary-1" not in hidden.out
    assert {key: value for key, value in _value(hidden.out, "database.password").items() if key != "origin"} == {
        "key": "database.password",
        "value": None,
        "secret": True,
    }
    assert _value(project.assay("show", "--reveal", "--format", "json").out, "database.password")["value"] == "canary-1"


def _value(out: str, key: str) -> dict[str, object]:
    found: dict[str, object] = next(value for value in json.loads(out)["values"] if value["key"] == key)
    return found


def test_what_is_deferred_counts_as_missing_under_strict_secrets(own: MakeProject) -> None:
    ran = own(FIT).assay("check", "production", "--strict-secrets", "--format", "json")
    assert ran.status == 1
    (environment,) = ran.json["environments"]
    errors = [(one["rule"], one["key"]) for one in environment["findings"] if one["severity"] == "error"]
    assert errors == [("TYP001", "app.secret_key"), ("TYP001", "auth.tokens")]
    assert environment["deferred"] == []


@pytest.mark.parametrize("role", ["password", "token", "secret", "SECRET_KEY", "secret-key"])
def test_a_project_may_say_itself_what_is_secret(project: MakeProject, role: str) -> None:
    options = f'roles = {{ "license.*" = "{role}" }}\n'
    ran = project({"assay.toml": options, "settings.toml": '[default.license]\nline = "canary-2"\n'}).assay("show")
    assert "canary" not in ran.out
    assert "***" in ran.out


def test_a_role_that_does_not_exist_suggests_the_nearest(project: MakeProject) -> None:
    ran = project({"assay.toml": 'roles = { "license.*" = "pasword" }\n'}).assay("show")
    assert ran.status == 2
    assert "Did you mean 'password'?" in ran.err


def test_explain_lists_every_layer_lowest_first(own: MakeProject) -> None:
    project = own(
        {"settings.toml": "[default.server]\nport = 1\n", "settings/production.toml": "[production.server]\nport = 2\n"}
    )
    ran = project.assay("explain", "SERVER.Port", "--env", "production", "--format", "json")
    (leaf,) = ran.json["leaves"]
    assert leaf["value"] == 2
    assert [(layer["value"], layer["winner"]) for layer in leaf["layers"]] == [(8000, False), (1, False), (2, True)]


def test_explaining_a_table_explains_its_leaves(own: MakeProject) -> None:
    leaves = own().assay("explain", "database.pool", "--format", "json").json["leaves"]
    assert {leaf["key"] for leaf in leaves} >= {"database.pool.size", "database.pool.max_overflow"}


def test_an_unknown_key_suggests_the_nearest(own: MakeProject) -> None:
    ran = own().assay("explain", "databse.port")
    assert ran.status == 2
    assert "Did you mean 'database.port'?" in ran.err


def test_text_stays_within_80_columns_and_has_no_colour_off_a_terminal(own: MakeProject) -> None:
    project = own(
        {"settings/production.toml": '[production.app]\ndebug = true\n[production.cors]\nallow_origins = ["*"]\n'}
    )
    out = project.assay("check", ENV_FOR_DYNACONF="production").out
    assert max(len(line) for line in out.splitlines()) <= 80
    assert "\x1b" not in out


def test_a_fault_of_our_own_ends_with_70_in_two_lines(own: MakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.commands.show.show", lambda *_, **__: 1 / 0)
    ran = own().assay("show")
    assert ran.status == 70
    assert len(ran.err.splitlines()) == 2
    assert "Traceback" not in ran.err


HEAVY = ["litestar", "sqlalchemy", "alembic", "asyncpg", "granian"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["show"],
        ["explain", "app.name"],
        ["diff", "staging", "production"],
        ["matrix"],
        ["schema"],
        ["init"],
        ["--help"],
        ["--version"],
    ],
)
def test_no_command_imports_what_it_does_not_need(arguments: list[str]) -> None:
    code = (
        "import sys; sys.argv = ['assay', *sys.argv[1:]]; from app.__main__ import main; main(); "
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert ran.stderr.splitlines()[-1] == "[]"


def test_arguments_that_cannot_be_read_are_told_in_json_where_json_is_asked_for(own: MakeProject) -> None:
    ran = own().assay("check", "--fail-level", "zzz", "--format", "json")
    assert ran.status == 2
    assert ran.json["error"]["code"] == "argument-invalid"
    assert ran.json["error"]["fix"]


@pytest.mark.parametrize("command", [["show"], ["matrix"], ["explain", "a"], ["diff", "development", "production"]])
def test_a_file_that_cannot_be_read_is_told_beside_every_answer(project: MakeProject, command: list[str]) -> None:
    made = project({"settings.toml": "[default]\na = 1\n[production]\nb = 1\n", ".secrets.toml": "[default\n"})
    ran = made.assay(*command, "--format", "json")
    assert ran.status == 0
    assert ".secrets.toml:1:9" in ran.err


def test_what_leads_nowhere_is_told_from_null_in_comparisons(project: MakeProject) -> None:
    made = project({"settings.toml": "[default]\na = '@format {this.nope}'\n[production]\na = 1\n"})
    change = made.assay("diff", "development", "production", "--format", "json").json["changes"][0]
    assert change["left"]["unresolved"] is True
    row = made.assay("matrix", "development", "production", "--format", "json").json["rows"][0]
    assert row["cells"]["development"]["unresolved"] is True


def test_a_root_path_outside_the_project_is_refused(project: MakeProject) -> None:
    ran = project({"assay.toml": 'root_path = ".."\n'}).assay("show")
    assert ran.status == 2
    assert "root_path" in ran.err


def process(*arguments: str, cwd: Path = REPOSITORY, **environ: str | bytes) -> subprocess.CompletedProcess[bytes]:
    command = [
        sys.executable,
        "-c",
        "import sys; sys.path.insert(0, sys.argv.pop(1)); from app.__main__ import main; sys.exit(main())",
    ]
    return subprocess.run(
        [*command, str(REPOSITORY), *arguments], cwd=cwd, env=environ, capture_output=True, check=False
    )


def test_a_variable_that_is_no_utf8_is_no_fault_of_ours() -> None:
    ran = process("show", "--format", "json", ASSAY_APP__NAME=b"\xff")
    assert ran.returncode == 0
    assert json.loads(ran.stdout)["version"] == 1


def test_a_terminal_without_our_marks_still_gets_the_answer() -> None:
    ran = process("check", PYTHONIOENCODING="ascii")
    assert ran.returncode == 0
    assert b"production" in ran.stdout


def test_a_working_directory_that_is_gone_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"import os; os.rmdir({str(gone)!r}); from app.__main__ import main; raise SystemExit(main())"
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=gone, env={"PYTHONPATH": str(REPOSITORY)}, capture_output=True, check=False
    )
    assert ran.returncode == 2
    assert b"fix:" in ran.stderr


def test_a_project_with_a_model_of_its_own_is_shown_but_not_judged_without_it(project: MakeProject) -> None:
    made = project({"assay.toml": 'schema = "shop.settings:Model"\n', "settings.toml": "[default]\na = 1\n"})
    assert made.assay("show", "--format", "json").json["values"][0]["value"] == 1
    ran = made.assay("check")
    assert ran.status == 2
    assert "shop.settings:Model" in ran.err
