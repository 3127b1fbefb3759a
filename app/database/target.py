"""A database to connect to: whom, as whom, how protected, and for how long."""

import os
import pwd
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.core import dsn
from app.core.errors import TargetError
from app.core.outcomes import ShownTarget
from app.database.tls import TLS_MODES, Tls

if TYPE_CHECKING:  # a target is made without the settings' models too, and they take long to import
    from app.settings.database import ChannelBinding, DatabaseSettings, SessionAttributes

__all__ = ["CHANNEL_BINDINGS", "DEFAULT_PORT", "SESSION_ATTRIBUTES", "TLS_MODES", "Target", "Tls"]

SESSION_ATTRIBUTES: "tuple[SessionAttributes, ...]" = (
    "any",
    "read-write",
    "read-only",
    "primary",
    "standby",
    "prefer-standby",
)
CHANNEL_BINDINGS: "tuple[ChannelBinding, ...]" = ("disable", "prefer", "require")
DEFAULT_PORT = 5432


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A database to connect to.

    Attributes:
        host: name, address or socket folder; several with commas, each with its own port if it states one.
        port: TCP port of the hosts that state none.
        name: the database; None for the one named like the user.
        username: the role to log in as; None for the one named like the user of this process.
        password: never part of the representation.
        target_session_attrs: which of several servers will do; the names are libpq's.
        channel_binding: what libpq would bind the login to; the driver cannot, and the probe says so.
        options: what the server is told at the start of a session, as libpq's `options`.
        remarks: what is wrong with the URL for the program that it was written for; a probe tells it.
        unheeded: the parameters of that URL that say nothing of the target.
        described: which settings describe it, as a sentence; empty where nobody has to be told.
        connect_timeout: seconds to connect and log in.
        statement_timeout: seconds a statement may run; None leaves the server's own limit.
    """

    host: str
    port: int = DEFAULT_PORT
    name: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Tls = field(default_factory=Tls)
    target_session_attrs: "SessionAttributes" = "any"
    channel_binding: "ChannelBinding" = "prefer"
    options: str | None = field(default=None, repr=False)
    connect_timeout: float = 5.0
    statement_timeout: float | None = 30.0
    application_name: str = "assay"
    remarks: tuple[str, ...] = field(default=(), compare=False)
    unheeded: tuple[str, ...] = field(default=(), compare=False)
    described: str = field(default="", compare=False)

    @classmethod
    def from_settings(cls, settings: "DatabaseSettings") -> "Target | None":
        """The target that the section `[database]` describes; None where it names no host.

        Raises:
            TargetError: a host cannot be read, or a URL: then nothing else counts in its stead.
        """
        url = settings.url.get_secret_value() if settings.url else ""
        if url.strip():
            dsn.database_parts(url)
            raise dsn.refused(field="url", what="it was not taken apart", fix="Write its parts in its stead.")
        if settings.host is None:
            return None
        target = cls(
            host=settings.host,
            port=settings.port,
            name=settings.name,
            username=settings.username,
            password=settings.password.get_secret_value() if settings.password else None,
            tls=Tls(**settings.tls.model_dump()),
            target_session_attrs=settings.target_session_attrs,
            channel_binding=settings.channel_binding,
            options=settings.options,
            connect_timeout=settings.timeouts.connect,
            statement_timeout=settings.timeouts.statement,
            application_name=settings.application_name,
        )
        _ = target.addresses
        return target

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """Each host with its port, in the order in which they are tried.

        Raises:
            TargetError: an entry is no host.
        """
        return tuple((host, port or self.port) for host, port in dsn.parse_hosts(self.host))

    @property
    def is_socket(self) -> bool:
        """Whether it names unix sockets, and no server behind a network."""
        return all(host.startswith("/") for host, _ in self.named)

    @property
    def named(self) -> tuple[tuple[str, int], ...]:
        """Each host with its port, to be shown; where they cannot be read, what stands there."""
        try:
            return self.addresses
        except TargetError:
            return ((self.host, self.port),)

    @property
    def role(self) -> str:
        """The role to log in as; as in libpq, this process's user where none is named."""
        return self.username or own_name()

    @property
    def database(self) -> str:
        """The database; as in libpq, the one named like the role where none is named."""
        return self.name or self.role

    def server_settings(self) -> dict[str, str]:
        """What a session is told at its start."""
        settings = {"application_name": self.application_name}
        if self.options is not None:
            settings["options"] = self.options
        return settings

    def arguments(self) -> dict[str, object]:
        """What `asyncpg.connect` takes; nothing is left for it to look up in variables or `.pgpass`.

        Raises:
            OSError: a certificate file cannot be read; ssl.SSLError: it holds no certificate.
        """
        settings = self.server_settings()
        if self.statement_timeout is not None:
            settings["statement_timeout"] = str(max(1, round(self.statement_timeout * 1000)))
        hosts, ports = zip(*self.addresses, strict=True)
        arguments: dict[str, object] = {
            "host": list(hosts),
            "port": list(ports),
            "user": self.role,
            "password": self.password or "",
            "database": self.database,
            "ssl": self.tls.option(),
            "direct_tls": False,
            "target_session_attrs": self.target_session_attrs,
            "timeout": self.connect_timeout,
            "server_settings": settings,
        }
        return arguments | self._tls_arguments()

    def _tls_arguments(self) -> dict[str, object]:
        """What asyncpg needs where it makes the TLS context itself; it takes that in a URL only."""
        if self.tls.mode not in {"allow", "prefer"}:
            return {}
        stated = {
            "sslcert": self.tls.cert_file,
            "sslkey": self.tls.key_file,
            "ssl_min_protocol_version": self.tls.min_version,
            "ssl_max_protocol_version": self.tls.max_version,
        }
        query = {key: value for key, value in stated.items() if value is not None}
        return {"dsn": dsn.unparse(dsn.Parts(scheme="postgresql", query=query))}

    def shown(self) -> ShownTarget:
        """The target as reports show it, without its password."""
        several = self.named if "," in self.host else ()
        return ShownTarget(
            host=self.host,
            port=self.port,
            name=self.name,
            username=self.username,
            tls=self.tls.mode,
            hosts=tuple(several),
        )


def own_name() -> str:
    """The name of this process's user; its number where it has none."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
