"""The settings of the service, section by section: the keys of app/schema, each with its limits and its default."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Application(_Section):
    """The application itself."""

    name: Annotated[str, Field(min_length=1, max_length=100)] = "assay"
    debug: bool = False
    secret_key: SecretStr | None = None
    docs: bool = True


class Server(_Section):
    """Where and how it listens."""

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    base_url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    allowed_hosts: list[str] = ["127.0.0.1", "localhost", "[::1]"]
    trusted_proxies: list[str] = []
    max_body_bytes: Annotated[int, Field(ge=1024, le=16 * 1024 * 1024)] = 65536
    body_timeout: Annotated[float, Field(gt=0, le=600)] = 10
    max_concurrent_requests: Annotated[int, Field(ge=1, le=100_000)] = 500
    max_streams: Annotated[int, Field(ge=1, le=100_000)] = 500
    max_streams_per_caller: Annotated[int, Field(ge=1, le=100_000)] = 100
    posts_per_minute: Annotated[int, Field(ge=1, le=100_000)] = 120


class Cors(_Section):
    """Which pages of other origins may call it."""

    allow_origins: list[str] = []
    allow_methods: list[str] = ["GET", "POST", "DELETE"]
    allow_headers: list[str] = ["Authorization", "Content-Type"]
    allow_credentials: bool = False


class Headers(_Section):
    """Security headers on every answer."""

    hsts_seconds: Annotated[int, Field(ge=0, le=63_072_000)] = 0
    nosniff: bool = True
    frame_options: Literal["DENY", "SAMEORIGIN"] = "DENY"
    referrer_policy: Literal["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"] = (
        "no-referrer"
    )
    content_policy: Annotated[str, Field(min_length=1)] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


class Token(_Section):
    """One bearer token, known by its digest."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    role: Literal["viewer", "operator", "client"]
    environments: list[str] = []
    projects: list[str] = []
    sha256: Annotated[str, Field(min_length=1)]


class Auth(_Section):
    """Who may ask."""

    tokens: list[Token] = []


class Tls(_Section):
    """How the connection is protected."""

    mode: Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] = "prefer"
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    crl_file: str | None = None
    min_version: Literal["TLSv1.2", "TLSv1.3"] = "TLSv1.2"
    max_version: Literal["TLSv1.2", "TLSv1.3"] | None = None


class Pool(_Section):
    """How many connections are kept."""

    size: Annotated[int, Field(ge=1, le=1000)] = 5
    max_overflow: Annotated[int, Field(ge=0, le=1000)] = 10
    timeout: Annotated[float, Field(gt=0, le=600)] = 10
    recycle: Annotated[int, Field(ge=0)] = 1800
    pre_ping: bool = True


class Timeouts(_Section):
    """How long the database may take."""

    connect: Annotated[float, Field(gt=0, le=600)] = 5
    statement: Annotated[float, Field(gt=0, le=86400)] = 30


class Database(_Section):
    """The database: a URL, or its parts."""

    url: SecretStr | None = None
    host: Annotated[str, Field(min_length=1)] | None = None
    port: Annotated[int, Field(ge=1, le=65535)] = 5432
    embedded: bool = False
    username: Annotated[str, Field(min_length=1)] | None = None
    password: SecretStr | None = None
    name: Annotated[str, Field(min_length=1)] | None = None
    target_session_attrs: Literal["any", "read-write", "read-only", "primary", "standby", "prefer-standby"] = "any"
    options: str | None = None
    tls: Tls = Tls()
    pool: Pool = Pool()
    timeouts: Timeouts = Timeouts()
    application_name: Annotated[str, Field(max_length=63)] = "assay"
    pgbouncer: bool = False
    channel_binding: Literal["disable", "prefer", "require"] = "prefer"
    connection_limit: Annotated[int, Field(ge=1)] | None = None


class Logging(_Section):
    """What it writes down."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class Diagnostics(_Section):
    """What it may probe, and how much."""

    allowed_targets: list[str] = []
    certificates_folder: Annotated[str, Field(min_length=1)] | None = None
    probe_timeout: Annotated[float, Field(gt=0, le=60)] = 10
    max_concurrent_probes: Annotated[int, Field(ge=1, le=100)] = 4
    editing: bool = False
    readiness_needs_database: bool = True


class History(_Section):
    """What it remembers, and how long."""

    enabled: bool = True
    retention_days: Annotated[int, Field(ge=1, le=3650)] = 90
    max_snapshots: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    digest_key: Annotated[SecretStr, Field(min_length=16)] | None = None
    compare_secrets: bool = False
    migrate_on_start: bool = False


class Releases(_Section):
    """How values are released to instances."""

    approvals: Annotated[int, Field(ge=0, le=10)] = 0
    synchronous: bool = False
