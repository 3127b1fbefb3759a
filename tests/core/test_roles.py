import pytest

from app.core.roles import Role, infer, is_secret

SECRETS = [
    "password", "PASSWORD", "db_password", "dbPassword", "DB-PASSWORD", "passwd", "pwd", "passphrase", "api_key",
    "apiKey", "API_KEY", "token", "auth_token", "access_token", "secret", "client_secret", "secret_key", "SECRET_KEY",
    "aws_secret_access_key", "private_key", "signing_key", "jwt_secret", "credentials", "AccessKey",
    "digest_key", "HMAC_KEY", "master_key",
]  # fmt: skip

LOOK_ALIKES = [
    "password_hasher", "secret_manager", "reset_password_template",
    "port", "host", "debug", "password_min_length", "password_reset_timeout", "token_ttl", "token_expire_minutes",
    "secret_name", "api_key_header", "access_token_expire_minutes", "tokenizer", "secretary", "compass", "bypass_cache",
    "keyboard", "monkey", "password_file", "token_url", "passport", "author", "key",
]  # fmt: skip

PURPOSES = [
    ("debug_mode", Role.DEBUG), ("flask.debugToolbar", Role.RELOAD), ("templates_auto_reload", Role.RELOAD),
    ("docs_url", Role.DOCS), ("api.docs.enabled", Role.DOCS), ("DJANGO_ALLOWED_HOSTS", Role.ALLOWED_HOSTS),
    ("uvicorn.forwarded_allow_ips", Role.TRUSTED_PROXIES), ("MAX_CONTENT_LENGTH", Role.BODY_LIMIT),
    ("base_url", Role.BASE_URL), ("server.base_url", Role.BASE_URL), ("payments.base_url", None),
    ("log_level", Role.LOG_LEVEL), ("logging.root.level", Role.LOG_LEVEL), ("level", None),
    ("json_logs", Role.LOG_FORMAT),
    ("sqlalchemy.engine_options.echo", Role.SQL_ECHO), ("mysql.echo", Role.SQL_ECHO), ("echo", None),
    ("cors.allow_origins", Role.ORIGINS), ("cors_allow_all_origins", Role.ORIGINS),
    ("cors.allow_credentials", Role.CORS_CREDENTIALS), ("SECURE_HSTS_SECONDS", Role.HSTS),
    ("hsts_include_subdomains", None), ("headers.X-Content-Type-Options", Role.NOSNIFF),
    ("secure_referrer_policy", Role.REFERRER_POLICY), ("headers.x_frame_options", Role.FRAME_OPTIONS),
    ("csp", Role.CONTENT_POLICY), ("csp_script_src", Role.CONTENT_POLICY),
    ("directives.script-src", Role.CONTENT_POLICY),
    ("session.https_only", Role.COOKIE_SECURE), ("secure", None), ("session_cookie_httponly", Role.COOKIE_HTTPONLY),
    ("session.same_site", Role.COOKIE_SAMESITE), ("session.secure", Role.COOKIE_SECURE),
    ("session.httponly", Role.COOKIE_HTTPONLY), ("session.http_only", Role.COOKIE_HTTPONLY),
    ("session.samesite", Role.COOKIE_SAMESITE), ("session.other", None),
    ("csrf.secure", Role.COOKIE_SECURE), ("csrf.https_only", Role.COOKIE_SECURE),
    ("csrf.httponly", Role.COOKIE_HTTPONLY), ("csrf.http_only", Role.COOKIE_HTTPONLY),
    ("csrf.samesite", Role.COOKIE_SAMESITE),
    ("csrf.same_site", Role.COOKIE_SAMESITE), ("jwt.algorithms", Role.JWT_ALGORITHM),
    ("algorithm", Role.JWT_ALGORITHM), ("compression.algorithm", None),
    ("access_token_expire_minutes", Role.JWT_EXPIRY),
    ("jwt_exp_delta_seconds", Role.JWT_EXPIRY), ("cache_ttl", None), ("verify_ssl", Role.VERIFY),
    ("tls.insecure_skip_verify", Role.INSECURE), ("no_verify_ssl", Role.INSECURE), ("verify", None),
]  # fmt: skip


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_known_by_its_name(name: str) -> None:
    assert is_secret(infer(("service", name), "value"))


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_what_only_sounds_like_a_secret_is_none(name: str) -> None:
    assert not is_secret(infer(("service", name), "value"))


def test_what_has_no_name_is_told_by_its_form_alone() -> None:
    assert infer((0,), "sq7HjrUOBfKmC576ILgskD5s") is None
    assert infer((0, 1), "https://a.example.com") is Role.URL


def test_a_switch_is_no_secret_whatever_it_is_called() -> None:
    assert infer(("password",), True) is None  # noqa: FBT003 - the value of a leaf


def test_a_number_under_a_secret_name_is_secret() -> None:
    assert infer(("password",), 123456) is Role.PASSWORD


@pytest.mark.parametrize(
    "path",
    [
        ("api_keys", 0), ("tokens", 3), ("service", "passwords", 0), ("secrets", "stripe"), ("credentials", "ftp"),
        ("api_keys",), ("service", "tokens"), ("PASSWORDS",), ("box", "secret_keys"),
    ],
)  # fmt: skip
def test_what_stands_among_secrets_is_secret(path: tuple[str | int, ...]) -> None:
    assert is_secret(infer(path, "abc"))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("max_tokens",), 4096),
        (("tokens",), 3),
        (("credentials", "username"), "app"),
        (("secrets", "path"), "/run/secrets"),
        (("secrets",), "/run/secrets"),
        (("stop_tokens",), "end"),
        (("tokens",), True),
        (("tokens", 0, "name"), "ci"),
        (("tokens", 0, "role"), "viewer"),
    ],
)
def test_what_counts_or_describes_secrets_is_none(path: tuple[str | int, ...], value: object) -> None:
    assert not is_secret(infer(path, value))


@pytest.mark.parametrize(("name", "role"), [("debug", Role.DEBUG), ("debug_level", None), ("DEBUG_MODE", Role.DEBUG)])
def test_a_debug_switch_is_told_from_a_level(name: str, role: Role | None) -> None:
    assert infer((name,), "x") is role


def test_a_url_with_a_password_is_a_dsn_whatever_it_is_called() -> None:
    assert infer(("store",), "postgresql://u:p@h/d") is Role.DSN


@pytest.mark.parametrize(("key", "role"), PURPOSES)
def test_a_purpose_is_told_by_the_last_words(key: str, role: Role | None) -> None:
    assert infer(tuple(key.split(".")), 7) is role


@pytest.mark.parametrize("value", [True, "true"])
def test_the_credentials_that_cors_allows_are_a_switch_and_no_secret(value: object) -> None:
    assert infer(("cors", "allow_credentials"), value) is Role.CORS_CREDENTIALS


@pytest.mark.parametrize("value", ["http://a.example.com", "HTTPS://a.example.com"])
def test_a_url_under_any_other_name_is_a_url(value: str) -> None:
    assert infer(("store",), value) is Role.URL


@pytest.mark.parametrize("name", ["yahoo_key", "redsys_key_prod", "integrations_key", "AC_KEY", "user_key"])
def test_a_key_that_nobody_can_guess_is_secret(name: str) -> None:
    assert infer((name,), "sq7HjrUOBfKmC576ILgskD5s") is Role.SECRET
    assert infer((name,), "created_at") is None


@pytest.mark.parametrize("name", ["partition_key", "public_key", "key_path", "routing_key", "key_id", "key_of_eu"])
def test_a_key_that_is_a_name_or_public_is_none(name: str) -> None:
    assert infer((name,), "sq7HjrUOBfKmC576ILgskD5s") is None


def test_an_address_of_words_alone_is_no_secret_and_one_that_nobody_can_guess_is() -> None:
    assert infer(("webhook_url",), "https://shop.example/hooks/paid") is Role.URL
    assert is_secret(infer(("webhook_url",), "https://hooks.example/x7f3a9"))


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("secret_key", Role.SECRET_KEY),
        ("app.secret_key", Role.SECRET_KEY),
        ("stripe.secret_key", Role.SECRET),
        ("stripe_secret_key", Role.SECRET),
        ("session_secret", Role.SECRET_KEY),
        ("stripe_session_secret", Role.SECRET),
        ("stripe_secret", Role.SECRET),
        ("jwt.secret", Role.SIGNING_KEY),
        ("jwt_secret_key", Role.SIGNING_KEY),
        ("jwt_private_key", Role.SIGNING_KEY),
        ("jws.private_key", Role.SIGNING_KEY),
        ("private_key", Role.SECRET),
    ],
)
def test_the_secret_key_is_the_applications_own_and_no_strangers(key: str, role: Role) -> None:
    assert infer(tuple(key.split(".")), "x") is role


def test_an_address_with_a_user_in_it_is_not_one_of_words_alone() -> None:
    assert is_secret(infer(("webhook_url",), "https://ann@shop.example/hooks/paid"))
