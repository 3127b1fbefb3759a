"""Which keys name a secret.

A name is a compound, and what it is about is told by its end: `smtp_password` is a password, `password_min_length` a
length. To teach Assay another secret, add its words to the table; to teach it what is none, a word to the lists below.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

type Words = tuple[str, ...]
type Kind = Literal["password", "token", "secret", "secret-key", "signing-key"]

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def words(part: str) -> Words:
    """The lower-case words of one key part, however they are joined: `dbPassword`, `DB_PASSWORD`, `db-password`."""
    return tuple(word.lower() for word in _WORDS.findall(part))


# The row whose words stand in the name, side by side, and end last there decides; of several the first.
_TABLE: tuple[tuple[Words, Kind | Literal[""]], ...] = (
    *(  # the name under which a URL hands a secret on
        ((place, parameter, *secret), "")
        for place in ("url", "query")
        for parameter in ("param", "parameter")
        for secret in (("api", "key"), ("apikey",), ("access", "key"), ("token",), ("access", "token"), ("password",))
    ),
    (("secret", "key"), "secret-key"),
    (("signing", "key"), "signing-key"),
    (("jwt", "key"), "signing-key"),
    *(
        ((word, "key"), "secret")
        for word in (
            "encryption", "private", "digest", "hmac", "master", "fernet", "license", "licence", "activation", "aes",
            "crypto", "cipher", "account", "storage", "shared", "session", "cookie", "csrf", "hash", "app", "rsa",
            "application", "ssh", "unseal", "root", "serial", "registration", "signature", "nonce", "pass",
        )
    ),
    (("secret", "access", "key"), "secret"),
    *(
        ((word, "key"), "token")
        for word in (
            "access", "api", "auth", "consumer", "admin", "deploy", "subscription", "instrumentation", "integration",
            "ingestion", "ingest", "write", "server", "service", "authorization", "webhook",
        )
    ),
    (("apikey",), "token"),
    (("authkey",), "token"),
    (("password",), "password"),
    (("passwd",), "password"),
    (("passphrase",), "password"),
    (("passcode",), "password"),
    (("passwort",), "password"),
    (("kennwort",), "password"),
    (("senha",), "password"),
    (("contrasena",), "password"),
    (("wachtwoord",), "password"),
    (("pwd",), "password"),
    (("psk",), "secret"),
    (("token",), "token"),
    (("secret",), "secret"),
    (("credential",), "token"),
    (("credentials",), "token"),
    (("authorization",), "token"),
    (("bearer",), "token"),
    (("fernet",), "secret"),
    (("pepper",), "secret"),
    (("salt",), "secret"),
    *((("salt", word), "") for word in ("stack", "master", "minion", "api", "ssh", "states")),  # SaltStack's own
    (("webhook", "url"), "secret"),
    (("webhook",), "secret"),
    (("sentry", "dsn"), "secret"),
    (("raven", "dsn"), "secret"),
    *(
        ((word, "code"), "secret")
        for word in (
            "access", "activation", "backup", "licence", "license", "pairing", "recovery", "security", "unlock",
        )
    ),
    *(((word, "seed"), "secret") for word in ("otp", "totp", "wallet", "secret")),
    (("slack", "hook"), "secret"),
    (("snmp", "community"), "secret"),
    (("pass", "phrase"), "password"),
    (("passkey",), "password"),
    (("seed", "phrase"), "secret"),
    (("mnemonic",), "secret"),
    (("pass", "code"), "password"),
)  # fmt: skip

_STARTING: Mapping[str, Sequence[int]] = {
    word: [number for number, (row, _) in enumerate(_TABLE) if row[0] == word] for word in {row[0] for row, _ in _TABLE}
}
"""The rows by their first word: hardly a name has one of them."""

_LAST: dict[Words, Kind] = {
    ("pass",): "password", ("pw",): "password", ("jwt",): "token", ("pin",): "secret", ("pin", "code"): "secret",
    ("pincode",): "secret", ("basic", "auth"): "password", ("http", "auth"): "password", ("otp",): "secret",
    ("basicauth",): "password", ("basic", "authentication"): "password", ("proxy", "auth"): "password",
    ("sas",): "token",
    ("pin", "number"): "secret", ("hmac",): "secret",
}  # fmt: skip
"""Short words that stand in many names, and name a secret at their end alone: `smtp_pass`, but no `pass_rate`."""

_SIDES = frozenset(
    {
        "prod", "production", "staging", "stage", "dev", "development", "test", "testing", "live", "sandbox", "old",
        "new", "current", "previous", "next", "primary", "secondary", "main", "default", "backup", "value", "ro", "rw",
    }
)  # fmt: skip
"""Words behind a secret's name that say whose or which it is."""

_OTHER = frozenset(
    {
        "address", "age", "algorithm", "algorithms", "alphabet", "arn", "attempts", "audience",
        "authentication", "backend", "backends", "backoff", "bits", "bucket", "budget", "button", "bytes",
        "cache", "change", "changed", "changes", "characters", "chars", "charset", "check", "checker",
        "checks", "claim", "claims", "class", "color", "colour", "column", "complexity", "context",
        "contract", "cost", "count", "css", "days", "decimals", "delay", "dialog", "dictionary", "digits",
        "dir", "directory", "domain", "duration", "element", "email", "enabled", "encoder", "encoding",
        "endpoint", "endpoints", "engine", "entropy", "env", "envvar", "error", "errors", "events", "exp",
        "expected", "expiration", "expire", "expires", "expiry", "factory", "field", "fields", "file",
        "filename", "files", "filter", "filters", "flow", "folder", "forgot", "form", "format", "generation",
        "generator", "grace", "grant", "handler", "hasher", "hashers", "hashing", "header", "headers", "help",
        "hint", "history", "host", "hostname", "hours", "icon", "id", "ids", "info", "input", "interval",
        "issuer", "iterations", "kind", "label", "language", "leeway", "len", "length", "lifetime", "limit",
        "limits", "link", "loader", "locale", "location", "locator", "lowercase", "manager", "max", "maximum",
        "message", "method", "methods", "middleware", "min", "minimum", "minion", "minutes", "mode", "module",
        "name", "names", "page", "param", "parameter", "params", "path", "paths", "pattern", "per", "period",
        "placeholder", "plugin", "policies", "policy", "port", "prefix", "price", "prompt", "provider",
        "providers", "query", "quota", "rate", "realm", "recovery", "redirect", "ref", "reference", "regex",
        "regexp", "region", "reminder", "renewal", "required", "requirement", "requirements", "reset",
        "resolver", "resource", "resources", "retries", "rotation", "rounds", "route", "rule", "rules",
        "schema", "scheme", "schemes",
        "scope", "scopes", "score", "seconds", "selector", "server", "servers", "service", "settings",
        "similarity", "size", "skew", "source", "stack", "standard", "states", "store", "strategy",
        "strength", "subject", "supply", "symbol", "symbols", "table", "template", "templates", "tester",
        "threshold", "timeout", "timezone", "title", "tries", "ttl", "type", "types", "uppercase", "uri",
        "uris", "url", "urls", "usage", "used", "user", "username", "users", "valid", "validation",
        "validator", "validators", "validity", "var", "variable", "version", "view", "visible", "window",
        "xpath",
    }
)  # fmt: skip
"""Words behind a secret's name that make it something else: a token's lifetime is no token."""

_WHOSE = frozenset({"bucket", "cache", "email", "server", "servers", "source", "store", "user", "users"})
"""Words among them that say whose a password is: `password_user`."""

_BEFORE = frozenset(
    {
        "allow", "banned", "blocked", "bos", "cls", "common", "count", "disable", "disallowed", "enable",
        "eos", "forbidden", "has", "hide", "invalid", "is", "mask", "max", "maximum", "min", "minimum", "no",
        "num", "number", "pad", "public", "publishable", "require", "requires", "sep", "show", "special",
        "stop", "unk", "use", "validate", "verify", "weak", "without", "wrong",
    }
)  # fmt: skip
"""Words before a secret's name that make it something else: `min_password`, `stop_tokens`."""

_PINS = frozenset(
    {
        "button", "buzzer", "clk", "clock", "cs", "data", "dc", "din", "dout", "echo", "enable", "gpio", "input",
        "interrupt", "irq", "led", "miso", "mosi", "motor", "output", "power", "relay", "reset", "rx", "scl", "sck",
        "sda", "sensor", "servo", "spi", "trigger", "tx",
    }
)  # fmt: skip
"""Whose pins are wires."""
_PASSES = frozenset(
    {"all", "band", "by", "first", "high", "low", "multi", "proxy", "render", "second", "shader", "single", "two"}
)
"""What passes, and is no password: `proxy_pass`."""

_PLURALS: tuple[tuple[Words, Kind], ...] = (
    (("passwords",), "password"),
    (("passphrases",), "password"),
    (("tokens",), "token"),
    (("api", "keys"), "token"),
    (("apikeys",), "token"),
    (("access", "keys"), "token"),
    (("secret", "keys"), "secret"),
    (("private", "keys"), "secret"),
    (("encryption", "keys"), "secret"),
    (("fernet", "keys"), "secret"),
    (("signing", "keys"), "secret"),
    (("license", "keys"), "secret"),
    (("recovery", "codes"), "secret"),
    (("backup", "codes"), "secret"),
    (("webhooks",), "secret"),
    (("webhook", "urls"), "secret"),
    (("peppers",), "secret"),
    (("pins",), "secret"),
    (("secrets",), "secret"),
    (("credentials",), "token"),
)

# How compounds end that somebody wrote, or Dynaconf folded, into one word.
_ENDINGS = (
    "pass", "passwd", "password", "passphrase", "pwd", "token", "secret", "apikey", "accesskey", "licensekey",
    "privatekey", "secretkey",
)  # fmt: skip

_PASSING = (
    "bypass", "compass", "overpass", "subpass", "surpass", "trespass", "underpass", *(f"{one}pass" for one in _PASSES),
)  # fmt: skip
"""Words that end so and name no password."""

# What stands beside secrets in a table of them, and is none.
_PUBLIC = frozenset({"client", "description", "email", "label", "login", "region", "role", "user", "username"})


@lru_cache(maxsize=1 << 14)  # names come from outside
def secret_kind(name: Words) -> Kind | None:
    """What secret the words of a key's last part name; None where they name none."""
    rows = sorted({number for word in name for number in _STARTING.get(word, ())})
    placed = ((_place(_TABLE[number][0], name), *_TABLE[number]) for number in rows)
    found = [(start + len(row), start, kind) for start, row, kind in placed if start is not None]
    if found:
        end, start, kind = max(found, key=lambda one: one[0])
        return kind if kind and _is_meant(kind, name[:start], name[end:]) else None
    if short := _short(name):
        return short
    last = "" if name[-1:] in _LAST else "".join(name[-1:])
    folded = last.endswith(_ENDINGS) and not last.endswith(_PASSING)
    return "token" if folded and _is_meant("token", name[:-1], ()) else None


def _place(row: Words, name: Words) -> int | None:
    """Where the row's words stand last in a name, side by side."""
    starts = range(len(name) - len(row), -1, -1)
    return next((start for start in starts if name[start : start + len(row)] == row), None)


def _is_meant(kind: Kind, before: Words, behind: Words) -> bool:
    others = _OTHER.intersection(behind)
    if kind == "password" and not others - _WHOSE:
        others = frozenset()
    return not (others or _BEFORE.intersection(before))


def _short(name: Words) -> Kind | None:
    """The secret that a name ends with, whatever side of it is meant."""
    stem = list(name)
    while len(stem) > 1 and (stem[-1] in _SIDES or stem[-1].isdigit()):
        stem.pop()
    for length in (2, 1):
        end = tuple(stem[-length:])
        if len(end) == length and (kind := _LAST.get(end)):
            others = {"pin": _PINS, "pass": _PASSES}.get(end[-1], frozenset[str]()) | _BEFORE
            return None if others.intersection(stem[:-length]) else kind
    return None


_UNKEYED = frozenset(
    {"cache", "foreign", "hash", "index", "object", "partition", "primary", "public", "publishable", "range", "routing"}
    | {"row", "shard", "site", "sort"}
)
"""Whose keys are names, or may be known."""


@lru_cache(maxsize=1 << 14)  # names come from outside
def is_key(name: Words) -> bool:
    """Whether a name is a key's, of which only the text tells whether it is secret: `YAHOO_KEY`, `redsys_key_prod`."""
    return "key" in name[-2:] and not (_OTHER.intersection(name[-1:]) or _UNKEYED.intersection(name))


@lru_cache(maxsize=1 << 14)  # names come from outside
def plural_kind(name: Words) -> Kind | None:
    """What a list, or a table, of secrets is called: `api_keys`, `tokens`."""
    for row, kind in _PLURALS:
        if name[-len(row) :] == row:
            return None if _BEFORE.intersection(name[: -len(row)]) else kind
    return None


def is_about_secret(name: Words) -> bool:
    """Whether a name in a table of secrets says what belongs to one, and is none: its lifetime, its user."""
    return any(word in _OTHER or word in _PUBLIC for word in name)


@lru_cache(maxsize=1 << 14)  # names come from outside
def names_secret(key: str) -> bool:
    """Whether a key, dotted or not, names a secret, or a list of them."""
    name = words(key.rpartition(".")[2])
    return bool(secret_kind(name) or plural_kind(name))
