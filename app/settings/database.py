"""`[database]`: the database that the service tests and remembers in."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from app.core.roles import Role
from app.settings.section import Section, described, missing

type TlsMode = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
type TlsVersion = Literal["TLSv1.2", "TLSv1.3"]
type ChannelBinding = Literal["disable", "prefer", "require"]
type SessionAttributes = Literal["any", "read-write", "read-only", "primary", "standby", "prefer-standby"]


class TlsSettings(Section):
    """How the connection is protected; the modes are libpq's."""

    mode: Annotated[TlsMode, Role.TLS_MODE] = "prefer"
    """Only `verify-ca` and `verify-full` know whom they talk to."""

    ca_file: str | None = None
    """Certificates of the authorities to trust, PEM; the system's own where none is named."""

    cert_file: str | None = None
    """The client's certificate, PEM."""

    key_file: str | None = None
    """The client's private key, PEM."""

    crl_file: str | None = None
    """Certificates that their authorities have revoked, PEM."""

    min_version: TlsVersion = "TLSv1.2"
    """The oldest version of TLS to speak."""

    max_version: TlsVersion | None = None
    """The newest version of TLS to speak; the newest there is where none is named."""


class PoolSettings(Section):
    """How many connections are kept."""

    size: Annotated[int, Field(ge=1, le=1000)] = 5
    """Connections kept open."""

    max_overflow: Annotated[int, Field(ge=0, le=1000)] = 10
    """Connections beyond `size` that a rush may open."""

    timeout: Annotated[float, Field(gt=0, le=600)] = 10
    """Seconds to wait for a free connection."""

    recycle: Annotated[int, Field(ge=0)] = 1800
    """Seconds after which a connection is replaced; 0 never."""

    pre_ping: bool = True
    """Tests a connection before it is handed out."""


class TimeoutSettings(Section):
    """How long the database may take."""

    connect: Annotated[float, Field(gt=0, le=600)] = 5
    """Seconds to connect and log in."""

    statement: Annotated[float, Field(gt=0, le=86400)] = 30
    """Seconds a statement may run."""


class DatabaseSettings(Section):
    """The database: a URL, or its parts; a URL is shorthand for its parts in the layer where it stands."""

    url: Annotated[SecretStr | None, Role.DSN] = None
    """A connection URL, taken apart before layers merge."""

    host: Annotated[str, Field(min_length=1), Role.HOST] | None = None
    """Name, address or socket folder of the server; several with commas."""

    port: Annotated[int, Field(ge=1, le=65535), Role.PORT] = 5432
    """The server's TCP port."""

    embedded: Annotated[bool, Role.EMBEDDED] = False
    """Runs a PostgreSQL of its own, where no layer sets `url` or `host`."""

    username: Annotated[str, Field(min_length=1), Role.USERNAME] | None = None
    """The role to log in as."""

    password: Annotated[SecretStr | None, Role.PASSWORD] = Field(default=None, validate_default=True)
    """The role's password."""

    name: Annotated[str, Field(min_length=1), Role.DATABASE_NAME] | None = None
    """The database to connect to."""

    target_session_attrs: SessionAttributes = "any"
    """Which of several servers will do; the names are libpq's."""

    channel_binding: ChannelBinding = "prefer"
    """What libpq would bind the login to; the driver here cannot, and says so where it is required."""

    options: str | None = None
    """What the server is told at the start of each session, as libpq's `options`: `-c search_path=orders`."""

    tls: TlsSettings = described("How the connection is protected.", TlsSettings)
    pool: PoolSettings = described("How many connections are kept.", PoolSettings)
    timeouts: TimeoutSettings = described("How long the database may take.", TimeoutSettings)

    application_name: Annotated[str, Field(max_length=63)] = "assay"
    """How the connections call themselves on the server."""

    pgbouncer: bool = False
    """Set where a PgBouncer in transaction mode stands in between."""

    connection_limit: Annotated[int, Field(ge=1)] | None = None
    """How many connections the server grants this service, over all its workers."""

    @field_validator("password")
    @classmethod
    def _required_for_a_server(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("host") is not None:
            raise missing("a password is required for a server that is not the embedded one")
        return value
