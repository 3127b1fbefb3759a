from typing import Any

import pytest
from projects import MakeProject, ProjectFolder

CLEAN = """\
[production.app]
secret_key = "K7v!mQ2x-Zt9Lw4pRb8Ys3Nd6Hf1Jc5Ge0"
[production.database]
host = "db.example.com"
password = "uN9#kd82!xQ4-vT7"
tls = { mode = "verify-full" }
"""


def found(project: ProjectFolder, *environments: str, **environ: str) -> list[tuple[str, str, str | None]]:
    environ = {"ENV_FOR_DYNACONF": "production"} | environ
    report = project.assay("check", *(environments or ("production",)), "--format", "json", **environ).json
    findings = [finding for one in report["environments"] for finding in one["findings"]]
    return [(finding["rule"], finding["severity"], place(finding["origin"])) for finding in findings]


def place(origin: dict[str, Any] | None) -> str | None:
    if origin is None:
        return None
    return origin["name"] if origin["kind"] == "variable" else f"{origin['file']}:{origin['line']}"


def test_a_clean_production_has_no_finding(own: MakeProject) -> None:
    assert found(own({".secrets.toml": CLEAN})) == []


def test_debug_any_origin_and_no_tls_are_found_at_their_lines(own: MakeProject) -> None:
    profile = '[production.app]\ndebug = true\n[production.cors]\nallow_origins = ["*"]\n'
    profile += '[production.database]\ntls = { mode = "disable" }\n'
    project = own(
        {"settings/production.toml": profile, ".secrets.toml": CLEAN.replace('tls = { mode = "verify-full" }', "")}
    )
    assert found(project) == [
        ("APP001", "error", "settings/production.toml:2"),
        ("CORS001", "error", "settings/production.toml:4"),
        ("DB001", "error", "settings/production.toml:6"),
    ]


def test_production_rules_are_silent_elsewhere(own: MakeProject) -> None:
    profile = '[default.app]\ndebug = true\n[default.cors]\nallow_origins = ["*"]\n'
    assert found(own({"settings.toml": profile}), "development", "testing") == []


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_tls_that_encrypts_is_not_off(own: MakeProject, mode: str) -> None:
    assert found(own({".secrets.toml": CLEAN.replace("verify-full", mode)})) == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "/var/run/postgresql"])
def test_a_local_server_needs_no_tls(own: MakeProject, host: str) -> None:
    profile = CLEAN.replace("db.example.com", host).replace("verify-full", "disable")
    assert found(own({".secrets.toml": profile})) == []


@pytest.mark.parametrize(
    "password", ["postgres", "changeme", "", "assay", "<your password>", "TODO", "xxxxxx", "123456"]
)
def test_a_default_password_is_found_where_it_stands(own: MakeProject, password: str) -> None:
    profile = CLEAN.replace("uN9#kd82!xQ4-vT7", password).replace(
        "[production.database]", "[production.database]\nname = 'assay'"
    )
    assert found(own({".secrets.toml": profile})) == [("DB002", "error", ".secrets.toml:6")]


def test_a_default_password_in_a_variable_names_the_variable(own: MakeProject) -> None:
    project = own({".secrets.toml": CLEAN})
    assert found(project, ASSAY_DATABASE__PASSWORD="postgres") == [("DB002", "error", "ASSAY_DATABASE__PASSWORD")]


def test_a_default_password_inside_a_url_is_found(own: MakeProject) -> None:
    url = "postgresql://app:postgres@db.example.com/orders?sslmode=verify-full"
    environ = {"DATABASE_URL": url, "ASSAY_APP__SECRET_KEY": "K7v!mQ2x-Zt9Lw4pRb8Ys3Nd6Hf1Jc5Ge0"}
    assert found(own(), **environ) == [("DB002", "error", "DATABASE_URL"), ("ENV003", "info", "DATABASE_URL")]


def test_a_reference_is_no_default_password(own: MakeProject) -> None:
    assert found(own({".secrets.toml": CLEAN.replace("uN9#kd82!xQ4-vT7", "${DB_PASSWORD}")})) == []


def test_a_default_password_that_is_merely_inherited_is_a_warning(own: MakeProject) -> None:
    project = own({"settings.toml": CLEAN.replace("production", "default").replace("uN9#kd82!xQ4-vT7", "postgres")})
    assert found(project, "production", ENV_FOR_DYNACONF="development") == [("DB002", "warning", "settings.toml:5")]


@pytest.mark.parametrize("key", ["changeme", "your-secret-key-here", "<secret>", "django-insecure-abc", ""])
def test_a_placeholder_is_no_secret(own: MakeProject, key: str) -> None:
    profile = CLEAN.replace("K7v!mQ2x-Zt9Lw4pRb8Ys3Nd6Hf1Jc5Ge0", key)
    assert found(own({".secrets.toml": profile})) == [("SEC001", "error", ".secrets.toml:2")]


def test_a_placeholder_is_told_for_information_outside_production(own: MakeProject) -> None:
    project = own({"settings.toml": '[development.app]\nsecret_key = "changeme"\n'})
    assert found(project, "development") == [("SEC001", "info", "settings.toml:2")]


def test_rules_work_on_a_foreign_project_by_name(project: MakeProject) -> None:
    profile = '[production]\nDEBUG = true\nCORS_ORIGINS = ["*"]\nAPI_TOKEN = "changeme"\n'
    profile += 'DATABASE_URL = "postgresql://app:postgres@db.example.com/orders"\n'
    assert found(project({"settings.toml": profile})) == [
        ("APP001", "error", "settings.toml:2"),
        ("CORS001", "error", "settings.toml:3"),
        ("DB001", "warning", "settings.toml:5"),
        ("DB002", "error", "settings.toml:5"),
        ("SEC001", "error", "settings.toml:4"),
    ]
