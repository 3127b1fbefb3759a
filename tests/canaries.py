"""Secrets that are told apart, so that one that leaks into an answer is known.

Every secret of a test is a marked one (`canary-7f3a`, `canary007x`, `canaryP`, `cAnary_7Qx2…`, `3041772000…`), or, if
it has to have another shape, a `known` one. leaks.py searches all that the program says in all tests for both.
"""

import re
from collections.abc import Iterator
from itertools import count

MARKED = re.compile(r"canary(?:-\w|\d|[A-Z]\b)[\w-]*|cAnary_\w+|3041772000\d{4}")
_known: set[str] = set()


def known(secret: str) -> str:
    """A secret of a shape of its own, from now on looked for in every output as the marked ones are."""
    _known.add(secret)
    return secret


def found_in(text: str) -> Iterator[tuple[int, int]]:
    """Where a text shows a secret: the start and the end of each."""
    for match in MARKED.finditer(text):
        yield match.span()
    for secret in _known:
        if (start := text.find(secret)) >= 0:
            yield start, start + len(secret)


NAMES = [
    "password", "PASSWORD", "db_password", "dbPassword", "DB-PASSWORD", "passwd", "smtp_pass", "pwd", "passphrase",
    "api_key", "apiKey", "API_KEY", "stripe_api_key", "access_key", "AWS_SECRET_ACCESS_KEY", "token", "auth_token",
    "access_token", "refreshToken", "bot_token", "secret", "client_secret", "CLIENT_SECRET", "secret_key", "SECRET_KEY",
    "signing_key", "encryption_key", "private_key", "jwt_secret", "credentials", "session_salt", "webhook_secret",
    "Authorization", "app.password", "mail password", "redisPassword", "SMTP_PASSWD", "githubToken", "SLACK_BOT_TOKEN",
    "oauth_client_secret", "hmac_secret", "master_password", "ldap_bind_password", "DJANGO_SECRET_KEY", "auth_key",
    "sentry_auth_token", "cookie_secret", "flask_secret_key", "aws_credentials",
]  # fmt: skip

DSNS = [
    "postgresql://app:{}@db.example:5432/orders",
    "postgresql+asyncpg://app:{}@db.example/orders?sslmode=require",
    "postgres://db.example/orders?user=app&password={}",
    "mysql://root:{}@db.example/x",
    "mongodb+srv://app:{}@cluster.example/?retryWrites=true",
    "redis://:{}@cache.example:6379/0",
    "amqp://guest:{}@queue.example//",
    "https://user:{}@hooks.example/path",
    "smtp://mail:{}@smtp.example:587",
    "host=db.example port=5432 user=app password={} dbname=orders",
    "rediss://app:{}@cache.example/0",
    "jdbc:postgresql://db.example/orders?user=app&password={}",
    "Server=db.example;Database=orders;User Id=app;Password={};Encrypt=yes",
    "mssql+pyodbc://sa:{}@db.example/orders",
    "ldaps://cn=app:{}@ldap.example:636",
    "amqp://a:first@one.example,amqp://b:{}@two.example",
    "mongodb://app:{}@one.example:27017,two.example:27017/orders",
    "ftp://backup:{}@files.example/orders",
    "clickhouse://default:{}@ch.example:8123/default",
    "https://api.example/hook?access_token={}",
    "nats://app:{}@nats.example:4222",
]


class Canaries:
    """Secrets that are told apart, so that the one that leaks is known."""

    def __init__(self) -> None:
        self._numbers = count()
        self.made: list[str] = []

    def __call__(self) -> str:
        self.made.append(f"canary{next(self._numbers):03}x")
        return self.made[-1]

    def number(self) -> str:
        """A secret of digits, as people choose them."""
        self.made.append(f"3041772{next(self._numbers):07}")
        return self.made[-1]

    def leaked_in(self, text: str) -> list[str]:
        """The lines of a text that show one."""
        leaked = [canary for canary in self.made if canary in text]
        return [line for line in text.splitlines() if any(canary in line for canary in leaked)]


def lines(canary: Canaries, prefix: str) -> Iterator[str]:
    for number, name in enumerate(NAMES):
        yield f'[{prefix}.named{number}]\n"{name}" = "{canary()}"'
    for number, dsn in enumerate(DSNS):
        yield f'[{prefix}.urls{number}]\nendpoint = "{dsn.format(canary())}"'
    yield f'[{prefix}.inline]\nclient = {{ id = "app", secret = "{canary()}" }}'
    yield f'api_keys = ["{canary()}", "{canary()}"]'
    yield f'password = """\n{canary()}\n"""'
    yield f"passphrase = '{canary()}'"
    yield f'[[{prefix}.accounts]]\nname = "a"\ntoken = "{canary()}"'
    yield f"[{prefix}.secrets]\nstripe = '{canary()}'"
    yield f"[{prefix}.deep]\nservice.client.password = '{canary()}'"
    yield f'clients = [{{ id = "a", token = "{canary()}" }}, {{ id = "b", secret = "{canary()}" }}]'
