"""What a key that holds no secret is for, told by its last words and the table's.

To teach Assay another name, add its words to the row of its role. A row's words are compared with the end of a key's:
`log level` is `LOG_LEVEL`, `logLevel`, `log.level` and `app_log_level`. Of two that fit, the longer decides.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from app.core.roles.role import Role

_DATABASE = (
    "db",
    "database",
    "sql",
    "sqlalchemy",
    "engine",
    "engine options",
    "orm",
    "postgres",
    "postgresql",
    "mysql",
)
_LOG = ("log", "logs", "logging", "logger", "loguru", "structlog", "root")
_POLICIES = ("csp", "content policy", "content security policy", "csp directives", "directives")
_SOURCES = ("default", "script", "style", "object", "img", "connect", "font", "frame", "media", "worker", "child")
_OWN = ("app", "application", "site", "web", "public", "external", "canonical", "self", "frontend")

_NAMES: Mapping[Role, tuple[str, ...]] = {
    Role.DEBUG: (
        "debug", "isdebug", "debugmode", "debug mode", "debug enabled", "debug on", "enable debug", "is debug",
    ),
    Role.RELOAD: (
        "reload", "autoreload", "auto reload", "hot reload", "live reload", "reloader", "use reloader",
        "auto reload templates", "templates auto reload", "profiler", "profiling", "pprof", "debugger", "use debugger",
        "debug toolbar", "reload enabled", "profiler enabled", "profiling enabled", "debugger enabled",
        "toolbar enabled", "enable profiler", "enable profiling", "enable reload", "enable debugger",
    ),
    Role.DOCS: (
        "docs", "docs enabled", "enable docs", "docs on", "show docs", "expose docs", "serve docs", "api docs",
        "docs url", "swagger", "swagger enabled", "enable swagger", "swagger url", "swagger ui", "redoc",
        "redoc enabled", "enable redoc", "redoc url", "openapi", "openapi enabled", "enable openapi", "openapi url",
    ),
    Role.ALLOWED_HOSTS: ("allowed hosts", "trusted hosts", "allow hosts", "allowed host"),
    Role.TRUSTED_PROXIES: (
        "trusted proxies", "trusted proxy", "forwarded allow ips", "proxy trusted hosts", "trusted proxy ips",
        "proxies trusted", "allowed proxies",
    ),
    Role.BODY_LIMIT: (
        "max body bytes", "max body size", "body limit", "body size limit", "max body", "max request size",
        "request max size", "max request body size", "max content length", "client max body size",
        "data upload max memory size", "max upload size", "request body limit", "max request bytes",
    ),
    Role.BASE_URL: (
        *(f"{word} url" for word in _OWN), *(f"{word} base url" for word in (*_OWN, "server")),
    ),
    Role.LOG_LEVEL: (
        "loglevel", "log lvl", "logger level", "verbosity", *(f"{word} level" for word in _LOG), "console level",
    ),
    Role.LOG_FORMAT: (
        "json logs", "logs json", "log json", "logging json", "log as json", "log renderer", "logging renderer",
        *(f"{word} format" for word in _LOG), *(f"{word} formatter" for word in _LOG),
    ),
    Role.SQL_ECHO: ("echo sql", "sql debug", "log sql", "log queries", *(f"{word} echo" for word in _DATABASE)),
    Role.ORIGINS: (
        "allow origins", "allowed origins", "cors origins", "cors origin", "allow origin", "allowed origin",
        "cors allow origin", "cors origin whitelist", "cors allowed origin", "cors origins list", "allow origin regex",
        "allowed origin regex", "allowed origin regexes", "cors origin regex", "cors origin regex whitelist",
        "allow all origins", "cors allow all origins", "origin allow all", "cors origin allow all", "cors allow all",
    ),
    Role.CORS_CREDENTIALS: (
        "cors allow credentials", "cors credentials", "cors supports credentials", "allow credentials",
        "supports credentials",
    ),
    Role.HSTS: (
        "hsts seconds", "hsts max age", "hsts", "hsts age", "hsts enabled", "enable hsts", "strict transport security",
        "strict transport security max age",
    ),
    Role.NOSNIFF: ("nosniff", "content type nosniff", "x content type options", "content type options", "no sniff"),
    Role.REFERRER_POLICY: ("referrer policy", "referer policy"),
    Role.FRAME_OPTIONS: ("frame options", "x frame options", "frameoptions"),
    Role.CONTENT_POLICY: ("content policy", "content security policy", "csp", "csp policy", "csp header",
                          *(f"{policy} {sources} src" for policy in _POLICIES for sources in _SOURCES)),
    Role.COOKIE_SECURE: (
        "cookie secure", "cookies secure", "secure cookie", "secure cookies", "session secure", "cookie https only",
        "cookies https only", "session https only",
    ),
    Role.COOKIE_HTTPONLY: (
        "cookie httponly", "cookie http only", "cookies httponly", "cookies http only", "httponly cookie",
        "http only cookie", "session httponly", "session http only",
    ),
    Role.COOKIE_SAMESITE: (
        "cookie samesite", "cookie same site", "cookies samesite", "cookies same site", "session samesite",
        "session same site",
    ),
    Role.JWT_ALGORITHM: (
        "jwt algorithm", "jwt algorithms", "jwt alg", "jwt algo", "jwt decode algorithms", "jwt signing algorithm",
        "auth algorithm", "auth algorithms", "token algorithm", "token algorithms", "security algorithm",
        "security algorithms", "signing algorithm", "jws algorithm",
    ),
    Role.JWT_EXPIRY: (
        *(f"{token} {word}" for token in ("jwt", "token", "tokens", "jwt token", "access", "jwt refresh")
          for word in (
              "expires", "expire", "expiry", "expiration", "ttl", "lifetime", "expires in", "expire minutes",
              "expires minutes", "expiry minutes", "expiration minutes", "expire seconds", "expires seconds",
              "expiration seconds", "expire days", "expire hours", "expiration delta", "exp minutes", "max age",
              "lifetime minutes", "lifetime seconds", "lifetime hours", "lifetime days", "expires hours",
              "expires days", "expiry seconds", "expiry hours", "expiry days", "expiration hours", "expiration days",
              "ttl seconds", "ttl minutes", "exp delta seconds", "exp seconds",
          )),
        "verify exp", "verify expiration", "verify expiry", "jwt exp", "expiration enabled", "require exp",
    ),
    Role.VERIFY: (
        "verify ssl", "ssl verify", "verify tls", "tls verify", "verify certs", "verify cert", "verify certificate",
        "verify certificates", "cert verify", "validate certs", "validate certificate", "check hostname",
        "verify hostname", "ssl verification", "tls verification", "ssl verify peer", "cert reqs", "ssl cert reqs",
        "reject unauthorized", "http verify", "https verify", "requests verify", "client verify", "httpx verify",
        "verify peer", "verify host", "assert hostname", "validate ssl", "validate tls", "ssl validate", "tls validate",
    ),
    Role.INSECURE: (
        "insecure", "insecure skip verify", "skip verify", "tls insecure", "ssl insecure", "skip ssl verify",
        "skip tls verify", "allow invalid certificates", "trust server certificate", "disable ssl verification",
        "disable tls verification", "ignore ssl errors", "ignore https errors", "disable certificate validation",
        "no verify ssl", "no verify tls", "ssl no verify", "tls no verify", "no ssl verify", "no tls verify",
        "allow invalid hostnames", "accept invalid certs", "accept invalid certificates", "accept invalid hostnames",
        "allow insecure", "insecure tls", "insecure ssl", "disable ssl verify", "disable tls verify",
    ),
    Role.TLS_MODE: (
        "sslmode", "ssl mode", "tls mode",
    ),
    Role.WORKERS: ("workers", "web concurrency", "worker count", "num workers", "workers count"),
}  # fmt: skip

_COOKIES = ("cookie", "cookies", "session", "csrf")
_OWN_TABLES = frozenset((*_OWN, "server", "general", "main", "core", "settings"))
_ALONE: Mapping[tuple[str, ...], Role] = {
    ("base", "url"): Role.BASE_URL,
    ("algorithm",): Role.JWT_ALGORITHM,
    ("algorithms",): Role.JWT_ALGORITHM,
}
"""Names that say little; they count at the top, or in the application's own table."""


def _rows() -> Iterator[tuple[tuple[str, ...], Role]]:
    for role, names in _NAMES.items():
        yield from ((tuple(name.split()), role) for name in names)


_ROWS: Mapping[tuple[str, ...], Role] = dict(_rows())
_LONGEST = max(map(len, _ROWS))


@cache
def purpose(last: tuple[str, ...], table: tuple[str, ...]) -> Role | None:
    """The role that the words of a key's last part tell, together with those of the table it stands in.

    Args:
        last: the words of the last part.
        table: the words of the part before it; empty at the top.
    """
    if last in _ALONE and (not table or table[-1] in _OWN_TABLES):
        return _ALONE[last]
    joined = (*table, *last)
    found = (_ROWS.get(joined[-length:]) for length in range(min(_LONGEST, len(joined)), 0, -1))
    if role := next((role for role in found if role), None):
        return role
    return _in_cookie_table(last) if table and table[-1] in _COOKIES else None


def _in_cookie_table(last: tuple[str, ...]) -> Role | None:
    return {
        ("secure",): Role.COOKIE_SECURE,
        ("https", "only"): Role.COOKIE_SECURE,
        ("httponly",): Role.COOKIE_HTTPONLY,
        ("http", "only"): Role.COOKIE_HTTPONLY,
        ("samesite",): Role.COOKIE_SAMESITE,
        ("same", "site"): Role.COOKIE_SAMESITE,
    }.get(last)
