"""The roles."""

from enum import StrEnum


class Role(StrEnum):
    """The purposes that rules and masking know; projects name them in the option `roles`."""

    PASSWORD = "password"  # noqa: S105 - the word, not a password
    TOKEN = "token"  # noqa: S105 - the word, not a token
    SECRET = "secret"  # noqa: S105 - any other secret
    SECRET_KEY = "secret-key"  # noqa: S105 - what the application signs its sessions with
    SIGNING_KEY = "signing-key"  # what tokens for others are signed with
    DIGEST = "digest"  # a secret's digest: shown to nobody, and no secret itself
    DSN = "dsn"
    DEBUG = "debug"
    RELOAD = "reload"  # auto-reload, profiler, debugger
    DOCS = "docs"
    ALLOWED_HOSTS = "allowed-hosts"
    TRUSTED_PROXIES = "trusted-proxies"
    BODY_LIMIT = "body-limit"
    BASE_URL = "base-url"  # where people reach the application itself
    URL = "url"  # where the application reaches somebody else
    LOG_LEVEL = "log-level"
    LOG_FORMAT = "log-format"
    SQL_ECHO = "sql-echo"
    ORIGINS = "origins"
    CORS_CREDENTIALS = "cors-credentials"
    HSTS = "hsts"
    NOSNIFF = "nosniff"
    REFERRER_POLICY = "referrer-policy"
    FRAME_OPTIONS = "frame-options"
    CONTENT_POLICY = "content-policy"
    COOKIE_SECURE = "cookie-secure"
    COOKIE_HTTPONLY = "cookie-httponly"
    COOKIE_SAMESITE = "cookie-samesite"
    JWT_ALGORITHM = "jwt-algorithm"
    JWT_EXPIRY = "jwt-expiry"
    VERIFY = "verify"  # whether the other side's certificate is checked
    INSECURE = "insecure"  # the same, the other way round
    ACCESS_TOKENS = "access-tokens"
    PROBE_TARGETS = "probe-targets"
    READINESS = "readiness"
    EMBEDDED = "embedded"
    HOST = "host"
    PORT = "port"
    USERNAME = "username"
    DATABASE_NAME = "database-name"
    TLS_MODE = "tls-mode"
    APPLICATION_NAME = "application-name"
    CONNECT_TIMEOUT = "connect-timeout"
    STATEMENT_TIMEOUT = "statement-timeout"
    POOL_SIZE = "pool-size"
    POOL_OVERFLOW = "pool-overflow"
    POOL_RECYCLE = "pool-recycle"
    POOLER = "pooler"  # whether a connection pooler such as PgBouncer stands in between
    CONNECTION_LIMIT = "connection-limit"
    WORKERS = "workers"


LITERAL_SECRETS = frozenset({Role.PASSWORD, Role.TOKEN, Role.SECRET, Role.SECRET_KEY, Role.SIGNING_KEY})
"""What is a secret in so many words."""

SECRET_ROLES = LITERAL_SECRETS | {Role.DIGEST}
"""What is never shown."""
