import pytest

from app.roles import Role, infer, is_secret

SECRETS = [
    "password", "PASSWORD", "db_password", "dbPassword", "DB-PASSWORD", "passwd", "pwd", "passphrase", "api_key",
    "apiKey", "API_KEY", "token", "auth_token", "access_token", "secret", "client_secret", "secret_key", "SECRET_KEY",
    "aws_secret_access_key", "private_key", "signing_key", "jwt_secret", "credentials", "AccessKey",
]  # fmt: skip

LOOK_ALIKES = [
    "port", "host", "debug", "password_min_length", "password_reset_timeout", "token_ttl", "token_expire_minutes",
    "secret_name", "api_key_header", "access_token_expire_minutes", "tokenizer", "secretary", "compass", "bypass_cache",
    "keyboard", "monkey", "password_file", "token_url", "passport", "author", "key",
]  # fmt: skip


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_known_by_its_name(name: str) -> None:
    assert is_secret(infer(("service", name), "value"))


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_what_only_sounds_like_a_secret_is_none(name: str) -> None:
    assert not is_secret(infer(("service", name), "value"))


def test_a_switch_is_no_secret_whatever_it_is_called() -> None:
    assert infer(("password",), True) is None  # noqa: FBT003 - the value of a leaf


def test_a_number_under_a_secret_name_is_secret() -> None:
    assert infer(("password",), 123456) is Role.PASSWORD


@pytest.mark.parametrize(
    "path", [("api_keys", 0), ("tokens", 3), ("service", "passwords", 0), ("secrets", "stripe"), ("credentials", "ftp")]
)
def test_what_stands_among_secrets_is_secret(path: tuple[str | int, ...]) -> None:
    assert is_secret(infer(path, "abc"))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("max_tokens",), 4096),
        (("tokens",), 3),
        (("credentials", "username"), "app"),
        (("secrets", "path"), "/run/secrets"),
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
