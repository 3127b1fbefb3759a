"""SEC001 to SEC008: secrets, and the files they stand in."""

import base64
import json
from pathlib import Path

import pytest
from canaries import known
from projects import MakeProject, ProjectFolder
from repositories import repository
from told import SECTIONED, findings, related, told

from app.core.secrecy import known_formats

GOOD = "cAnary_7Qx2mV9tL4wKcZ8b"
OTHER = "cAnary_sT5wR8nJ3vXhY6cMq"


def secret(make: MakeProject, profile: str, **files: str) -> ProjectFolder:
    """A foreign project whose secrets are where they belong."""
    return make({"assay.toml": SECTIONED, "settings.toml": "[production]\na = 1\n", ".secrets.toml": profile, **files})


def committed(make: MakeProject, profile: str) -> ProjectFolder:
    return make({"assay.toml": SECTIONED, "settings.toml": profile})


# --- SEC001


@pytest.mark.parametrize(
    "line",
    [
        "api_token = 'changeme'",
        "api_token = '<your token>'",
        "api_token = 'TODO: ask Ann'",
        "api_token = 'xxxxxxxx'",
        "api_token = '0123456789abcdef0123456789abcdef01234567'",
        "password = 'P@ssw0rd'",
        "password = 123456",
        "minio = {ACCESS_KEY = 'minioadmin'}",
        "webhook_secret = 'my-secret-key'",
        "jwt_secret = 'your-256-bit-secret'",
        "api_keys = ['qwertyuiop']",
        "device = {username = 'netops7', password = 'NetOps7'}",
        "mail_user = 'robot77'\nmail_password = 'robot77'",
        "smtp = {login = 'robot77', password = ''}",
    ],
)
def test_a_placeholder_is_no_secret(project: MakeProject, line: str) -> None:
    made = secret(project, f"[production]\n{line}\n[development]\n{line}\n")
    rules = [finding for rule in ("SEC001", "DB002", "JWT002") for finding in findings(made, rule, "production")]
    assert [finding["severity"] for finding in rules] == ["error"]
    assert [line.split()[0] for line in told(made, "SEC001", "development")] == ["info"]


@pytest.mark.parametrize(
    "line",
    [
        f"api_token = '{GOOD}'",
        "api_token = '${API_TOKEN}'",
        "api_token = 'op://vault/item/field'",
        "api_token = '@format {env[API_TOKEN]}'",
        "api_token = ''",
        "max_tokens = 4096",
        "password_required = true",
        "token_url = 'https://example.com'",
        "password_reset_timeout = 3600",
        "secret_name = 'changeme'",
        "user = 'admin'",
        "db = {engine = 'sqlite', name = 'x.db', user = 'admin', password = ''}",
        "databases = {default = {ENGINE = 'django.db.backends.sqlite3', NAME = 'x', USER = 'x', PASSWORD = ''}}",
        "api_key_env = 'FERN_SECRET1'",
        "url_param_api_key = 'apikey'",
        "password = '/parameters/app/db'",
        "SaltStack = ['.sls']",
        "stop_tokens = ['</s>']",
        "forbidden_passwords = ['123456']",
        "min_account_password = 6",
        "login_password_selector = '#pw'",
    ],
)
def test_secrets_references_and_what_only_sounds_like_one_are_no_placeholders(project: MakeProject, line: str) -> None:
    assert told(secret(project, f"[production]\n{line}\n"), "SEC001") == []


def test_an_inherited_placeholder_is_a_warning_where_it_is_inactive(project: MakeProject) -> None:
    made = secret(project, "[default]\napi_token = 'changeme'\n")
    assert told(made, "SEC001", "production") == ["warning production api_token .secrets.toml:2:1"]
    assert told(made, "SEC001", "production", ENV_FOR_DYNACONF="production") == [
        "error production api_token .secrets.toml:2:1"
    ]


def test_the_stronger_rule_speaks_alone(own: MakeProject) -> None:
    made = own({".secrets.toml": '[production.database]\nhost = "h"\npassword = "postgres"\n[production.app]\n'
                                 'secret_key = "changeme"\n'})  # fmt: skip
    assert told(made, "SEC001", "production") == told(made, "SEC007", "production") == []
    assert told(made, "DB002", "production") == ["error production database.password .secrets.toml:3:1"]
    assert told(made, "APP002", "production") == ["error production app.secret_key .secrets.toml:5:1"]


# --- SEC002


def test_a_secret_in_a_committed_file_is_an_error_in_production_and_told_elsewhere(project: MakeProject) -> None:
    made = committed(project, f"[default]\napi_token = '{GOOD}'\n[development]\na = 1\n[production]\nb = 1\n")
    assert told(made, "SEC002") == [
        "info development api_token settings.toml:2:1",
        "error production api_token settings.toml:2:1",
    ]
    assert GOOD not in str(findings(made, "SEC002"))


@pytest.mark.parametrize("secrets", [{}, {".secrets.toml": "[production]\nb = 1\n"}])
@pytest.mark.parametrize(
    ("profile", "written"),
    [
        (f"[production]\napi_keys = ['{GOOD}']\n", """api_keys = '@reset ["…"]'"""),
        (f"[default]\napi_keys = ['{OTHER}']\n[production]\napi_keys = ['{GOOD}']\n",
         """api_keys = '@reset ["…", "…"]'"""),
        (f"[[production.users]]\npassword = '{GOOD}'\n", """users = '@reset [{ password = "…" }]'"""),
        (f"[[production.users]]\nname = 'ann'\npassword = '{GOOD}'\n",
         """users = '@reset [{ name = "ann", password = "…" }]'"""),
    ],
)  # fmt: skip
def test_the_place_for_a_secret_of_a_list_that_is_appended_is_never_the_committed_file(
    project: MakeProject, profile: str, written: str, secrets: dict[str, str]
) -> None:
    made = project({"assay.toml": f"{SECTIONED}merge_enabled = true\n", "settings.toml": profile, **secrets})
    found = findings(made, "SEC002", "production")
    assert found
    fix = f"Take it out, and make a new one: [production] {written} in .secrets.toml."
    assert {(finding["fix"], finding["edit"]["file"]) for finding in found} == {(fix, ".secrets.toml")}
    assert {finding["edit"].get("value") for finding in found} == {None}


def test_a_list_that_is_written_anew_has_the_items_of_files_and_none_of_a_variable(project: MakeProject) -> None:
    profile = f"[default.x]\napi_keys = ['{OTHER}']\n[production.x]\napi_keys = ['{GOOD}']\n"
    made = project({"assay.toml": f"{SECTIONED}merge_enabled = true\n", "settings.toml": profile})
    variables = {"ENV_FOR_DYNACONF": "production", "DYNACONF_X__API_KEYS": '["cAnary_9Lm3qWz7Rt5vXb2N"]'}
    found = findings(made, "SEC002", "production", **variables)
    fixes = {finding["fix"].partition(" in ")[0].partition(": ")[2] for finding in found}
    assert fixes == {"""[production.x] api_keys = '@reset ["…", "…"]'"""}


def test_a_variables_list_with_a_secret_in_it_is_no_value_that_a_fix_writes(project: MakeProject) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": "[production]\na = 1\n"})
    said = '[{verify_ssl = false, password = "cAnary_9Lm3qWz7Rt5vXb2N"}, {verify_ssl = true}]'
    (finding,) = findings(made, "NET002", "production", ENV_FOR_DYNACONF="production", DYNACONF_UPSTREAMS=said)
    assert "cAnary" not in str(finding)
    assert '{ password = "…", verify_ssl = true }, { verify_ssl = true }' in finding["edit"]["text"]
    assert finding["edit"].get("value") is None


def test_an_item_of_tables_that_are_appended_is_mended_where_it_stands(project: MakeProject) -> None:
    tables = "[[production.upstreams]]\nname = 'a'\n[[production.upstreams]]\nname = 'b'\nverify_ssl = false\n"
    made = project({"assay.toml": f"{SECTIONED}merge_enabled = true\n", "settings.toml": tables})
    (finding,) = findings(made, "NET002", "production")
    assert (finding["edit"]["file"], finding["edit"]["key"]) == ("settings.toml", "upstreams[1].verify_ssl")
    assert finding["edit"]["value"] is True


@pytest.mark.parametrize(
    "line",
    [
        "api_token = '${API_TOKEN}'",
        "api_token = '@format {env[API_TOKEN]}'",
        "api_token = ''",
        "api_token = '<from the vault>'",
        "api_token = 'TODO'",
        "max_tokens = 4096",
        "password_required = true",
        "token_url = 'https://example.com'",
        "password_file = '/run/secrets/db'",
        "api_key_env = 'FERN_SECRET1'",
        "url_param_api_key = 'apikey'",
        "password = '/parameters/app/db'",
        "private_key = 'keys/jwt.pem'",
        "SaltStack = ['.sls']",
        "stop_tokens = ['</s>']",
        "forbidden_passwords = ['123456']",
        "min_account_password = 6",
        "pass_threshold = 0.5",
        "pwd_context_schemes = ['bcrypt']",
        "login_password_selector = '#pw'",
        "webhook_url = 'https://shop.example/hooks/paid'",
    ],
)
def test_what_is_no_secret_may_be_committed(project: MakeProject, line: str) -> None:
    made = committed(project, f"[production]\n{line}\n")
    assert told(made, "SEC002", ENV_FOR_DYNACONF="production", API_TOKEN=GOOD) == []


def test_a_committed_default_password_is_two_findings(project: MakeProject) -> None:
    made = committed(project, "[production.db]\nhost = 'h'\npassword = 'postgres'\n")
    for rule in ("DB002", "SEC002"):
        assert told(made, rule, "production") == ["error production db.password settings.toml:3:1"]


def test_secrets_files_and_variables_are_not_committed(project: MakeProject) -> None:
    files = {"settings/secret-things.toml": f"[production]\nb_token = '{GOOD}'\n",
             "extra.toml": f"[production]\nc_token = '{GOOD}'\n",
             ".env": f"DYNACONF_D_TOKEN={GOOD}\n"}  # fmt: skip
    options = SECTIONED + 'secrets = ["extra.toml"]\nload_dotenv = true\n'
    made = secret(project, f"[production]\na_token = '{GOOD}'\n", **{**files, "assay.toml": options})
    assert told(made, "SEC002", ENV_FOR_DYNACONF="production", DYNACONF_E_TOKEN=GOOD) == []
    values = {
        entry["key"]
        for entry in made.assay("show", "production", "--format", "json", ENV_FOR_DYNACONF="production").json["values"]
    }
    assert {"a_token", "b_token", "c_token", "d_token"} <= values


def test_what_a_secrets_file_overrides_is_still_there_for_all_to_read(project: MakeProject) -> None:
    made = secret(project, f"[production]\napi_token = '{OTHER}'\n",
                  **{"settings.toml": f"[production]\napi_token = '{GOOD}'\n"})  # fmt: skip
    assert told(made, "SEC002") == ["error production api_token settings.toml:2:1"]
    harmless = secret(project, f"[production]\napi_token = '{OTHER}'\n",
                      **{"settings.toml": "[production]\napi_token = 'changeme'\n"})  # fmt: skip
    assert told(harmless, "SEC002") == []
    others = secret(project, f"[production]\napi_token = '{OTHER}'\n",
                    **{"settings.toml": f"[default]\napi_token = '{GOOD}'\n[production]\na = 1\n"})  # fmt: skip
    assert told(others, "SEC002", "production") == []


def test_in_a_repository_what_counts_is_whether_git_tracks_the_file(project: MakeProject) -> None:
    made = committed(project, f"[production]\napi_token = '{GOOD}'\n")
    repository(made.root, "assay.toml")
    assert told(made, "SEC002") == []
    repository(made.root, "settings.toml")
    assert told(made, "SEC002") == ["error production api_token settings.toml:2:1"]


def test_a_project_below_the_repositorys_top_is_found_there(project: MakeProject) -> None:
    made = committed(project, f"[production]\napi_token = '{GOOD}'\n")
    repository(made.root.parent, "orders/settings.toml")
    assert len(told(made, "SEC002")) == 1


def test_a_broken_repository_and_a_missing_git_leave_it_to_the_name(project: MakeProject, tmp_path: Path) -> None:
    made = committed(project, f"[production]\napi_token = '{GOOD}'\n").write(
        {"settings/x.local.toml": f"[production]\nb_token = '{GOOD}'\n"}
    )
    (made.root / ".git").mkdir()
    expected = ["error production api_token settings.toml:2:1"]
    assert told(made, "SEC002") == expected
    (made.root / ".git").rmdir()
    repository(made.root)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert told(made, "SEC002") == []
    assert told(made, "SEC002", PATH=str(empty)) == expected


def test_nothing_that_a_repository_configures_is_run(project: MakeProject) -> None:
    made = committed(project, f"[production]\napi_token = '{GOOD}'\n")
    repository(made.root, "settings.toml")
    spy = made.root / "spy"
    spy.write_text("#!/bin/sh\ntouch ran\n")
    spy.chmod(0o700)
    with (made.root / ".git" / "config").open("a") as config:
        config.write(f"[core]\n\tfsmonitor = {spy}\n")
    assert len(told(made, "SEC002")) == 1
    assert not (made.root / "ran").exists()


# --- SEC003 and SEC004


def test_a_tracked_secrets_file_is_an_error(project: MakeProject) -> None:
    options = SECTIONED + "load_dotenv = true\n"
    made = secret(project, "[production]\na = 1\n", **{"assay.toml": options, ".env": "API_TOKEN=k3Lp9Qx2Vt\n"})
    assert told(made, "SEC003") == []
    repository(made.root, "settings.toml")
    assert told(made, "SEC003") == []
    repository(made.root, ".secrets.toml", ".env")
    assert told(made, "SEC003") == ["error .secrets.toml", "error .env"]
    assert "git rm --cached .secrets.toml" in findings(made, "SEC003")[0]["fix"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("FLASK_APP=shop\nFLASK_ENV=development\n", 0), ("MYSQL_ROOT_PASSWORD=\nAPI_TOKEN=<your token>\n", 0),
        ("API_TOKEN=${VAULT_TOKEN}\n", 0), ("DATABASE_URL=postgresql://app@db/orders\n", 0),
        ("DATABASE_URL=postgresql://app:k3Lp9Qx2Vt@db/orders\n", 1), ("POSTGRES_PASSWORD=postgres\n", 1),
    ],
)  # fmt: skip
def test_a_tracked_dotenv_without_a_secret_is_an_ordinary_file(project: MakeProject, text: str, count: int) -> None:
    options = SECTIONED + "load_dotenv = true\n"
    made = project({"assay.toml": options, "settings.toml": "[production]\na = 1\n", ".env": text})
    repository(made.root, ".env")
    assert told(made, "SEC003") == ["error .env"] * count


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("[default]\n", "warning"), ('[production]\ndynaconf_merge = true\na = ""\nb = "<fill in>"\n', "warning"),
        ('[production.mail]\na = "@vault path/to/it"\n', "warning"), ("[production]\na = [{ b = 1 }]\n", "error"),
        ('[production]\na = "12345"\n', "error"), ("a = \n", "error"),
    ],
)  # fmt: skip
def test_a_tracked_secrets_file_that_holds_no_secret_yet_is_a_warning(
    project: MakeProject, text: str, severity: str
) -> None:
    made = secret(project, text)
    repository(made.root, ".secrets.toml")
    assert told(made, "SEC003") == [f"{severity} .secrets.toml"]
    assert ("change every secret" in findings(made, "SEC003")[0]["fix"]) is (severity == "error")


@pytest.mark.parametrize(
    ("line", "count"), [('api_key = "test"', 0), ('password = "test"', 1), ('api_key = "k3Lp9Qx2Vt8nRz4w"', 1)]
)
def test_a_token_that_nobody_issues_is_none_that_is_committed(project: MakeProject, line: str, count: int) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": f"[production]\n{line}\n"})
    assert (len(findings(made, "SEC002", "production")), len(findings(made, "SEC001", "production"))) == (
        count, 0 if "k3" in line else 1,
    )  # fmt: skip


def test_a_tracked_example_is_what_examples_are_for(project: MakeProject) -> None:
    made = secret(project, "[production]\na = 1\n", **{"settings/secrets.example.toml": "[production]\nb = 1\n",
                                                       ".secrets.toml.example": "[production]\nb = 1\n"})  # fmt: skip
    repository(made.root, ".secrets.toml.example", "settings/secrets.example.toml")
    assert told(made, "SEC003") == []


@pytest.mark.parametrize(("mode", "told_at"), [(0o600, 0), (0o400, 0), (0o640, 1), (0o604, 1), (0o620, 1), (0o644, 1)])
def test_a_secrets_file_that_others_may_read_is_told(project: MakeProject, mode: int, told_at: int) -> None:
    made = secret(project, "[production]\na = 1\n")
    (made.root / ".secrets.toml").chmod(mode)
    assert told(made, "SEC004") == ["warning .secrets.toml"] * told_at


def test_the_mode_of_other_files_does_not_matter_and_that_of_a_loaded_dotenv_does(project: MakeProject) -> None:
    made = secret(project, "[production]\na = 1\n", **{".env": "A=1\n"})
    (made.root / ".env").chmod(0o644)
    assert told(made, "SEC004") == []
    made.write({"assay.toml": SECTIONED + "load_dotenv = true\n"})
    assert told(made, "SEC004") == ["warning .env"]
    assert "chmod 600 .env" in findings(made, "SEC004")[0]["fix"]


def test_of_a_tracked_file_that_others_may_read_one_finding_tells(project: MakeProject) -> None:
    made = secret(project, "[production]\na = 1\n")
    (made.root / ".secrets.toml").chmod(0o644)
    repository(made.root, ".secrets.toml")
    assert (told(made, "SEC003"), told(made, "SEC004")) == (["error .secrets.toml"], [])


# --- SEC005 and SEC006


def test_an_example_that_leaves_a_secret_out_is_told(project: MakeProject) -> None:
    example = "[production]\napi_token = ''\n"
    made = secret(project, f"[production]\napi_token = '{GOOD}'\n[production.mail]\npassword = '{OTHER}'\nport = 5\n",
                  **{".secrets.toml.example": example})  # fmt: skip
    assert told(made, "SEC005") == ["warning mail.password .secrets.toml.example"]
    assert "[production.mail] password" in findings(made, "SEC005")[0]["fix"]


@pytest.mark.parametrize(
    "example",
    [
        "[default.mail]\npassword = ''\n",
        "[production]\nmail = {Password = '…'}\n",
        "[production]\nMAIL__PASSWORD = ''\n",
        "[production]\nmail = {}\n",
        "[production.mail]\nurl = ''\n",
    ],
)
def test_an_example_names_a_secret_in_any_section_and_spelling(project: MakeProject, example: str) -> None:
    made = secret(project, f"[production.mail]\npassword = '{GOOD}'\n", **{".secrets.toml.example": example})
    assert told(made, "SEC005") == []


def test_without_an_example_or_without_sections_there_is_little_to_tell(project: MakeProject) -> None:
    assert told(secret(project, f"[production]\napi_token = '{GOOD}'\n"), "SEC005") == []
    flat = project(
        {
            "assay.toml": "environments = false\n",
            "settings.toml": "a = 1\n",
            ".secrets.toml": f"a_token = '{GOOD}'\nb_token = '{OTHER}'\n",
            ".secrets.toml.example": "a_token = ''\n",
        }
    )
    assert told(flat, "SEC005") == ["warning b_token .secrets.toml.example"]


def test_with_a_model_the_example_names_what_production_requires(own: MakeProject) -> None:
    made = own({"settings.toml": '[production.database]\nhost = "h"\n', ".secrets.toml.example": "[default]\n"})
    assert told(made, "SEC005") == [
        "warning app.secret_key .secrets.toml.example",
        "warning database.password .secrets.toml.example",
    ]
    made.write({".secrets.toml.example": "[production]\napp = {secret_key = ''}\ndatabase = {password = ''}\n"})
    assert told(made, "SEC005") == []


def test_an_example_with_the_real_secret_is_an_error_at_its_line(project: MakeProject) -> None:
    example = f"[production]\nname = 'x'\napi_token = '{GOOD}'\n"
    made = secret(project, f"[production]\napi_token = '{GOOD}'\n", **{".secrets.toml.example": example})
    assert told(made, "SEC006") == ["error api_token .secrets.toml.example:3:1"]
    assert related(made, "SEC006") == [[".secrets.toml:2:1"]]
    assert GOOD not in str(findings(made, "SEC006"))


def test_an_example_with_the_real_url_of_a_variable_is_an_error(project: MakeProject) -> None:
    url = f"postgresql://a:{GOOD}@h/x"
    made = secret(project, "", **{".secrets.toml.example": f"[default]\ndatabase_url = '{url}'\n"})
    environ = {"ENV_FOR_DYNACONF": "production", "DYNACONF_DATABASE_URL": url}
    assert told(made, "SEC006", **environ) == ["error database_url .secrets.toml.example:2:1"]


@pytest.mark.parametrize("shown", [OTHER, "changeme", "", "<your token>"])
def test_an_example_may_show_anything_else(project: MakeProject, shown: str) -> None:
    real = "changeme" if shown == "changeme" else GOOD
    made = secret(project, f"[production]\napi_token = '{real}'\nname = 'orders'\n",
                  **{".secrets.toml.example": f"[production]\napi_token = '{shown}'\nname = 'orders'\n"})  # fmt: skip
    assert told(made, "SEC006") == []


def test_a_broken_example_is_no_reason_to_fail(project: MakeProject) -> None:
    made = secret(project, f"[production]\napi_token = '{GOOD}'\n", **{".secrets.toml.example": "[production\n"})
    assert told(made, "SEC005") == told(made, "SEC006") == []


# --- SEC007


def test_a_short_secret_is_told(project: MakeProject) -> None:
    token, pin = known("k9Xq2vLr7wB"), known("83920174")
    made = secret(project, f"[production]\napi_token = '{token}'\npin_password = {pin}\n[development]\n"
                           f"api_token = '{token[:5]}'\n")  # fmt: skip
    assert told(made, "SEC007") == [
        "info development api_token .secrets.toml:5:1",
        "warning production pin_password .secrets.toml:3:1",
        "warning production api_token .secrets.toml:2:1",
    ]


@pytest.mark.parametrize(
    "line",
    ["api_token = 'k9Xq2vLr7wBz'", "api_token = ''", "api_token = '$TOKEN'", "username = 'bob'", "max_tokens = 5",
     "token_type = 'Bearer'", "password_required = true", "pin = '4711'", "min_account_password = 6"],
)  # fmt: skip
def test_twelve_characters_references_and_names_are_not_short(project: MakeProject, line: str) -> None:
    assert told(secret(project, f"[production]\n{line}\n"), "SEC007") == []


# --- SEC008: the secrets are put together here, so that no scanner takes this file for a leak

JWT = ".".join(
    base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
    for part in ({"alg": "HS256", "typ": "JWT"}, {"sub": "orders", "iat": 1516239022}, {"k": "7Qx2mV9tL4wKcZ8b"})
)
RANDOM = "7Qx2mV9tL4wKcZ8bNr5yJ3vXhY6sT1pGdFaEuRiO"
known(RANDOM[:20])  # the shortest piece that stands in a form
FORMS = [
    "AKIA" + "Q7X2MV9TL4WKCZ8B",
    "aws_secret_access_key = " + RANDOM,
    "ghp_" + RANDOM[:36],
    "github_pat_" + RANDOM[:22],
    "glpat-" + RANDOM[:20],
    "-".join(("xoxb", "238470192837", RANDOM[:24])),
    "https://hooks.slack.com/" + "services/T7QX2MV9T/B4WKCZ8BN/" + RANDOM[:24],
    "sk_live_" + RANDOM[:24],
    "AIza" + RANDOM[:35],
    "npm_" + RANDOM[:36],
    "pypi-" + "AgEIcHlwaS5vcmcC" + RANDOM,
    "hf_" + "QxmVtLwKcZbNryJvXhYsTpGdFaEuRiOQxm",
    "SG." + RANDOM[:22] + "." + RANDOM,
    "-----BEGIN RSA PRIVATE" + " KEY-----\n" + RANDOM,
    "-----BEGIN PRIVATE" + " KEY-----\\n" + RANDOM,
    JWT,
]


@pytest.mark.parametrize("text", FORMS)
def test_a_secret_of_a_known_form_is_found_wherever_it_stands(text: str) -> None:
    assert len(list(known_formats(f'x = "{text}"'))) == 1
    assert len(list(known_formats(f"# {text}"))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "ghp_…",
        "xoxb-your-token-goes-here",
        "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
        "-----BEGIN PRIVATE" + " KEY-----\n...\n-----END PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY-----\n" + RANDOM,
        "-----BEGIN CERTIFICATE-----\n" + RANDOM,
        "pk_live_" + RANDOM[:24],
        "npm_config_registry",
        "eyJhbGciOiJIUzI1NiJ9",
        "task_test_runner",
        "desk_live_chat_channel_enabled",
    ],
)
def test_what_only_looks_like_a_known_form_is_passed_over(text: str) -> None:
    assert list(known_formats(f'x = "{text}"')) == []


def test_a_known_form_points_at_its_key_for_each_environment_that_runs_with_it(project: MakeProject) -> None:
    token = "ghp_" + RANDOM[:36]
    made = committed(project, f"[default]\nnote = 'see {token}'\n[development]\na = 1\n[production]\nnote = 'none'\n")
    assert told(made, "SEC008") == ["error development note settings.toml:2:1"]
    assert token not in str(findings(made, "SEC008"))


def test_a_known_form_in_a_comment_or_a_dead_value_points_at_itself(project: MakeProject) -> None:
    token = "ghp_" + RANDOM[:36]
    made = committed(project, f"[production]\na = 1  # ü {token}\n")
    assert told(made, "SEC008") == ["error settings.toml:2:12"]
    dead = committed(project, f"[default]\nnote = '{token}'\n[production]\nnote = 1\n[development]\nnote = 2\n")
    assert told(dead, "SEC008") == ["error settings.toml:2:9"]


def test_a_known_form_of_several_lines_belongs_to_its_key(project: MakeProject) -> None:
    key = "-----BEGIN PRIVATE" + " KEY-----\n" + RANDOM
    made = committed(project, f'[production]\ncert = """\n{key}\n-----END PRIVATE KEY-----"""\n')
    assert told(made, "SEC008") == ["error production cert settings.toml:2:1"]


def test_a_known_form_is_found_in_a_file_that_does_not_parse(project: MakeProject) -> None:
    token = "ghp_" + RANDOM[:36]
    assert told(committed(project, f"[production\n# {token}\n"), "SEC008") == ["error settings.toml:2:3"]


def test_a_known_form_in_a_file_that_is_not_committed_is_where_it_belongs(project: MakeProject) -> None:
    token = "ghp_" + RANDOM[:36]
    made = secret(project, f"[production]\na = '{token}'\n")
    assert told(made, "SEC008") == []
    made.write({"settings.toml": f"# {token}\n"})
    repository(made.root, "assay.toml")
    assert told(made, "SEC008") == []


def test_a_committed_secret_of_a_known_form_is_one_finding(project: MakeProject) -> None:
    token = "ghp_" + RANDOM[:36]
    made = committed(project, f'[production]\napi_token = "{token}"\nother_token = "{GOOD}"\n')
    assert told(made, "SEC008") == ["error production api_token settings.toml:2:1"]
    assert told(made, "SEC002") == ["error production other_token settings.toml:3:1"]
