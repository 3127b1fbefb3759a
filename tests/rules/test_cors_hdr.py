from typing import Any

import pytest
from production_profiles import PRODUCTION, keys, own_keys, said
from projects import MakeProject
from told import SECTIONED, related, told

FIRES = [
    ("CORS001", 'CORS_ORIGINS = "https://a.example.com,*"', "cors_origins"),
    ("CORS001", """cors_origins = '["*"]'""", "cors_origins"),
    ("CORS001", "CORS_ALLOW_ALL_ORIGINS = true", "cors_allow_all_origins"),
    ("CORS001", 'cors = { allow_all_origins = "yes" }', "cors.allow_all_origins"),
    ("CORS001", "cors = { origin_allow_all = 1 }", "cors.origin_allow_all"),
    ("CORS001", "cors_origins = true", "cors_origins"),
    ("CORS001", 'cors = { allow_origin_regex = ".*" }', "cors.allow_origin_regex"),
    ("CORS001", "CORS_ALLOWED_ORIGIN_REGEXES = ['^https?://.*$']", "cors_allowed_origin_regexes[0]"),
    ("CORS001", r"cors = { allow_origin_regex = '^(http|https):\/\/.+$' }", "cors.allow_origin_regex"),
    ("CORS001", "cors = { allow_origin_regex = '(https?://)?[^/]+' }", "cors.allow_origin_regex"),
    ("CORS001", "cors_origins = ['https://*']", "cors_origins[0]"),
    ("CORS001", 'cors_origins = ["*://*"]', "cors_origins[0]"),
    ("CORS002", 'cors = { allow_origins = ["*"], allow_credentials = true }', "cors.allow_credentials"),
    ("CORS002", 'CORS_ORIGINS = "*"\nCORS_SUPPORTS_CREDENTIALS = "true"', "cors_supports_credentials"),
    ("CORS002", "CORS_ALLOW_ALL_ORIGINS = true\nCORS_ALLOW_CREDENTIALS = true", "cors_allow_credentials"),
    ("CORS002", 'cors_origins = ["*"]\ncors = { allow_credentials = true }', "cors.allow_credentials"),
    ("CORS003", 'cors_origins = ["http://ops.example.com"]', "cors_origins[0]"),
    ("CORS003", 'cors_origins = "https://a.example.com, http://localhost:3000"', "cors_origins"),
    ("CORS003", 'cors = { allow_origins = ["https://localhost"] }', "cors.allow_origins[0]"),
    ("CORS003", 'cors = { allow_origins = ["https://127.0.0.1:8443"] }', "cors.allow_origins[0]"),
    ("CORS003", 'cors = { allow_origins = ["HTTPS://[::1]:8443"] }', "cors.allow_origins[0]"),
    ("CORS003", 'cors = { allow_origins = ["localhost:3000"] }', "cors.allow_origins[0]"),
    ("CORS003", 'cors = { allow_origins = ["https://app.localhost"] }', "cors.allow_origins[0]"),
    ("CORS003", r"cors = { allow_origin_regex = '^https?://.*\.example\.com$' }", "cors.allow_origin_regex"),
    ("CORS003", r"cors = { allow_origin_regex = '^https://localhost(:\d+)?$' }", "cors.allow_origin_regex"),
    ("HDR001", "SECURE_HSTS_SECONDS = 3600", "secure_hsts_seconds"),
    ("HDR001", "headers = { hsts_seconds = 0 }", "headers.hsts_seconds"),
    ("HDR001", 'hsts_max_age = "86400"', "hsts_max_age"),
    ("HDR001", "hsts_enabled = false", "hsts_enabled"),
    ("HDR001", "hsts = { max_age = 300 }", "hsts.max_age"),
    ("HDR001", 'headers = { "Strict-Transport-Security" = "max-age=300; includeSubDomains" }',
     "headers.Strict-Transport-Security"),
    ("HDR001", "hsts_seconds = 1", "hsts_seconds"),
    ("HDR002", "SECURE_CONTENT_TYPE_NOSNIFF = false", "secure_content_type_nosniff"),
    ("HDR002", 'headers = { x_content_type_options = "" }', "headers.x_content_type_options"),
    ("HDR002", 'headers = { x_content_type_options = "sniff" }', "headers.x_content_type_options"),
    ("HDR003", 'SECURE_REFERRER_POLICY = "unsafe-url"', "secure_referrer_policy"),
    ("HDR003", 'headers = { "Referrer-Policy" = "no-referrer-when-downgrade" }', "headers.Referrer-Policy"),
    ("HDR003", "referrer_policy = false", "referrer_policy"),
    ("HDR003", 'referrer_policy = ["no-referrer", "unsafe-url"]', "referrer_policy[1]"),
    ("HDR004", 'X_FRAME_OPTIONS = "ALLOWALL"', "x_frame_options"),
    ("HDR004", 'headers = { frame_options = "ALLOW-FROM https://a.example.com" }', "headers.frame_options"),
    ("HDR004", "headers = { frame_options = false }", "headers.frame_options"),
    ("HDR005", """csp = "script-src 'self' 'unsafe-eval'" """, "csp"),
    ("HDR005", """content_security_policy = "default-src *" """, "content_security_policy"),
    ("HDR005", """headers = { "Content-Security-Policy" = "style-src 'unsafe-inline'" }""",
     "headers.Content-Security-Policy"),
    ("HDR005", """CSP_SCRIPT_SRC = ["'self'", "'unsafe-inline'"]""", "csp_script_src[1]"),
    ("HDR005", """csp = { directives = { "script-src" = "'self' *" } }""", "csp.directives.script-src"),
    ("HDR005", """csp = "script-src 'nonce-abc' 'unsafe-inline'; style-src 'unsafe-inline'" """, "csp"),
    ("HDR005", """csp = "script-src 'nonce-abc' 'unsafe-eval'" """, "csp"),
]  # fmt: skip

SILENT = [
    ("CORS001", 'cors_origins = ["https://*.example.com"]'),
    ("CORS001", r"cors = { allow_origin_regex = 'https://.*\.example\.com' }"),
    ("CORS001", "cors_allow_all_origins = false"),
    ("CORS001", 'cors_allow_all_origins = "false"'),
    ("CORS001", 'cors = { allow_methods = ["*"], allow_headers = ["*"] }'),
    ("CORS001", "cors_origins = []"),
    ("CORS001", 'cors_origins = "${CORS_ORIGINS}"'),
    ("CORS002", 'cors = { allow_origins = ["https://a.example.com"], allow_credentials = true }'),
    ("CORS002", 'cors = { allow_origins = ["*"], allow_credentials = false }'),
    ("CORS002", "cors = { allow_credentials = true }"),
    ("CORS002", 'public = { allow_origins = ["*"] }\nprivate = { allow_credentials = true, allow_origins = [] }'),
    ("CORS003", 'cors_origins = ["https://localhost.example.com", "https://127.0.0.1.example.com"]'),
    ("CORS003", r"cors = { allow_origin_regex = '^https://localhost\.example\.com$' }"),
    ("CORS003", 'cors_origins = ["capacitor://localhost", "https://http.example.com"]'),
    ("CORS003", 'cors_origins = ["*", "http://*"]'),
    ("CORS003", 'callback_origin_url = "http://localhost"'),
    ("HDR001", "hsts_seconds = 31536000"),
    ("HDR001", "hsts_enabled = true"),
    ("HDR001", "hsts = 1"),
    ("HDR001", 'strict_transport_security = "max-age=63072000; preload"'),
    ("HDR001", "hsts_include_subdomains = false\nhsts = { preload = false }"),
    ("HDR001", 'hsts_seconds = "${HSTS}"'),
    ("HDR002", "nosniff = true"),
    ("HDR002", 'x_content_type_options = "NoSniff"'),
    ("HDR002", "content_type = false"),
    ("HDR003", 'referrer_policy = "strict-origin-when-cross-origin"'),
    ("HDR003", 'referrer_policy = "unsafe-url, same-origin"'),
    ("HDR003", 'referrer_policy = "${POLICY}"'),
    ("HDR003", "referrer_program = false"),
    ("HDR004", 'x_frame_options = "sameorigin"'),
    ("HDR004", "frame_options = true"),
    ("HDR004", """x_frame_options = ""\ncsp = "frame-ancestors 'none'" """),
    ("HDR004", "data_frame_rows = false"),
    ("HDR005", """csp = "default-src 'self'; img-src https://*.example.com data:" """),
    ("HDR005", """csp = "script-src 'self' 'nonce-{nonce}' 'unsafe-inline'" """),
    ("HDR005", """csp_script_src = ["'sha256-abc='", "'unsafe-inline'"]"""),
    ("HDR005", """csp = "script-src 'wasm-unsafe-eval'" """),
    ("HDR005", 'csp = "strict"'),
    ("HDR005", """csp_report_only = "script-src 'unsafe-inline'" """),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "lines", "key"), FIRES)
def test_it_is_found_in_a_project_without_a_model(project: MakeProject, rule: str, lines: str, key: str) -> None:
    assert key in keys(project, rule, lines)


@pytest.mark.parametrize(("rule", "lines"), SILENT)
def test_what_only_looks_like_it_is_not(project: MakeProject, rule: str, lines: str) -> None:
    assert keys(project, rule, lines) == []


@pytest.mark.parametrize(
    ("rule", "profile", "key"),
    [
        ("CORS001", '[production.cors]\nallow_origins = ["*"]\n', "cors.allow_origins[0]"),
        ("CORS002", '[production.cors]\nallow_origins = ["*"]\nallow_credentials = true\n', "cors.allow_credentials"),
        ("CORS003", '[production.cors]\nallow_origins = ["http://a.example.com"]\n', "cors.allow_origins[0]"),
        ("HDR001", "", "headers.hsts_seconds"),
        ("HDR001", "[production.headers]\nhsts_seconds = 31535999\n", "headers.hsts_seconds"),
        ("HDR002", "[production.headers]\nnosniff = false\n", "headers.nosniff"),
        ("HDR005", '[production.headers]\ncontent_policy = "default-src *"\n', "headers.content_policy"),
    ],
)
def test_it_is_found_in_the_services_own_settings(own: MakeProject, rule: str, profile: str, key: str) -> None:
    assert own_keys(own, rule, profile) == [key]


@pytest.mark.parametrize("rule", ["CORS001", "CORS002", "CORS003", "HDR002", "HDR003", "HDR004", "HDR005"])
def test_the_models_own_defaults_are_fit_for_production(own: MakeProject, rule: str) -> None:
    assert own_keys(own, rule, "") == []


def test_credentials_with_any_origin_point_at_both(project: MakeProject) -> None:
    profile = '[default.cors]\nallow_origins = [\n  "*",\n]\n[production.cors]\nallow_credentials = true\n'
    made = project({"assay.toml": SECTIONED + "merge_enabled = true\n", "settings.toml": profile})
    assert told(made, "CORS001", **PRODUCTION) == ["error production cors.allow_origins[0] settings.toml:3:3"]
    assert told(made, "CORS002", **PRODUCTION) == ["error production cors.allow_credentials settings.toml:6:1"]
    assert related(made, "CORS002", **PRODUCTION) == [["settings.toml:3:3"]]


def test_a_switch_for_all_origins_is_turned_off_and_a_list_is_filled(project: MakeProject) -> None:
    (switch,) = said(project, "CORS001", "cors_allow_all_origins = true")
    assert "cors_allow_all_origins = false" in switch["fix"]
    (entry,) = said(project, "CORS001", 'cors_origins = ["*"]')
    assert 'cors_origins = ["https://…"]' in entry["fix"]


def test_a_model_default_is_told_where_the_model_stands(own: MakeProject) -> None:
    (finding,) = [one for one in own_findings(own) if one["rule"] == "HDR001"]
    assert finding["origin"] == {"kind": "default", "model": "HeadersSettings"}
    assert "[production.headers] hsts_seconds = 31536000" in finding["fix"]


def own_findings(own: MakeProject) -> list[dict[str, Any]]:
    report = own().assay("check", "production", "--format", "json").json
    found: list[dict[str, Any]] = report["environments"][0]["findings"]
    return found


def test_a_message_says_which_source_stands_in_which_directive(project: MakeProject) -> None:
    (finding,) = said(project, "HDR005", """csp = "script-src 'unsafe-inline' *; img-src *" """)
    assert "unsafe-inline in script-src, * in script-src, * in img-src" in finding["message"]


@pytest.mark.parametrize("rule", sorted({rule for rule, _, _ in FIRES}))
def test_nothing_is_told_outside_production_like_environments(project: MakeProject, rule: str) -> None:
    for _, lines, _ in (case for case in FIRES if case[0] == rule):
        made = project({"assay.toml": SECTIONED, "settings.toml": f"[development]\n{lines}\n[production]\n"})
        assert told(made, rule) == []
