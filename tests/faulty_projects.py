"""Projects with faults at random places, for laws about what is said of them; the same seed gives the same project."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import tomlkit

FAULTS: tuple[Mapping[str, Any], ...] = (
    {"debug": True},
    {"app": {"debug": "true", "name": "shop"}},
    {"server": {"reload": True, "port": 80}},
    {"docs": {"enabled": True, "title": "shop"}},
    {"app": {"docs_url": "/docs", "title": "shop"}},
    {"allowed_hosts": ["*"]},
    {"server": {"allowed_hosts": ["shop.example.com", "*"], "port": 80}},
    {"server": {"trusted_proxies": ["*"], "port": 80}},
    {"server": {"forwarded_allow_ips": "*", "workers": 4}},
    {"server": {"max_body_size": 0, "workers": 4}},
    {"base_url": "http://shop.example.com"},
    {"app": {"secret_key": "changeme", "name": "shop"}},
    {"secret_key": "short"},
    {"session": {"cookie_secure": False, "cookie_httponly": False, "cookie_samesite": "none", "age": 300}},
    {"session_cookie_secure": False},
    {"cors": {"allow_origins": ["*"], "allow_credentials": True, "max_age": 5}},
    {"cors": {"allow_origins": ["https://a.example.com", "http://b.example.com"], "max_age": 5}},
    {"cors_allow_all_origins": True},
    {"database": {"host": "db.example.com", "name": "shop", "user": "postgres", "password": "postgres"}},
    {"database": {"host": "localhost", "name": "shop", "user": "shop", "password": "K7vmQ2xZt9Lw4pRb8Ys3"}},
    {"database": {"host": "db.example.com", "name": "shop", "sslmode": "prefer", "statement_timeout": 0}},
    {"database": {"host": "db.example.com", "name": "shop", "sslmode": "require", "connect_timeout": 0}},
    {"database": {"host": "db.example.com", "pool_size": 0, "max_overflow": -1, "application_name": ""}},
    {"db": {"host": "db.example.com", "tls": {"mode": "disable"}, "pool": {"size": 0}}},
    {"redis": {"host": "cache.example.com", "ssl": False, "db": 1}},
    {"jwt": {"algorithm": "none", "secret": "short", "expires_seconds": 0}},
    {"jwt": {"algorithms": ["none", "HS256"], "audience": "shop"}},
    {"payments": {"url": "http://pay.example.com/v1", "retries": 3}},
    {"payments": {"verify_ssl": False, "url": "https://pay.example.com/v1"}},
    {"payments": {"insecure_skip_verify": True, "url": "https://pay.example.com/v1"}},
    {"hooks": ["https://a.example.com/x", "http://b.example.com/y"]},
    {"services": [{"name": "a", "url": "https://a.example.com"}, {"name": "b", "url": "http://b.example.com"}]},
    {"headers": {"hsts_seconds": 300, "nosniff": False, "referrer_policy": "unsafe-url"}},
    {"headers": {"x_frame_options": "ALLOWALL", "content_security_policy": "script-src 'self' 'unsafe-inline'"}},
    {"headers": {"strict_transport_security": "max-age=60", "csp": {"script_src": ["'self'", "'unsafe-eval'"]}}},
    {"logging": {"level": "debug", "format": "console"}},
    {"log_level": "DEBUG"},
    {"database": {"echo": True, "host": "db.example.com", "sslmode": "verify-full"}},
    {"mail": {"password": "changeme", "host": "mail.example.com", "username": "shop"}},
    {"api_token": "abc123"},
    {"payment_token": "tok_9f8Gh3kLm2Qw8Zx7Vb5N"},
    {"database": {"url": "postgresql://shop:K7vmQ2xZt9Lw4pRb@db.example.com/shop?sslmode=verify-full"}},
    {"greeting": "@format {env[SHOP_NAME]}"},
)
"""Tables that some rule speaks about, most with a neighbour that must not be lost."""

_NEIGHBOURS: tuple[Mapping[str, Any], ...] = (
    {"name": "shop", "page_size": 20},
    {"app": {"title": "shop", "theme": {"colour": "red", "size": 3}}},
    {"database": {"port": 5432, "schema": "shop"}},
    {"server": {"timeout": 30}},
    {"allowed_hosts": ["shop.example.com"]},
    {"payments": {"timeout": 30}},
    {"tags": ["a", "b"]},
)

_ENVIRONMENTS = ("development", "staging", "production")


@dataclass(frozen=True, kw_only=True)
class FaultyProject:
    """A project as files, and the variables that it is asked with."""

    files: Mapping[str, str]
    options: Mapping[str, Any]
    environ: Mapping[str, str] = field(default_factory=dict)


_OWN_FAULTS: tuple[Mapping[str, Any], ...] = (
    {"app": {"debug": True, "docs": True, "secret_key": "changeme"}},
    {"app": {"secret_key": "short", "log_level": 3}},
    {"server": {"port": "eighty", "reload": True, "workers": 4}},
    {"server": {"port": 80000, "allowed_hosts": ["*"], "trusted_proxies": ["*"]}},
    {"server": {"prot": 80, "host": "0.0.0.0"}},
    {"server": {"base_url": "http://shop.example.com", "max_body_bytes": 0}},
    {"cors": {"allow_origins": ["*"], "allow_credentials": True}},
    {"cors": {"allow_origins": ["https://a.example.com", "http://b.example.com"]}},
    {"database": {"host": "db.example.com", "name": "shop", "username": "postgres", "password": "postgres"}},
    {"database": {"host": "db.example.com", "name": "shop", "tls": {"mode": "prefer"}, "statement_timeout": 0}},
    {"database": {"url": "postgresql://shop:K7vmQ2xZt9Lw4pRb@db.example.com/shop"}},
    {"database": {"pool": {"size": 50, "overflow": 10}, "connection_limit": 20, "echo": True}},
    {"logging": {"level": "debug", "format": "console"}},
    {"headers": {"hsts_seconds": 300, "nosniff": False, "referrer_policy": "unsafe-url"}},
    {"headers": {"frame_options": "ALLOWALL", "content_security_policy": "script-src 'unsafe-inline'"}},
    {"auth": {"tokens": [{"name": "ci", "role": "viewer", "sha256": "plain"}]}},
    {"diagnostics": {"probe_targets": ["*"], "readiness_needs_database": True}},
)
"""The same for the service's own model."""

OWN_VARIABLES = (
    ("SERVER__PORT", "eighty"), ("APP__DEBUG", "true"), ("CORS__ALLOW_ORIGINS", "*"), ("SERVER__ALLOWED_HOSTS", "*"),
    ("DATABASE__PASSWORD", "postgres"), ("DATABASE__TLS__MODE", "prefer"), ("LOGGING__FORMAT", "console"),
    ("DATABASE__URL", "postgresql://shop:shop@db.example.com/shop"), ("HEADERS__HSTS_SECONDS", "0"),
)  # fmt: skip


def faulty(seed: int) -> FaultyProject:
    """The project of a seed; every fourth is configured with the service's own model."""
    random = Random(seed)  # noqa: S311 - nothing secret comes of it
    is_own = seed % 4 == 3
    options = _own_options(random) if is_own else _options(random)
    sectioned = options.get("environments", True) is not False
    names = [name for name in options["settings_files"] if random.random() < 0.85] or options["settings_files"][:1]
    files: dict[str, dict[str, Any]] = {name: {} for name in names}
    for table in (
        *random.sample(_OWN_FAULTS if is_own else FAULTS, 5),
        *random.sample(_NEIGHBOURS, 0 if is_own else 3),
    ):
        table = _cased(table, random) if random.random() < 0.2 else table  # noqa: PLW2901
        name = random.choice(names)
        section = random.choices(("default", *_ENVIRONMENTS, "global"), (4, 1, 1, 4, 0.3))[0]
        _merge(files[name].setdefault(section, {}) if sectioned else files[name], table)
    if sectioned and random.random() < 0.5:
        files[names[0]].setdefault("production", {})["region"] = "eu"
    texts = {name: _text(values, random) for name, values in files.items()}
    return FaultyProject(
        files={"assay.toml": tomlkit.dumps(options), **texts},
        options=options,
        environ=dict(_environ(options, random, OWN_VARIABLES if is_own else VARIABLES)),
    )


def _options(random: Random) -> dict[str, Any]:
    files = random.choice((
        ["settings.toml"],
        ["settings.toml", ".secrets.toml"],
        [".secrets.toml", "settings.toml"],
        ["settings.toml", "more.toml", ".secrets.toml"],
        ["settings.toml", "settings.local.toml"],
    ))  # fmt: skip
    options: dict[str, Any] = {"settings_files": list(files)}
    if random.random() < 0.4:
        options["merge_enabled"] = True
    if random.random() < 0.2:
        options |= {"environments": False, "production": ["main"]}
    else:
        options["known_environments"] = list(_ENVIRONMENTS)
    if random.random() < 0.3:
        options["envvar_prefix"] = "SHOP"
    return options


def _own_options(random: Random) -> dict[str, Any]:
    return {
        "schema": "app.schema:Settings",
        "envvar_prefix": "ASSAY",
        "settings_files": random.choice((["settings.toml"], ["settings.toml", ".secrets.toml"])),
        "merge_enabled": True,
        "lists": "replace",
        "known_environments": list(_ENVIRONMENTS),
    }


def _environ(
    options: Mapping[str, Any], random: Random, variables: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    if random.random() < 0.4:
        return
    yield "ENV_FOR_DYNACONF", random.choice(("production", "staging"))
    prefix = options.get("envvar_prefix", "DYNACONF")
    for name, text in random.sample(variables, 2):
        yield f"{prefix}_{name}", text


VARIABLES = (
    ("DEBUG", "true"), ("SERVER__RELOAD", "true"), ("LOG_LEVEL", "debug"), ("ALLOWED_HOSTS", "['*']"),
    ("DATABASE__PASSWORD", "postgres"), ("SESSION__COOKIE_SECURE", "false"), ("CORS__ALLOW_ORIGINS", "['*']"),
    ("JWT", "{ algorithm = 'none' }"), ("PAYMENTS__URL", "http://pay.example.com"), ("HEADERS__HSTS_SECONDS", "0"),
    ("HEADERS__X_FRAME_OPTIONS", "ALLOWALL"), ("DATABASE__POOL_SIZE", "0"),
)  # fmt: skip


def _cased(table: Mapping[str, Any], random: Random) -> Mapping[str, Any]:
    """The table with its keys in another case, as Dynaconf finds them all the same."""
    turn = random.choice((str.upper, str.title))
    return {turn(key): value for key, value in table.items()}


def _merge(into: dict[str, Any], table: Mapping[str, Any]) -> None:
    for key, value in table.items():
        known = next((name for name in into if name.casefold() == key.casefold()), key)
        if isinstance(value, dict) and isinstance(into.get(known), dict):
            _merge(into[known], value)
        else:
            into[known] = dict(value) if isinstance(value, dict) else value


def _text(values: Mapping[str, Any], random: Random) -> str:
    """The file, with comments that an edit has to leave alone."""
    text = tomlkit.dumps(values)
    lines = [f"{line}  # kept" if " = " in line and random.random() < 0.1 else line for line in text.splitlines()]
    return "# a generated project\n" + "\n".join(lines) + "\n"
