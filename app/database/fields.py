"""A target as the command line and a request's body spell it."""

from collections.abc import Mapping
from typing import Any

from app.core import dsn
from app.core.errors import TargetError, did_you_mean
from app.database.target import CHANNEL_BINDINGS, DEFAULT_PORT, SESSION_ATTRIBUTES, TLS_MODES, Target, Tls
from app.database.tls import SYSTEM, TLS_VERSIONS

FIELDS = (
    "url",
    "host",
    "port",
    "username",
    "password",
    "name",
    "tls",
    "target_session_attrs",
    "options",
    "application_name",
    "timeout_ms",
)
TLS_FIELDS = ("mode", "ca_file", "cert_file", "key_file", "crl_file", "min_version", "max_version")

_TEXT = ("host", "username", "password", "name", "options", "application_name")
_KNOWN_WORDS: Mapping[str, tuple[str, ...]] = {
    "tls.mode": TLS_MODES,
    "tls.min_version": TLS_VERSIONS,
    "tls.max_version": TLS_VERSIONS,
    "target_session_attrs": SESSION_ATTRIBUTES,
    "channel_binding": CHANNEL_BINDINGS,
}
_LAST_PORT = 65535
_LONGEST_MS = 600_000


def target_from_fields(fields: Mapping[str, Any]) -> Target:
    """The target that these fields describe; those beside `url` win over what the URL says.

    Raises:
        TargetError: with everything that is wrong, field by field; no value is ever quoted.
    """
    given = {key: value for key, value in fields.items() if value is not None}
    errors = _errors(given)
    if errors:
        raise _refused(errors)
    stated: dict[str, Any] = dsn.database_parts(given["url"]) if "url" in given else {}
    stated |= {key: value for key, value in given.items() if key in {*_TEXT, "port", "target_session_attrs"}}
    stated["tls"] = {**stated.get("tls", {}), **given.get("tls", {})}
    if "timeout_ms" in given:
        stated["timeouts"] = {**stated.get("timeouts", {}), "connect": given["timeout_ms"] / 1000}
    return _target(stated)


def _errors(given: Mapping[str, Any]) -> dict[str, str]:
    errors = {key: f"is no field of a target. {did_you_mean(key, FIELDS)}" for key in given if key not in FIELDS}
    errors |= {key: "must be text, without a NUL" for key in (*_TEXT, "url") if not _is_text(given.get(key, ""))}
    errors |= _number_errors(given)
    errors |= _tls_errors(given.get("tls", {}))
    errors |= _word_error("target_session_attrs", given.get("target_session_attrs"))
    if not given.keys() & {"url", "host"}:
        errors["host"] = "is required, or a url"
    return errors


def _is_text(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value


def _number_errors(given: Mapping[str, Any]) -> dict[str, str]:
    limits = {"port": _LAST_PORT, "timeout_ms": _LONGEST_MS}
    return {
        key: f"must be a number from 1 to {limit}"
        for key, limit in limits.items()
        if type(given.get(key, 1)) is not int or not 1 <= given.get(key, 1) <= limit
    }


def _tls_errors(tls: object) -> dict[str, str]:
    if not isinstance(tls, Mapping):
        return {"tls": f"must be a table of {', '.join(TLS_FIELDS)}"}
    unknown = [key for key in tls if key not in TLS_FIELDS]
    errors = {f"tls.{key}": f"is no field of a target. {did_you_mean(str(key), TLS_FIELDS)}" for key in unknown}
    errors |= {f"tls.{key}": "must be text, without a NUL" for key in TLS_FIELDS if not _is_text(tls.get(key) or "")}
    for key in ("mode", "min_version", "max_version"):
        errors |= _word_error(f"tls.{key}", tls.get(key))
    return errors


def _word_error(key: str, word: object) -> dict[str, str]:
    """What is wrong where only certain words will do; nothing where none is said."""
    known = _KNOWN_WORDS[key]
    return {} if word is None or word in known else {key: f"is unknown. {did_you_mean(str(word), known)}"}


def _target(stated: dict[str, Any]) -> Target:
    """The target; what only the URL could say wrongly is looked at here."""
    tls = {key: value for key, value in stated["tls"].items() if value is not None}
    errors = {} if stated.get("host") else {"host": "is required; the url names none"}
    errors |= _tls_errors(tls)
    for word in ("target_session_attrs", "channel_binding"):
        errors |= _word_error(word, stated.get(word))
    if tls.get("ca_file") == SYSTEM and tls.setdefault("mode", "verify-full") != "verify-full":
        errors["tls.mode"] = "is verify-full where tls.ca_file is system: anybody has a certificate of theirs"
    if errors:
        raise _refused(errors)
    timeouts = stated.get("timeouts", {})
    target = Target(
        host=stated["host"],
        port=stated.get("port", DEFAULT_PORT),
        name=stated.get("name"),
        username=stated.get("username"),
        password=stated.get("password"),
        tls=Tls(**tls),
        target_session_attrs=stated.get("target_session_attrs", "any"),
        channel_binding=stated.get("channel_binding", "prefer"),
        options=stated.get("options"),
        connect_timeout=timeouts.get("connect", 5.0),
        statement_timeout=timeouts.get("statement", 30.0) or None,
        application_name=stated.get("application_name", "assay"),
    )
    _ = target.addresses  # a host that cannot be read is refused here, not when somebody connects
    return target


def _refused(errors: Mapping[str, str]) -> TargetError:
    listed = "; ".join(f"{key} {what}" for key, what in errors.items())
    ended = listed if listed.endswith((".", "?")) else f"{listed}."
    return TargetError(f"This is no database target: {ended}", fix="Correct these fields.", errors=errors)
