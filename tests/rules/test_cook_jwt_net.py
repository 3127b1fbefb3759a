import pytest
from canaries import known
from production_profiles import PRODUCTION, keys, own_keys, said
from projects import MakeProject
from told import SECTIONED, told

GOOD = "cAnary_dQ2vX8rN4kTz7wLmB1yHc6sJf0gPa9eUo"  # 40 bytes
LONG = f"{GOOD}{GOOD[::-1]}"
SHORT = known("hB3-zn7!Ku5d")
PEM = r"-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----"

FIRES = [
    ("COOK001", "SESSION_COOKIE_SECURE = false", "session_cookie_secure"),
    ("COOK001", 'csrf_cookie_secure = "off"', "csrf_cookie_secure"),
    ("COOK001", "session = { cookie = { secure = false } }", "session.cookie.secure"),
    ("COOK001", "session = { https_only = false }", "session.https_only"),
    ("COOK001", "cookies = { secure = 0 }", "cookies.secure"),
    ("COOK002", "SESSION_COOKIE_HTTPONLY = false", "session_cookie_httponly"),
    ("COOK002", 'cookie = { httpOnly = "false" }', "cookie.httpOnly"),
    ("COOK002", "session = { http_only = false }", "session.http_only"),
    ("COOK003", 'SESSION_COOKIE_SAMESITE = "None"', "session_cookie_samesite"),
    ("COOK003", 'session = { same_site = "none" }', "session.same_site"),
    ("JWT001", 'jwt_algorithm = "none"', "jwt_algorithm"),
    ("JWT001", 'jwt = { algorithms = ["HS256", "NONE"] }', "jwt.algorithms[1]"),
    ("JWT001", 'auth = { jwt = { algorithm = "None" } }', "auth.jwt.algorithm"),
    ("JWT001", 'ALGORITHM = "none"', "algorithm"),
    ("JWT001", 'JWT_ALGORITHMS = "HS256, none"', "jwt_algorithms"),
    ("JWT002", f'jwt_secret_key = "{SHORT}"', "jwt_secret_key"),
    ("JWT002", f'jwt = {{ secret = "{SHORT}" }}', "jwt.secret"),
    ("JWT002", 'signing_key = ""', "signing_key"),
    ("JWT002", 'JWT_SECRET = "your-256-bit-secret-key-for-signing-tokens-0001"', "jwt_secret"),
    ("JWT002", 'jwt_secret = "secret"', "jwt_secret"),
    ("JWT002", f'jwt = {{ secret = "{GOOD}", algorithm = "HS512" }}', "jwt.secret"),
    ("JWT002", f'jwt = {{ secret = "{GOOD}", algorithms = ["HS384"] }}', "jwt.secret"),
    ("JWT002", f'jwt = {{ secret = "{SHORT}", algorithms = ["HS256", "RS256"] }}', "jwt.secret"),
    ("JWT003", "jwt_access_token_expires = false", "jwt_access_token_expires"),
    ("JWT003", "access_token_expire_minutes = 0", "access_token_expire_minutes"),
    ("JWT003", 'jwt = { expires_in = "never" }', "jwt.expires_in"),
    ("JWT003", 'token_ttl = "-1"', "token_ttl"),
    ("JWT003", 'refresh_token_lifetime = "@none"', "refresh_token_lifetime"),
    ("JWT003", "jwt = { options = { verify_exp = false } }", "jwt.options.verify_exp"),
    ("JWT003", 'jwt_expiration = "0s"', "jwt_expiration"),
    ("NET001", 'payments_url = "http://payments.example.com/v1"', "payments_url"),
    ("NET001", 'search = { endpoint = "HTTP://search.example.com" }', "search.endpoint"),
    ("NET001", 'upstreams = ["https://a.example.com", "http://b.example.com"]', "upstreams[1]"),
    ("NET001", 'api = { base_url = "http://10.1.2.3:8080" }', "api.base_url"),
    ("NET001", 'issuer = "http://auth.example.com"', "issuer"),
    ("NET001", 'search = { node = "http://app:cAnary_uN9kd82xQ4vT7@search.example.com:9200" }', "search.node"),
    ("NET001", 'schema_registry_url = "http://registry.example.com"', "schema_registry_url"),
    ("NET001", 'service_url = "http://localhost.example.com"', "service_url"),
    ("NET002", "payments = { verify_ssl = false }", "payments.verify_ssl"),
    ("NET002", 'SSL_VERIFY = "0"', "ssl_verify"),
    ("NET002", 'search = { ssl_cert_reqs = "CERT_NONE" }', "search.ssl_cert_reqs"),
    ("NET002", "check_hostname = false", "check_hostname"),
    ("NET002", "tls = { insecure_skip_verify = true }", "tls.insecure_skip_verify"),
    ("NET002", 'ldap_tls_insecure = "yes"', "ldap_tls_insecure"),
    ("NET002", "reject_unauthorized = false", "reject_unauthorized"),
    ("NET002", 'payments = { url = "https://payments.example.com", verify = false }', "payments.verify"),
    ("NET002", "no_verify_ssl = 1", "no_verify_ssl"),
    ("NET002", 'otlp = { endpoint = "http://otel.example.com:4317", insecure = true }', "otlp.insecure"),
]

SILENT = [
    ("COOK001", "session_cookie_secure = true"),
    ("COOK001", 'cookie_secure = "auto"'),
    ("COOK001", 'cookie_secure = "${SECURE}"'),
    ("COOK001", "smtp = { secure = false }"),
    ("COOK002", "csrf_cookie_httponly = false"),
    ("COOK002", "LANGUAGE_COOKIE_HTTPONLY = false"),
    ("COOK002", "session_cookie_httponly = true"),
    ("COOK003", 'session_cookie_samesite = "Lax"'),
    ("COOK003", 'session_cookie_samesite = "@none"'),
    ("COOK003", "session_cookie_samesite = false"),
    ("COOK003", 'website = { policy = "none" }'),
    ("JWT001", 'jwt_algorithm = "HS256"'),
    ("JWT001", 'jwt = { algorithms = ["ES256", "EdDSA"] }'),
    ("JWT001", 'compression = { algorithm = "none" }'),
    ("JWT001", 'jwt_algorithm_hint = "none"'),
    ("JWT002", f'jwt_secret_key = "{GOOD}"'),
    ("JWT002", f'jwt = {{ secret = "{LONG}", algorithm = "HS512" }}'),
    ("JWT002", f'jwt = {{ secret = "{GOOD}" }}\nother = {{ jwt_algorithm = "HS512" }}'),
    ("JWT002", f'jwt_signing_key = "{PEM}"'),
    ("JWT002", 'jwt = { key = "kid-7", algorithm = "RS256" }'),
    ("JWT002", 'jwt_private_key = "/run/secrets/jwt"'),
    ("JWT002", 'signing_key = "./keys/jwt.pem"'),
    ("JWT002", 'jwt_secret = "${JWT_SECRET}"'),
    ("JWT002", 'jwt_key_id = "k1"'),
    ("JWT002", 'oauth = { client_secret = "short" }'),
    ("JWT003", "access_token_expire_minutes = 15"),
    ("JWT003", "token_expire_hours = 0\ntoken_expire_minutes = 30"),
    ("JWT003", "verify_exp = true"),
    ("JWT003", 'token_ttl = "15m"'),
    ("JWT003", 'token_ttl = "${TTL}"'),
    ("JWT003", "cache_ttl = 0"),
    ("JWT003", "cache = { token_ttl = 0 }\ntoken_cache_ttl = 0"),
    ("NET001", 'payments_url = "https://payments.example.com"'),
    ("NET001", 'orders_url = "http://orders:8080/"'),
    ("NET001", 'orders_url = "http://orders.default.svc:8080"'),
    ("NET001", 'orders_url = "http://orders.default.svc.cluster.local"'),
    ("NET001", 'orders_url = "http://127.0.0.1:8080"'),
    ("NET001", 'orders_url = "http://[::1]:8080"'),
    ("NET001", 'orders_url = "http://orders.corp.internal"'),
    ("NET001", 'metadata_url = "http://169.254.169.254/latest"'),
    ("NET001", '"$schema" = "http://json-schema.org/draft-07/schema#"'),
    ("NET001", 'saml = { claim = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name" }'),
    ("NET001", 'namespace = "http://www.w3.org/2000/svg"'),
    ("NET001", 'atom = "http://www.w3.org/2005/Atom"'),
    ("NET001", 'redirect_url = "http://a.example.com"\noauth = { callback = "http://a.example.com/cb" }'),
    ("NET001", 'links = { homepage = "http://a.example.com" }'),
    ("NET001", 'docs_url = "http://docs.example.com"'),
    ("NET001", 'http_proxy = "http://proxy.example.com:3128"'),
    ("NET001", 'orders_url = "http://${HOST}/"'),
    ("NET001", 'message = "see http://a.example.com"'),
    ("NET002", "verify_ssl = true"),
    ("NET002", 'verify = "/etc/ssl/ca.pem"\nverify_ssl = "/etc/ssl/ca.pem"'),
    ("NET002", 'ssl_cert_reqs = "required"'),
    ("NET002", "insecure = false"),
    ("NET002", 'otlp = { endpoint = "http://localhost:4317", insecure = true }'),
    ("NET002", "email = { verify = false }"),
    ("NET002", "verify_email = false"),
    ("NET002", 'verify_ssl = "${VERIFY}"'),
]


@pytest.mark.parametrize(("rule", "lines", "key"), FIRES)
def test_it_is_found_in_a_project_without_a_model(project: MakeProject, rule: str, lines: str, key: str) -> None:
    assert key in keys(project, rule, lines)


@pytest.mark.parametrize(("rule", "lines"), SILENT)
def test_what_only_looks_like_it_is_not(project: MakeProject, rule: str, lines: str) -> None:
    assert keys(project, rule, lines) == []


@pytest.mark.parametrize("rule", sorted({rule for rule, _, _ in FIRES}))
def test_the_services_own_settings_give_no_cause(own: MakeProject, rule: str) -> None:
    assert own_keys(own, rule, "") == []


def test_each_finding_points_at_the_line_that_is_guilty(project: MakeProject) -> None:
    profile = '[production]\nsession_cookie_secure = false\njwt_algorithms = [\n  "HS256",\n  "none",\n]\n'
    profile += '[production.payments]\nurl = "http://payments.example.com"\n'
    made = project({"assay.toml": SECTIONED, "settings.toml": profile})
    assert told(made, "COOK001") == ["error production session_cookie_secure settings.toml:2:1"]
    assert told(made, "JWT001") == ["error production jwt_algorithms[1] settings.toml:5:3"]
    assert told(made, "NET001") == ["warning production payments.url settings.toml:8:1"]


def test_a_variable_that_is_guilty_is_named(project: MakeProject) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": "[production]\nverify_ssl = true\n"})
    found = told(made, "NET002", **PRODUCTION, DYNACONF_VERIFY_SSL="false")
    assert found == ["error production verify_ssl DYNACONF_VERIFY_SSL"]


def test_declared_roles_are_judged_whatever_the_keys_are_called(project: MakeProject) -> None:
    options = SECTIONED + 'roles = { "a.knob" = "verify", "a.ink" = "signing-key", "a.peer" = "url" }\n'
    profile = '[production.a]\nknob = false\nink = "short"\npeer = "http://peer.example.com"\n'
    made = project({"assay.toml": options, "settings.toml": profile})
    assert [told(made, rule) for rule in ("NET002", "JWT002", "NET001")] == [
        ["error production a.knob settings.toml:2:1"],
        ["error production a.ink settings.toml:3:1"],
        ["warning production a.peer settings.toml:4:1"],
    ]


def test_a_key_or_a_password_in_a_url_is_not_shown(project: MakeProject) -> None:
    lines = 'jwt_secret = "canary7"\nsearch = "http://app:canary7@search.example.com:9200"'
    assert "canary7" not in str(said(project, "JWT002", lines) + said(project, "NET001", lines))


def test_the_fix_says_how_long_a_key_its_algorithm_needs(project: MakeProject) -> None:
    (finding,) = said(project, "JWT002", f'jwt = {{ secret = "{GOOD}", algorithm = "HS512" }}')
    assert "64 bytes" in finding["message"]


@pytest.mark.parametrize("rule", sorted({rule for rule, _, _ in FIRES}))
def test_nothing_is_told_outside_production_like_environments(project: MakeProject, rule: str) -> None:
    for _, lines, _ in (case for case in FIRES if case[0] == rule):
        made = project({"assay.toml": SECTIONED, "settings.toml": f"[development]\n{lines}\n[production]\n"})
        assert told(made, rule) == []
