import pytest
from canaries import known
from production_profiles import PRODUCTION, keys, own_keys, said
from projects import MakeProject
from told import SECTIONED, findings, told

GOOD = "cAnary_dQ2vX8rN4kTz7wLmB1yHc6sJf0gPa9eUo"
SHORT = known("m4t8!vRq")

FIRES = [
    ("APP001", 'DEBUG = "True"', "debug"),
    ("APP001", "debug = 1", "debug"),
    ("APP001", "flask = { debug_mode = true }", "flask.debug_mode"),
    ("APP001", 'app = { enableDebug = "on" }', "app.enableDebug"),
    ("APP002", 'SECRET_KEY = "django-insecure-8$k2l9-very-long-and-random-7d6f5s4a3"', "secret_key"),
    ("APP002", f'app = {{ secret_key = "dev-{GOOD}" }}', "app.secret_key"),
    ("APP002", f'app = {{ secret_key = "development{GOOD}" }}', "app.secret_key"),
    ("APP002", 'secret_key = "please-change-this-key-in-production-0123456789"', "secret_key"),
    ("APP002", 'secret_key = "Change_Me_in_production_or_be_sorry_0123456789"', "secret_key"),
    ("APP002", 'secret_key = "your-256-bit-session-secret-key-goes-here-0123"', "secret_key"),
    ("APP002", f'session_secret = "{SHORT}"', "session_secret"),
    ("APP002", 'secret_key = "abababababababababababababababababababab"', "secret_key"),
    ("APP002", 'secret_key = "changeme"', "secret_key"),
    ("APP002", 'secret_key = ""', "secret_key"),
    ("APP002", "secret_key = 12345678", "secret_key"),
    ("APP003", 'uvicorn = { reload = "true" }', "uvicorn.reload"),
    ("APP003", "TEMPLATES_AUTO_RELOAD = true", "templates_auto_reload"),
    ("APP003", "enable_profiler = true", "enable_profiler"),
    ("APP003", "werkzeug = { use_debugger = 1 }", "werkzeug.use_debugger"),
    ("APP004", 'docs_url = "/docs"', "docs_url"),
    ("APP004", 'api = { openapi_url = "/api/v1/openapi.json" }', "api.openapi_url"),
    ("APP004", "api = { docs = { enabled = true, url = '/docs' } }", "api.docs.enabled"),
    ("APP004", 'swagger_enabled = "yes"', "swagger_enabled"),
    ("APP005", 'ALLOWED_HOSTS = ["orders.example.com", "*"]', "allowed_hosts[1]"),
    ("APP005", "allowed_hosts = []", "allowed_hosts"),
    ("APP005", 'allowed_hosts = ""', "allowed_hosts"),
    ("APP005", 'server = { trusted_hosts = "a.example.com, *" }', "server.trusted_hosts"),
    ("APP005", """allowed_hosts = '["*"]'""", "allowed_hosts"),
    ("APP005", 'allowed_hosts = ["*:8000"]', "allowed_hosts[0]"),
    ("APP006", 'trusted_proxies = ["*"]', "trusted_proxies[0]"),
    ("APP006", 'server = { forwarded_allow_ips = "*" }', "server.forwarded_allow_ips"),
    ("APP006", 'trusted_proxies = ["10.0.0.1", "0.0.0.0/0"]', "trusted_proxies[1]"),
    ("APP006", 'trusted_proxies = ["::/0"]', "trusted_proxies[0]"),
    ("APP006", "trusted_proxies = true", "trusted_proxies"),
    ("APP007", "max_body_size = 0", "max_body_size"),
    ("APP007", "MAX_CONTENT_LENGTH = -1", "max_content_length"),
    ("APP007", 'server = { max_upload_size = "unlimited" }', "server.max_upload_size"),
    ("APP007", 'client_max_body_size = "0m"', "client_max_body_size"),
    ("APP007", "body_limit = false", "body_limit"),
    ("APP007", 'data_upload_max_memory_size = "@none"', "data_upload_max_memory_size"),
    ("APP008", 'base_url = "http://orders.example.com"', "base_url"),
    ("APP008", 'PUBLIC_URL = "HTTP://orders.example.com/x"', "public_url"),
    ("APP008", 'app = { external_url = "http://10.0.0.7:8080" }', "app.external_url"),
    ("LOG001", 'LOG_LEVEL = "DEBUG"', "log_level"),
    ("LOG001", 'logging = { level = "trace" }', "logging.level"),
    ("LOG001", 'logging = { root = { level = "NOTSET" } }', "logging.root.level"),
    ("LOG001", "log = { level = 10 }", "log.level"),
    ("LOG001", 'log_level = "10"', "log_level"),
    ("LOG001", 'logging = { loggers = { orders = { level = "DEBUG" } } }', "logging.loggers.orders.level"),
    ("LOG001", "database = { echo = true }", "database.echo"),
    ("LOG001", 'SQLALCHEMY_ECHO = "debug"', "sqlalchemy_echo"),
    ("LOG001", "sqlalchemy = { engine_options = { echo = true } }", "sqlalchemy.engine_options.echo"),
    ("LOG002", 'logging = { format = "console" }', "logging.format"),
    ("LOG002", 'log_format = "%(asctime)s %(message)s"', "log_format"),
    ("LOG002", 'loguru = { format = "{time} {level} {message}" }', "loguru.format"),
    ("LOG002", "json_logs = false", "json_logs"),
    ("LOG002", 'log_renderer = "Pretty"', "log_renderer"),
]

SILENT = [
    ("APP001", "debug_level = 0"),
    ("APP001", 'log_level = "info"'),
    ("APP001", 'debug = ""'),
    ("APP001", "debug = 0"),
    ("APP001", 'debug = "${DEBUG}"'),
    ("APP002", f'secret_key = "{GOOD}"'),
    ("APP002", 'secret_key = "${SECRET_KEY}"'),
    ("APP002", 'secret_key = "vault:secret/orders#key"'),
    ("APP002", 'aws = { secret_key = "short" }'),
    ("APP002", "secret_key_rotation_days = 30"),
    ("APP002", f'secret_key = "{GOOD[::-1]}devious"'),
    ("APP003", "reload = false"),
    ("APP003", 'reload_path = "/srv/orders"'),
    ("APP003", 'debugger = "pdb"'),
    ("APP003", "reload_interval = 1"),
    ("APP004", 'docs_url = "https://docs.example.com/orders"'),
    ("APP004", 'docs = "/srv/orders/docs"'),
    ("APP004", 'openapi = "docs/openapi.yaml"'),
    ("APP004", 'openapi_version = "3.1.0"'),
    ("APP004", 'docs_url = ""'),
    ("APP004", 'docs_url = "false"'),
    ("APP004", "docs = { enabled = false, url = '/docs' }"),
    ("APP004", 'docs = ["/guide"]'),
    ("APP005", 'allowed_hosts = ["orders.example.com", ".example.com", "*.example.com"]'),
    ("APP005", 'allowed_hosts = "${ALLOWED_HOSTS}"'),
    ("APP005", 'allowed_host_headers = ["*"]'),
    ("APP006", 'trusted_proxies = ["10.0.0.0/8", "::1"]'),
    ("APP006", "trusted_proxies = []"),
    ("APP007", "max_body_size = 65536"),
    ("APP007", 'client_max_body_size = "10m"'),
    ("APP007", "max_content_age = 0"),
    ("APP008", 'base_url = "https://orders.example.com"'),
    ("APP008", 'base_url = "http://localhost:8000"'),
    ("APP008", 'base_url = "http://[::1]:8000"'),
    ("APP008", 'payments = { base_url = "http://payments" }'),
    ("APP008", 'base_url = "http://${HOST}/"'),
    ("LOG001", 'log_level = "info"'),
    ("LOG001", "log_level = 20"),
    ("LOG001", "verbosity = 1"),
    ("LOG001", 'logging = { handlers = { console = { level = "DEBUG" } } }'),
    ("LOG001", 'log_level = "${LOG_LEVEL}"'),
    ("LOG001", "database = { echo = false }"),
    ("LOG001", 'echo = { level = "debug" }'),
    ("LOG002", 'logging = { format = "json" }'),
    ("LOG002", 'log_format = "logfmt"'),
    ("LOG002", """log_format = '{"level": "%(levelname)s"}'"""),
    ("LOG002", 'json_logs = true\nlog_format = "%(message)s"'),
    ("LOG002", 'image_format = "plain"'),
]


@pytest.mark.parametrize(("rule", "lines", "key"), FIRES)
def test_it_is_found_in_a_project_without_a_model(project: MakeProject, rule: str, lines: str, key: str) -> None:
    assert key in keys(project, rule, lines)


@pytest.mark.parametrize(("rule", "lines"), SILENT)
def test_what_only_looks_like_it_is_not(project: MakeProject, rule: str, lines: str) -> None:
    assert keys(project, rule, lines) == []


@pytest.mark.parametrize("text", ["false", "off", "0", "No"])
def test_a_text_that_says_no_is_true_in_python(project: MakeProject, text: str) -> None:
    made = project({"settings.toml": f"[production]\ndebug = '{text}'\n", "assay.toml": SECTIONED})
    (found,) = findings(made, "APP001")
    assert found["severity"] == "warning"
    assert f"the text {text!r}" in found["message"]
    assert found["edit"]["value"] is False


def test_a_model_that_makes_a_boolean_of_it_is_believed(own: MakeProject) -> None:
    assert own_keys(own, "APP001", "[production.app]\ndebug = 'off'\n") == []


@pytest.mark.parametrize(
    ("rule", "profile", "key"),
    [
        ("APP001", "[production.app]\ndebug = true\n", "app.debug"),
        ("APP002", f'[production.app]\nsecret_key = "{SHORT}"\n', "app.secret_key"),
        ("APP004", "", "app.docs"),
        ("APP005", '[production.server]\nallowed_hosts = ["*"]\n', "server.allowed_hosts[0]"),
        ("APP005", "[production.server]\nallowed_hosts = []\n", "server.allowed_hosts"),
        ("APP006", '[production.server]\ntrusted_proxies = ["0.0.0.0/0"]\n', "server.trusted_proxies[0]"),
        ("APP008", '[production.server]\nbase_url = "http://orders.example.com"\n', "server.base_url"),
        ("LOG001", '[production.logging]\nlevel = "debug"\n', "logging.level"),
        ("LOG002", "", "logging.format"),
    ],
)
def test_it_is_found_in_the_services_own_settings(own: MakeProject, rule: str, profile: str, key: str) -> None:
    assert own_keys(own, rule, profile) == [key]


@pytest.mark.parametrize("rule", ["APP001", "APP003", "APP005", "APP006", "APP007", "APP008", "LOG001"])
def test_the_models_own_defaults_are_fit_for_production(own: MakeProject, rule: str) -> None:
    assert own_keys(own, rule, "") == []


@pytest.mark.parametrize(
    ("url", "rest"),
    [
        ("http://orders.example.com:8080/store/", "orders.example.com/store/"),
        ("http://[2001:db8::7]/x", "[2001:db8::7]/x"),
        ("http://u:pw@orders.example.com/x?token=t", "orders.example.com/…"),
    ],
)
def test_the_safe_url_keeps_the_path(project: MakeProject, url: str, rest: str) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": f'[production]\nbase_url = "{url}"\n'})
    (finding,) = findings(made, "APP008", "production")
    assert f'base_url = "https://{rest}"' in finding["fix"]


@pytest.mark.parametrize(("rule", "key"), [("APP008", "base_url"), ("NET001", "payments_url")])
def test_a_url_in_a_file_of_secrets_is_not_quoted(project: MakeProject, rule: str, key: str) -> None:
    files = {"settings.toml": "[production]\n", ".secrets.toml": f'[production]\n{key} = "http://a.example.com/x"\n'}
    made = project({"assay.toml": f'{SECTIONED}settings_files = ["settings.toml", ".secrets.toml"]\n', **files})
    (finding,) = findings(made, rule, "production")
    assert "example.com" not in f"{finding['message']}{finding['fix']}"
    assert f'{key} = "https://…"' in finding["fix"]


def test_each_finding_points_at_the_line_that_is_guilty(project: MakeProject) -> None:
    lines = '[default]\nsecret_key = "short"\n[production]\nreload = true\n'
    lines += 'allowed_hosts = [\n  "a.example.com",\n  "*",\n]\n'
    made = project({"assay.toml": SECTIONED, "settings.toml": lines})
    assert told(made, "APP002", "production") == ["error production secret_key settings.toml:2:1"]
    assert told(made, "APP003", "production") == ["error production reload settings.toml:4:1"]
    assert told(made, "APP005", "production") == ["error production allowed_hosts[1] settings.toml:7:3"]


def test_a_variable_that_is_guilty_is_named(project: MakeProject) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": '[production]\nlog_level = "info"\n'})
    found = told(made, "LOG001", **PRODUCTION, DYNACONF_LOG_LEVEL="debug")
    assert found == ["warning production log_level DYNACONF_LOG_LEVEL"]


def test_a_declared_role_is_judged_whatever_the_key_is_called(project: MakeProject) -> None:
    options = SECTIONED + 'roles = { "app.knob" = "debug", "app.pepper" = "secret-key" }\n'
    profile = '[production.app]\nknob = true\npepper = "short"\n'
    made = project({"assay.toml": options, "settings.toml": profile})
    assert told(made, "APP001") == ["error production app.knob settings.toml:2:1"]
    assert told(made, "APP002") == ["error production app.pepper settings.toml:3:1"]


@pytest.mark.parametrize("key", ["canary7", "dev-canary7-canary7-canary7-canary7-canary7"])
def test_a_weak_key_is_not_shown(project: MakeProject, key: str) -> None:
    (finding,) = said(project, "APP002", f'secret_key = "{key}"')
    assert "canary7" not in str(finding)


@pytest.mark.parametrize("rule", sorted({rule for rule, _, _ in FIRES}))
def test_nothing_is_told_outside_production_like_environments(project: MakeProject, rule: str) -> None:
    for _, lines, _ in (case for case in FIRES if case[0] == rule):
        made = project({"assay.toml": SECTIONED, "settings.toml": f"[development]\n{lines}\n[production]\n"})
        assert told(made, rule) == []


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ('log_level = "DEBUG"', "INFO"),
        ('log_level = "debug"', "info"),
        ('log_level = "logging.DEBUG"', "logging.INFO"),
        ("log_level = 10", 20),
        ('log_level = "10"', "20"),
        ('logging = { loggers = { orders = { level = "debug" } } }', "INFO"),
    ],
)
def test_the_level_to_write_is_one_that_its_reader_takes(project: MakeProject, line: str, level: object) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": f"[production]\n{line}\n"})
    (found,) = findings(made, "LOG001")
    assert found["edit"]["value"] == level


@pytest.mark.parametrize("line", ['log_format = "%(message)s"', 'logging = { formatter = "simple" }'])
def test_pythons_logging_is_not_told_to_take_json_for_a_template(project: MakeProject, line: str) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": f"[production]\n{line}\n"})
    (found,) = findings(made, "LOG002")
    assert "formatter" in found["fix"]
    assert '"json"' not in found["fix"]
    assert "edit" not in found
