"""A database to connect to: whom, as whom, how protected, and for how long."""

import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app import dsn
from app.errors import TargetError
from app.reports import probe as wire

if TYPE_CHECKING:  # a target is made without the settings' models too, and they take long to import
    from app.schema.database import DatabaseSettings, TlsMode

TLS_MODES: "tuple[TlsMode, ...]" = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
DEFAULT_PORT = 5432


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """How the connection is protected; the modes are libpq's.

    Attributes:
        ca_file: certificates of the authorities to trust, PEM; None or `system` for the system's own.
        cert_file: the client's certificate, PEM.
        key_file: the client's private key, PEM; None where `cert_file` holds it.
    """

    mode: "TlsMode" = "prefer"
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None

    def option(self) -> "ssl.SSLContext | TlsMode":
        """What asyncpg is to be told: its own fallbacks where the mode allows an unprotected connection."""
        return self.mode if self.mode in {"disable", "allow", "prefer"} else self.context()

    def context(self) -> ssl.SSLContext:
        """What the mode promises: verify-full checks authority and name, verify-ca the authority alone.

        As in libpq, `require` with a `ca_file` checks the authority too.

        Raises:
            OSError: a file cannot be read, or (ssl.SSLError) holds no certificate or key.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = self.mode == "verify-full"
        verified = self.mode in {"verify-ca", "verify-full"} or (self.mode == "require" and self.ca_file is not None)
        context.verify_mode = ssl.CERT_REQUIRED if verified else ssl.CERT_NONE
        if verified and self.ca_file in {None, "system"}:
            context.load_default_certs()
        elif verified:
            context.load_verify_locations(cafile=self.ca_file)
        if self.cert_file is not None:
            context.load_cert_chain(self.cert_file, self.key_file)
        return context


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A database to connect to.

    Attributes:
        host: name, address or socket folder; several with commas, each with its own port if it states one.
        port: TCP port of the hosts that state none.
        name: the database; None for the one named like the user.
        username: the role to log in as.
        password: never part of the representation.
        connect_timeout: seconds to connect and log in.
        statement_timeout: seconds a statement may run; None leaves the server's own limit.
    """

    host: str
    port: int = DEFAULT_PORT
    name: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Tls = field(default_factory=Tls)
    connect_timeout: float = 5.0
    statement_timeout: float | None = 30.0
    application_name: str = "assay"

    @classmethod
    def from_settings(cls, settings: "DatabaseSettings") -> "Target | None":
        """The target that the section `[database]` describes; None where it names no host."""
        if settings.host is None:
            return None
        return cls(
            host=settings.host,
            port=settings.port,
            name=settings.name,
            username=settings.username,
            password=settings.password.get_secret_value() if settings.password else None,
            tls=Tls(**settings.tls.model_dump()),
            connect_timeout=settings.timeouts.connect,
            statement_timeout=settings.timeouts.statement,
            application_name=settings.application_name,
        )

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """Each host with its port, in the order in which they are tried.

        Raises:
            TargetError: an entry is no host.
        """
        return tuple(self._address(entry.strip()) for entry in self.host.split(","))

    def _address(self, entry: str) -> tuple[str, int]:
        if entry.startswith("/") or (entry.count(":") > 1 and not entry.startswith("[")):
            return entry, self.port
        host, port = dsn.parse_host(entry)
        if not host:
            raise TargetError("A host has no name.", fix="Write db.example:5432.", errors={"host": "has no name"})
        return host, port or self.port

    def arguments(self) -> dict[str, object]:
        """What `asyncpg.connect` takes; nothing is left for it to look up in variables or `.pgpass`.

        Raises:
            OSError: a certificate file cannot be read; ssl.SSLError: it holds no certificate.
        """
        settings = {"application_name": self.application_name}
        if self.statement_timeout is not None:
            settings["statement_timeout"] = str(max(1, round(self.statement_timeout * 1000)))
        hosts, ports = zip(*self.addresses, strict=True)
        arguments: dict[str, object] = {
            "host": list(hosts),
            "port": list(ports),
            "user": self.username,
            "password": self.password or "",
            "database": self.name,
            "ssl": self.tls.option(),
            "timeout": self.connect_timeout,
            "server_settings": settings,
        }
        return arguments | self._client_certificate()

    def _client_certificate(self) -> dict[str, object]:
        """The client's certificate where asyncpg makes the TLS context; it takes one in a URL only."""
        files = {"sslcert": self.tls.cert_file, "sslkey": self.tls.key_file}
        query = {key: file for key, file in files.items() if file is not None}
        if not query or self.tls.mode not in {"allow", "prefer"}:
            return {}
        return {"dsn": dsn.unparse(dsn.Parts(scheme="postgresql", query=query))}

    def shown(self) -> wire.Target:
        """The target as reports show it, without its password."""
        return wire.Target(host=self.host, port=self.port, name=self.name, username=self.username, tls=self.tls.mode)
