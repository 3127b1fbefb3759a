"""What must be masked and what must not: names, forms, texts and places.

To teach the tests another, add it to the list that it belongs to; all of them stand in one project, which every
command, format, route and page is asked about.
"""

from collections.abc import Iterator

from canaries import known

_LETTERS = "7Qx2mV9tL4wKcZ8bNr5yJ3vXhY6sT1pGdFaEuRiOqWk0jUzBfHgSnMeDlPoIyCtA"
_HEX = "9f3a7c1e5b2d8f4a6c0e1b3d5f7a9c2e4b6d8f0a1c3e5b7d9f2a4c6e8b0d1f3a"


def _token(before: str, length: int, behind: str = "", *, letters: str = _LETTERS) -> str:
    """A token put together here, so that no scanner takes this file for a leak; its middle is looked for."""
    turn = sum(map(ord, before)) % 23
    body = (letters[turn:] + letters * 3)[:length]
    known(body[: min(length, 16)])
    return before + body + behind


NAMES = [
    "password", "PASSWORD", "db_password", "dbPassword", "DB-PASSWORD", "passwd", "smtp_pass", "pwd", "passphrase",
    "pass", "mail_pass", "admin_pw", "passcode", "db_password_prod", "password_old", "password2", "redisPassword",
    "password_reset_token", "api_key", "apiKey", "apikey", "stripe_api_key", "api_key_live", "access_key",
    "AWS_SECRET_ACCESS_KEY", "account_key", "storage_key", "shared_access_key", "subscription_key", "consumer_key",
    "consumer_secret", "auth_key", "deploy_key", "admin_key", "token", "auth_token", "access_token", "refreshToken",
    "bot_token", "githubToken", "token_github", "bearer", "secret", "client_secret", "clientSecret", "secret_key",
    "signing_key", "encryption_key", "private_key", "fernet_key", "fernet", "license_key", "activation_key",
    "hmac_key", "aes_key", "master_key", "session_key", "cookie_secret", "app_key", "jwt", "service_jwt", "jwt_key",
    "jwt_secret", "JWT_SECRET_KEY", "pepper", "password_pepper", "salt", "session_salt", "sentry_dsn", "basic_auth",
    "http_auth", "pin", "admin_pin", "pin_code", "webhook", "slack_webhook", "webhook_url", "webhook_secret",
    "credentials", "db_credentials", "authorization", "wifi_psk", "recovery_code", "backup_code", "mnemonic",
    "seed_phrase", "passwort", "kennwort", "totp_secret", "hash_key", "crypto_key", "ssh_key", "vault_token",
    "sas_token", "userpass", "password_user", "redis_password_cache", "licensekey", "serial_key", "activation_code",
    "access_code", "totp_seed", "signature_key", "hmac", "proxy_auth", "passkey", "pin_number", "admin_token_prod",
    "smtp_password_1", "token_of_ci", "license_code", "fernet_secret", "dwdbpass", "gqlpass", "mysqlpwd", "rsa_key",
    "slack_webhook_url", "teams_webhook_url",
]  # fmt: skip
"""Each is the name of a text."""

FORMS = [
    _token("AKIA", 16, letters="QW7ERT2YUI9OPAS4DFGH3JKL8ZXC5VBNM6"),
    _token("ghp" + "_", 36), _token("github" + "_pat_", 40), _token("gho" + "_", 36), _token("glpat" + "-", 20),
    _token("gldt" + "-", 20), _token("glptt" + "-", 40), _token("AIza", 35), _token("GOCSPX" + "-", 28),
    _token("ya29" + ".", 60), "-".join(("xoxb", "238470192837", _token("", 24))), _token("xapp" + "-1-A0-", 40),
    _token("https://hooks.slack.com/" + "services/T0LQX7MV9/B0WKCZ8BN/", 24),
    _token("https://discord.com/api/" + "webhooks/928374650192837465/", 60), _token("sk" + "_live_", 24),
    _token("rk" + "_live_", 24), _token("whsec" + "_", 32), _token("npm" + "_", 36),
    _token("pypi" + "-AgEIcHlwaS5vcmc", 60), _token("SG" + ".", 22, ".") + _token("", 43),
    _token("SK", 32, letters=_HEX), _token("sk" + "-ant-api03-", 60), _token("sk" + "-proj-", 48),
    _token("sk" + "-", 20, "T3Blbk" + "FJ") + _token("", 20),
    _token("hf" + "_", 34, letters="QxmVtLwKcZbNryJvXhYsTpGd"),
    _token("8273645190:", 35), _token("MTk4NjIyNDgzNDcxOTI1", 5, ".Cl2FMQ.") + _token("", 27),
    _token("eyJhbGciOiJIUzI1NiJ9.eyJ", 20, ".") + _token("", 43), _token("hvs" + ".", 24),
    _token("dop" + "_v1_", 64, letters=_HEX), _token("shpat" + "_", 32, letters=_HEX),
    _token("", 32, "-us14", letters=_HEX),
    _token("key" + "-", 32, letters=_HEX), _token("dapi", 32, letters=_HEX), _token("AKC", 24),
    _token("glsa" + "_", 40),
    _token("sq0atp" + "-", 22), _token("dckr" + "_pat_", 27), _token("lin_api" + "_", 40), _token("PMAK" + "-", 24, "-",
    letters=_HEX) + _token("", 34, letters=_HEX),
    "-----BEGIN RSA PRIVATE" + " KEY-----" + _token("", 40),
    "Bearer " + _token("", 24), "Basic " + _token("", 24),
]  # fmt: skip
"""Each stands under a name that tells nothing."""

TEXTS = [
    "postgresql://app:{}@db.example:5432/orders", "redis://:{}@cache.example/0", "https://user:{}@git.example/r.git",
    "https://{}0123456789abcdef@git.example/r.git", "https://api.example/hook?access_token={}",
    "https://api.example/hook?sig={}0123456789abcdef", "https://api.example/v1?key={}0123456789abcdef",
    "host=db.example user=app password={} dbname=orders", "Server=db.example;User Id=app;Password={};Encrypt=yes",
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey={};EndpointSuffix=core",
    '{{"user": "app", "password": "{}", "port": 5}}', "{{'api_key': '{}'}}", '{{"tokens": ["{}", "b"]}}',
    "curl -H 'Authorization: Bearer {}0123'", "X-Api-Key: {}", "see https://app:{}@one.example and the rest",
    "amqp://a:b@one.example,amqp://c:{}@two.example", "jdbc:postgresql://db.example/o?user=app&password={}",
]  # fmt: skip
"""Longer texts in which a secret stands; `{}` is its place."""

PLACED = [
    "key", "license", "code", "fernets", "cookie", "private", "encryption", "user", "endpoint", "salted", "host",
    "shared", "material", "seed", "answer", "value",
]  # fmt: skip
"""Names that tell nothing, and that a secrets file sets."""

SHOWN = {
    "password_min_length": 12, "passwordMaxAge": 90, "password_hasher": '"argon2-visible"',
    "password_reset_timeout": 3600, "password_policy": '"strict-visible"', "password_required": "true",
    "password_file": '"/run/visible/db"', "password_field": '"pw-visible"', "password_reset_url": '"https://v1.example/r"',
    "min_account_password": 6, "login_password_selector": '"#pw-visible"', "pwd_context_schemes": '["bcrypt-visible"]',
    "forbidden_passwords": '["letmein-visible"]', "password_validators": '["length-visible"]',
    "pass_threshold": 0.75, "pass_rate": 0.9, "proxy_pass": '"http://v2.example"', "token_url": '"https://v3.example/t"',
    "token_ttl": 3600, "max_tokens": 4096, "stop_tokens": '["</s-visible>"]', "special_tokens": '["<pad-visible>"]',
    "tokenizer": '"bpe-visible"', "token_type": '"Bearer-visible"', "token_algorithm": '"HS256-visible"',
    "token_issuer": '"issuer-visible"', "access_token_expire_minutes": 30, "token_budget": 1000,
    "token_price": 0.5, "api_key_env": '"NAME_VISIBLE"', "api_key_header": '"X-Api-Key-visible"',
    "url_param_api_key": '"apikey-visible"', "query_param_token": '"token-visible"',
    "api_key_name": '"key-visible"', "api_key_id": '"id-visible"', "secret_name": '"name-visible"',
    "secret_rotation_days": 30, "secret_arn": '"arn-visible"', "secret_id": '"secret-id-visible"',
    "public_key_path": '"/etc/visible/key.pub"', "public_key": '"public-visible"',
    "private_key_path": '"/etc/v/key.pem"',
    "private_key": '"keys/visible.pem"', "partition_key": '"tenant-visible"', "primary_key": '"pk-visible"',
    "sort_key": '"created-visible"', "cache_key_prefix": '"prefix-visible"', "routing_key": '"route-visible"',
    "key_length": 2048, "keyboard": '"qwertz-visible"', "monkey": '"banana-visible"', "author": '"ann-visible"',
    "compass": '"north-visible"', "bypass_cache": "false", "SaltStack": '[".sls-visible"]', "salt_length": 16,
    "jwt_algorithm": '"ES256-visible"', "jwt_issuer": '"jwt-visible"', "jwt_audience": '"audience-visible"',
    "jwt_expire_minutes": 15, "webhook_timeout": 5, "webhook_path": '"/hooks/visible"',
    "webhook_url": '"https://v4.example/hooks/paid"', "led_pin": 17, "pin_memory": "true", "spinning": '"yes-visible"',
    "opinion": '"fine-visible"', "license": '"MIT-visible"', "credentials_file": '"/etc/visible/c.json"',
    "authorization_url": '"https://v5.example/a"', "allow_credentials": "true", "username": '"admin-visible"',
    "user": '"admin"', "plan": '"Basic plan, visible"', "message": '"Token expired, visibly"',
    "authorization_server": '"https://v6.example/oauth"', "overpass": '"node-visible"',
    "token_events": '"created-visible"',
    "token_resource": '"oauth-visible"', "api_key_query_param": '"k-visible"', "password_regexp": '"^.{8,}$"',
    "mask_token": '"[MASK-visible]"', "salt_master": '"salt-visible.example"', "basic_auth_realm": '"realm-visible"',
    "basic_auth_user": '"ann-visible"', "otp_length": 6, "secret_store": '"store-visible"',
    "encryption_key_id": '"kid-visible"', "token_bucket_size": 10, "product_key_name": '"sku-visible"',
    "password": '"/parameters/app/db-visible"', "token": '"${VISIBLE_TOKEN}"', "passport": '"DE-visible"',
    "sentry_environment": '"production-visible"', "csrf_header_name": '"X-CSRF-visible"', "fingerprint": '"fp-visible"',
}  # fmt: skip
"""Names, and values, that look secret and are none; all stay readable."""


class Lists:
    """One project that holds all of the lists, and the secrets in it."""

    def __init__(self) -> None:
        self.secrets: list[str] = []

    def _canary(self) -> str:
        self.secrets.append(f"canary{len(self.secrets):03}x")
        return self.secrets[-1]

    def files(self) -> dict[str, str]:
        placed = "\n".join(f'{name} = "{self._canary()}"' for name in PLACED)
        elsewhere = "\n".join(f'{name} = "{self._canary()}"' for name in PLACED)
        return {
            "assay.toml": 'known_environments = ["development", "production"]\nload_dotenv = true\n',
            "settings.toml": "\n".join(
                ["[default]\nplain = 1", *self._default(), f"[default.placed]\n{elsewhere}", "[production]\nplain = 2"]
            ),
            ".secrets.toml": f"[production.placed]\n{placed}\nnumber = 3041772999001\n",
            ".env": f"DYNACONF_FROM_DOTENV={self._canary()}\n",
        }

    def _default(self) -> Iterator[str]:
        yield from (f'[default.n{at}]\n"{name}" = "{self._canary()}"' for at, name in enumerate(NAMES))
        yield from (f"[default.t{at}]\nnote = {self._literal(text)}" for at, text in enumerate(TEXTS))
        yield from (f'[default.f{at}]\nnote = "{form}"' for at, form in enumerate(FORMS))
        yield from (f'[default.g{at}]\nnote = "see {form} there"' for at, form in enumerate(FORMS))
        yield from (f"[default.v{at}]\n{name} = {value}" for at, (name, value) in enumerate(SHOWN.items()))
        yield f'[default.sentry]\ndsn = "{self._canary()}"'
        yield f'[default.lists]\napi_keys = ["{self._canary()}", "{self._canary()}"]'
        yield f'fernet_keys = ["{self._canary()}"]'

    def _literal(self, text: str) -> str:
        quote = "'''" if "'" in text or '"' in text else '"'
        return f"{quote}{text.format(self._canary())}{quote}"
