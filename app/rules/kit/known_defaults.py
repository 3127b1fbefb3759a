"""Passwords and placeholders that everybody knows, and texts that are no secret but point to one.

To add one, add it in lower case to the table it belongs to.
"""

import re
from functools import cache

DEFAULT_PASSWORDS = frozenset(
    {
        "", "!root", "1234", "12345", "123456", "12345678", "123456789", "1q2w3e", "1q2w3e4r", "1qaz2wsx", "abc123",
        "access", "admin", "admin123", "administrator", "airflow", "alpine", "arangodb", "calvin",
        "cassandra", "change-me", "change_me", "changeit", "changeme", "changethis", "cisco", "clickhouse", "couchbase",
        "couchdb", "couchpass", "default", "demo", "dev", "develop", "development", "django", "docker", "dolphins",
        "dragon", "dummy", "elastic", "enable", "example", "fastapi", "flask", "foobar", "foo", "grafana", "guest",
        "hello", "hunter2", "iloveyou", "influxdb", "insecure", "juniper", "keycloak", "kibana", "laravel", "letmein",
        "manager", "mariadb", "master", "minio", "minio123", "minioadmin", "monkey", "mongo", "mongodb", "mysql",
        "mysecretpassword", "neo4j", "none", "null", "nimda", "odoo", "oracle", "p4ssw0rd", "pass", "passw0rd",
        "password", "pgadmin", "placeholder", "postgres", "postgresql", "private", "public", "qwerty", "rabbitmq",
        "redis", "replaceme", "root", "s3cr3t", "s3cret", "sa", "sample", "secret", "supersecret", "symfony", "system",
        "temp", "test", "tester", "testing", "tiger", "tomcat", "toor", "trustno1", "ubnt", "undefined", "user",
        "vagrant", "welcome", "zabbix",
    }
)  # fmt: skip
"""What systems ship with and people never change."""

_MEANINGLESS = (
    "admin", "api", "app", "application", "auth", "backend", "change", "changeme", "database", "db", "default", "demo",
    "dev", "development", "dummy", "example", "fake", "foo", "bar", "guest", "here", "insecure", "is", "it", "jwt",
    "key", "local", "me", "my", "mysql", "not", "pass", "passphrase", "passwd", "password", "please", "postgres",
    "prod", "production", "pwd", "random", "redis", "replace", "root", "sample", "secret", "secure", "session",
    "signing", "some", "staging", "string", "strong", "super", "temp", "test", "testing", "the", "this", "token",
    "top", "user", "very", "weak", "your",
)  # fmt: skip
"""Words of which nobody's secret is made: `my-secret-key`, `dbpass`, `dev_password_123`."""

_SEQUENCES = (
    "0123456789abcdef" * 8, "01234567890" * 8, "1234567890" * 8, "abcdefghijklmnopqrstuvwxyz0123456789",
    "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0",
)  # fmt: skip
"""What fingers type when nobody thinks; backwards too."""

_LEET = str.maketrans("@$0134!5", "asoieais")
_SHORTEST_SEQUENCE = 4
_LONGEST_UNIT = 4

_PLACEHOLDER = r"""
      <[^<>]*>                                  # <your password>
    | \[[\w -]*(password|secret|key|token)[\w -]*\]
    | \{\w*\}
    | x{3,} | \*{3,} | \.{3,} | …+ | -{3,} | _{3,} | \#{3,} | \?{3,}     # xxx, ***, ...
    | (to-?do|fix-?me|tbd|tbc|n/?a)\b.*
    | (change|replace|insert|enter|put|fill|set|add)[-_ ]?(me|it|this|in|your|here|with)([-_ ].*|\b.*)
    | (troque|altere|mude|substitua|cambia|cambie|cambiar|reemplaza|reemplace|remplacez)([-_ ].*)?  # change it
    | ([\w' -]*[-_ ])?to[-_ ]be[-_ ](changed|replaced|filled|set|defined|provided)([-_ ].*)?
    | (sua?|seu|tua?|minha|meu|coloque|insira|digite|adicione|cole|ponga?|inserte?|ingrese|escriba)[\w. -]*aqu[i\u00ed]
    | (sua|seu|tu|su|votre|dein)[-_ ]([a-z0-9]+[-_ ])*(senha|chave|clave|token|key|secret|segredo|secreto|passwort).*
    | (\w+[-_. ])?placeholder([-_. ].*)?
    | (.*[-_. /])?secrets?[._]toml
    | your[-_ ]?(own[-_ ]?)?([a-z0-9]+[-_ ])*(password|passwd|pass|secret|key|token).*
    | (redacted|removed|hidden|censored|masked|not[-_ ]?set|unset|empty)
    | (django-)?insecure.*
    | (only[-_ ]?for[-_ ]?|dev(elopment)?[-_ ])(dev(elopment)?|only).*
    """

_REFERENCE = r"""
      @format\s.*\{(env|this)\b.* | @(vault|jinja|read_file|get|insert)\s.*
    | \$\{[^{}]+\} | \$[A-Za-z_]\w* | \$\([^()]+\) | %\w+% | %\(\w+\)s | \#\{[^{}]+\}\# | \{\{.*\}\} | \{%.*%\}
    | (vault|op|arn|ssm|gcpsm|gcp-sm|azurekv|akv|aws-sm|awssm|secretsmanager|secretmanager|secret|sops|file|env|keyring
      |doppler|bws|lastpass|infisical|k8s|ref\+\w+):.*
    | ENC\[.*\] | <file:[^<>]*> | /(run|var/run)/secrets/\S+
    | projects/[^/\s]+/secrets/\S+ | (!vault|!secret|!env|!ref)\b.* | env\.\w+ | os\.environ\S*
    """


@cache
def _placeholder() -> re.Pattern[str]:
    """Compiled when the first secret is met: most runs meet none."""
    return re.compile(_PLACEHOLDER, re.IGNORECASE | re.VERBOSE)


@cache
def _reference() -> re.Pattern[str]:
    return re.compile(_REFERENCE, re.VERBOSE | re.DOTALL)


@cache
def _worthless() -> re.Pattern[str]:
    words = "|".join(sorted(_MEANINGLESS, key=len, reverse=True))
    return re.compile(rf"(?:(?:{words})[-_. ]?)+\d{{0,4}}[!?.#*]{{0,3}}")


def is_placeholder(text: str) -> bool:
    """Whether everybody would try this secret first, or it still has to be filled in."""
    return is_blank(text) or _is_guessed(text.strip().lower())


def is_blank(text: str) -> bool:
    """Whether the text says itself that the secret still has to be filled in; nobody could mistake it for one."""
    return bool(_placeholder().fullmatch(text.strip()))


def _is_guessed(text: str) -> bool:
    return text in DEFAULT_PASSWORDS or _is_decorated(text) or _is_worthless(text) or _is_sequence(text)


def _is_decorated(text: str) -> bool:
    """A default with letters replaced, or with a number or a mark behind it: `P@ssw0rd`, `admin123!`."""
    stem = re.sub(r"[-_@#]?\d{1,4}[!?.#*]{0,2}\Z|[!?.#*]{1,3}\Z", "", text)
    plain = {stem, text.translate(_LEET), stem.translate(_LEET)} - {"", text}
    return any(one in DEFAULT_PASSWORDS for one in plain)


def _is_worthless(text: str) -> bool:
    return bool(_worthless().fullmatch(text) or _worthless().fullmatch(text.translate(_LEET)))


def _is_sequence(text: str) -> bool:
    """Neighbours on the keyboard or in the alphabet, or a few characters over and over."""
    plain = re.sub(r"[-_. ]", "", text)
    if len(plain) < _SHORTEST_SEQUENCE:
        return False
    repeated = any(plain == (plain[:unit] * len(plain))[: len(plain)] for unit in range(1, _LONGEST_UNIT))
    return repeated or any(plain in row or plain[::-1] in row for row in _SEQUENCES)


def is_reference(text: str) -> bool:
    """Whether the text only says where the secret is kept."""
    return bool(_reference().fullmatch(text.strip()))
