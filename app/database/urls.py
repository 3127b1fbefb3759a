"""A target as one URL, and back."""

from app.core import dsn
from app.database.fields import target_from_fields
from app.database.target import Target, Tls

_MILLISECONDS = 1000


def target_from_url(url: str) -> Target:
    """The target that a PostgreSQL URL, or a libpq key=value string, names.

    Raises:
        TargetError: it names none; says which part is wrong, and never quotes a value.
    """
    return target_from_fields({"url": url})


def target_url(target: Target) -> str:
    """The URL of a target, percent-encoded; it holds the password. What is as by default is left out."""
    stated = {
        "sslmode": _unless(target.tls.mode, Tls().mode),
        "sslrootcert": target.tls.ca_file,
        "sslcert": target.tls.cert_file,
        "sslkey": target.tls.key_file,
        "sslcrl": target.tls.crl_file,
        "ssl_min_protocol_version": _unless(target.tls.min_version, Tls().min_version),
        "ssl_max_protocol_version": target.tls.max_version,
        "target_session_attrs": _unless(target.target_session_attrs, "any"),
        "channel_binding": _unless(target.channel_binding, "prefer"),
        "options": target.options,
        "application_name": _unless(target.application_name, "assay"),
        "connect_timeout": _unless(_number(target.connect_timeout), "5"),
        "statement_timeout": _unless(_number((target.statement_timeout or 0) * _MILLISECONDS), "30000"),
    }
    parts = dsn.Parts(
        scheme="postgresql",
        hosts=target.addresses,
        username=target.username,
        password=target.password,
        name=target.name,
        query={key: value for key, value in stated.items() if value is not None},
    )
    return dsn.unparse(parts)


def _unless(said: str, default: str) -> str | None:
    return None if said == default else said


def _number(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)
