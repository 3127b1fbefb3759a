"""What each failure says, whom it blames, and what a tired person can do about it."""

from dataclasses import dataclass

from app.core.outcomes import FailureCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Texts with `{host}`, `{where}`, `{socket}`, `{name}`, `{username}`, `{mode}`; fields as a target's form."""

    fields: tuple[str, ...]
    message: str
    advice: str


_ADDRESS = ("host", "port")
_LOGIN = ("username", "password")

ADVICE: dict[FailureCode, Advice] = {
    "name-not-resolved": Advice(
        fields=("host",),
        message="The name {host} leads to no address.",
        advice="Check the spelling, and that this machine's DNS knows the name: getent hosts {host}",
    ),
    "connection-refused": Advice(
        fields=_ADDRESS,
        message="Nobody listens at {where}.",
        advice="Check the port, that PostgreSQL runs there, and that its listen_addresses admits others.",
    ),
    "socket-missing": Advice(
        fields=_ADDRESS,
        message="There is no socket {socket}.",
        advice="Check the folder (the server's unix_socket_directories) and the port in the file's name, and that the"
        " server runs on this machine: a container sees its own folders only.",
    ),
    "unreachable": Advice(
        fields=("host",),
        message="This machine has no way to {host}.",
        advice="Check the address, the network and its routes (VPN?) from this machine.",
    ),
    "connect-timeout": Advice(
        fields=_ADDRESS,
        message="There is silence at {where}.",
        advice="A firewall may drop the packets, the port may belong to something else, or the server hangs.",
    ),
    "not-postgresql": Advice(
        fields=_ADDRESS,
        message="What answers at {where} is not PostgreSQL.",
        advice="Check the port; PostgreSQL's own is 5432, PgBouncer's 6432.",
    ),
    "tls-not-offered": Advice(
        fields=("tls",),
        message="The server offers no TLS, and tls.mode = {mode} demands it.",
        advice="Turn on ssl on the server; use tls.mode = disable only where the network itself is trusted.",
    ),
    "tls-required": Advice(
        fields=("tls",),
        message="The server demands TLS, and tls.mode = {mode} does not use it.",
        advice="Set tls.mode to verify-full, with tls.ca_file where the authority is your own.",
    ),
    "certificate-untrusted": Advice(
        fields=("tls",),
        message="The certificate of {host} comes from an authority that is not trusted here.",
        advice="Set tls.ca_file to the certificate of the authority that signed the server's.",
    ),
    "certificate-name-mismatch": Advice(
        fields=("host", "tls"),
        message="The server's certificate is not made out to {host}.",
        advice="Use a name that the certificate holds, or have it made out to this name too.",
    ),
    "certificate-expired": Advice(
        fields=("tls",),
        message="The certificate of {host} has expired.",
        advice="Renew it on the server, and reload PostgreSQL; check this machine's clock.",
    ),
    "certificate-not-yet-valid": Advice(
        fields=("tls",),
        message="The certificate of {host} is not valid yet.",
        advice="Check the clocks of both machines, and the certificate's first day.",
    ),
    "ca-file-missing": Advice(
        fields=("tls",),
        message="A certificate file that tls names cannot be read, or holds no certificate.",
        advice="Check tls.ca_file, tls.cert_file and tls.key_file: paths, permissions, PEM format.",
    ),
    "key-file-readable": Advice(
        fields=("tls",),
        message="Others than its user can read the client's private key that tls.key_file names.",
        advice="Take their right away, as libpq demands it: chmod 600 on the file.",
    ),
    "key-mismatch": Advice(
        fields=("tls",),
        message="The client's private key does not belong to its certificate.",
        advice="Set tls.key_file to the key that tls.cert_file was made for.",
    ),
    "client-certificate-required": Advice(
        fields=("tls",),
        message="The server wants a certificate of the client.",
        advice="Set tls.cert_file and tls.key_file.",
    ),
    "client-certificate-rejected": Advice(
        fields=("tls",),
        message="The server does not accept the client's certificate.",
        advice="Have it signed by the authority in the server's ssl_ca_file, made out to {username}.",
    ),
    "password-rejected": Advice(
        fields=_LOGIN,
        message="The server rejects this user name and password ({username}).",
        advice="Check both, and that the password has not expired; PostgreSQL does not tell these apart.",
    ),
    "password-missing": Advice(
        fields=("password",),
        message="The server wants a password of {username}, and none is set.",
        advice="Set password, from the environment or the secrets file.",
    ),
    "login-not-permitted": Advice(
        fields=("username",),
        message="The role {username} may not log in, or does not exist.",
        advice="As an administrator: ALTER ROLE … LOGIN; or use a role that may.",
    ),
    "host-not-permitted": Advice(
        fields=("host", "username", "name", "tls"),
        message="The server's pg_hba.conf admits no such connection: {username} to {name}, from here.",
        advice="Add a line for this address, role and database; where it has only hostssl lines, use TLS.",
    ),
    "database-missing": Advice(
        fields=("name",),
        message="There is no database {name} on this server.",
        advice="Check the name (case counts), or have it made: CREATE DATABASE …",
    ),
    "connect-privilege-missing": Advice(
        fields=("username", "name"),
        message="The role {username} may not connect to {name}.",
        advice="As its owner: GRANT CONNECT ON DATABASE … TO …",
    ),
    "too-many-connections": Advice(
        fields=(),
        message="All connections are taken.",
        advice="Look who holds them (pg_stat_activity); make pools smaller, or raise the limit.",
    ),
    "server-not-accepting": Advice(
        fields=(),
        message="The server is starting, stopping or recovering, and takes no connections.",
        advice="Wait a moment and try again; if it lasts, read the server's log.",
    ),
    "read-only": Advice(
        fields=_ADDRESS,
        message="The server only reads: it is a standby, or set to read only.",
        advice="Connect to the primary.",
    ),
    "query-timeout": Advice(
        fields=(),
        message="The server took the login, but did not answer a simple question in time.",
        advice="It is overloaded or frozen: look at its load, disk and locks.",
    ),
    "connection-lost": Advice(
        fields=_ADDRESS,
        message="The connection was cut in the middle.",
        advice="The server may have been stopped, or something between closed it: read the server's log.",
    ),
    "target-not-allowed": Advice(
        fields=_ADDRESS,
        message="This service may not probe {host}.",
        advice="Add it to diagnostics.allowed_targets.",
    ),
    "target-invalid": Advice(
        fields=(),
        message="The target cannot be used as it is written.",
        advice="Correct its fields.",
    ),
    "server-too-old": Advice(
        fields=_ADDRESS,
        message="The server is older than Assay's driver supports.",
        advice="Upgrade the server.",
    ),
    "unknown": Advice(
        fields=(),
        message="The connection failed for a reason that Assay does not know.",
        advice="Read the stage's detail and the server's log.",
    ),
}

SILENT_SOCKET = Advice(
    fields=_ADDRESS,
    message="Nobody listens at the socket {socket}, or this user may not open it.",
    advice="Check that the server runs (a crash leaves the file behind), and its unix_socket_permissions.",
)
"""What a refused connection means where a unix socket refuses it."""
