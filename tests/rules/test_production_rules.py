from typing import Any

import pytest
from projects import OWN, MakeProject, ProjectFolder

OPTIONS = OWN.replace('"staging", ', "")
BASE = """\
[production.app]
docs = false
[production.server]
base_url = "https://orders.example.com"
allowed_hosts = ["orders.example.com"]
[production.headers]
hsts_seconds = 31536000
[production.database]
host = "db.example.com"
name = "orders"
username = "orders"
application_name = "orders"
connection_limit = 100
[production.logging]
format = "json"
[production.diagnostics]
readiness_needs_database = false
[[production.auth.tokens]]
name = "ci"
role = "viewer"
sha256 = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"
"""
CLEAN = """\
[production.app]
secret_key = "K7v!mQ2x-Zt9Lw4pRb8Ys3Nd6Hf1Jc5Ge0"
[production.database]
host = "db.example.com"
password = "uN9#kd82!xQ4-vT7"
tls = { mode = "verify-full" }
"""
EXAMPLE = '[production.app]\nsecret_key = ""\n[production.database]\npassword = ""\n[production.auth]\ntokens = []\n'


def clean(own: MakeProject, secrets: str = CLEAN, **files: str) -> ProjectFolder:
    """A production in which nothing is to be found, with other secrets, or with a profile `settings/NAME.toml` more."""
    more = {f"settings/{name}.toml": text for name, text in files.items()}
    made = {"assay.toml": OPTIONS, "settings.toml": BASE, ".secrets.toml": secrets, ".secrets.toml.example": EXAMPLE}
    project = own({**made, **more})
    (project.root / ".secrets.toml").chmod(0o600)
    return project


def found(project: ProjectFolder, *environments: str, **environ: str) -> list[tuple[str, str, str | None]]:
    environ = {"ENV_FOR_DYNACONF": "production"} | environ
    report = project.assay("check", *(environments or ("production",)), "--format", "json", **environ).json
    findings = [finding for one in report["environments"] for finding in one["findings"]]
    return [(finding["rule"], finding["severity"], place(finding["origin"])) for finding in findings]


def told_by(rule: str, project: ProjectFolder, *environments: str, **environ: str) -> list[tuple[str, str | None]]:
    return [(severity, where) for one, severity, where in found(project, *environments, **environ) if one == rule]


def place(origin: dict[str, Any] | None) -> str | None:
    if origin is None or origin["kind"] == "default":
        return None
    return origin["name"] if origin["kind"] == "variable" else f"{origin['file']}:{origin['line']}"


def test_a_clean_production_has_no_finding(own: MakeProject) -> None:
    assert found(clean(own)) == []


def test_debug_any_origin_and_no_tls_are_found_at_their_lines(own: MakeProject) -> None:
    profile = '[production.app]\ndebug = true\n[production.cors]\nallow_origins = ["*"]\n'
    profile += '[production.database]\ntls = { mode = "disable" }\n'
    project = clean(own, CLEAN.replace('tls = { mode = "verify-full" }', ""), production=profile)
    assert found(project) == [
        ("APP001", "error", "settings/production.toml:2"),
        ("CORS001", "error", "settings/production.toml:4"),
        ("DB001", "error", "settings/production.toml:6"),
    ]


def test_production_rules_are_silent_elsewhere(own: MakeProject) -> None:
    profile = '[default.app]\ndebug = true\n[default.cors]\nallow_origins = ["*"]\n'
    assert found(clean(own, common=profile), "development", "testing") == []


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_tls_that_encrypts_is_not_off(own: MakeProject, mode: str) -> None:
    assert told_by("DB001", clean(own, CLEAN.replace("verify-full", mode))) == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "/var/run/postgresql"])
def test_a_local_server_needs_no_tls(own: MakeProject, host: str) -> None:
    profile = CLEAN.replace("db.example.com", host).replace("verify-full", "disable")
    assert told_by("DB001", clean(own, profile)) == []


@pytest.mark.parametrize(
    "password", ["postgres", "changeme", "", "assay", "<your password>", "TODO", "xxxxxx", "123456"]
)
def test_a_default_password_is_found_where_it_stands(own: MakeProject, password: str) -> None:
    profile = CLEAN.replace("uN9#kd82!xQ4-vT7", password).replace(
        "[production.database]", "[production.database]\nname = 'assay'"
    )
    assert told_by("DB002", clean(own, profile)) == [("error", ".secrets.toml:6")]


def test_a_default_password_in_a_variable_names_the_variable(own: MakeProject) -> None:
    told = told_by("DB002", clean(own), ASSAY_DATABASE__PASSWORD="postgres")
    assert told == [("error", "ASSAY_DATABASE__PASSWORD")]


def test_a_default_password_inside_a_url_is_found(own: MakeProject) -> None:
    url = "postgresql://app:postgres@db.example.com/orders?sslmode=verify-full"
    assert told_by("DB002", own(), DATABASE_URL=url) == [("error", "DATABASE_URL")]


def test_a_reference_is_no_default_password(own: MakeProject) -> None:
    told = found(clean(own, CLEAN.replace("uN9#kd82!xQ4-vT7", "${DB_PASSWORD}")))
    assert told == [("ENV007", "error", ".secrets.toml:5")]  # a placeholder that nobody fills


def test_a_default_password_that_is_merely_inherited_is_a_warning(own: MakeProject) -> None:
    project = own({"settings.toml": CLEAN.replace("production", "default").replace("uN9#kd82!xQ4-vT7", "postgres")})
    told = told_by("DB002", project, "production", ENV_FOR_DYNACONF="development")
    assert told == [("warning", "settings.toml:5")]


@pytest.mark.parametrize("key", ["changeme", "your-secret-key-here", "<secret>", "django-insecure-abc", ""])
def test_a_placeholder_is_no_secret_key(own: MakeProject, key: str) -> None:
    profile = CLEAN.replace("K7v!mQ2x-Zt9Lw4pRb8Ys3Nd6Hf1Jc5Ge0", key)
    assert told_by("APP002", clean(own, profile)) == [("error", ".secrets.toml:2")]


def test_a_placeholder_is_told_for_information_outside_production(own: MakeProject) -> None:
    project = own({"settings.toml": '[development.app]\nsecret_key = "changeme"\n'})
    assert told_by("SEC001", project, "development") == [("info", "settings.toml:2")]


def test_rules_work_on_a_foreign_project_by_name(project: MakeProject) -> None:
    profile = '[production]\nDEBUG = true\nCORS_ORIGINS = ["*"]\nAPI_TOKEN = "changeme"\n'
    profile += 'DATABASE_URL = "postgresql://app:postgres@db.example.com/orders"\n'
    assert set(found(project({"settings.toml": profile}))) >= {
        ("APP001", "error", "settings.toml:2"),
        ("CORS001", "error", "settings.toml:3"),
        ("DB001", "warning", "settings.toml:5"),
        ("DB002", "error", "settings.toml:5"),
        ("SEC001", "error", "settings.toml:4"),
    }
