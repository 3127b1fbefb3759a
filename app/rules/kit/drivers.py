"""Which driver reads a PostgreSQL URL, what it calls the TLS mode, and which parameters it refuses.

Tried with SQLAlchemy 2.1, asyncpg 0.32 and libpq 15; tests ask the first two again. To teach Assay another driver, add
its name to the table.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal
from urllib.parse import unquote_plus

from msgspec import Struct

from app.core.errors import nearest
from app.core.roles import words
from app.core.tree import Statement
from app.rules.kit.libpq_parameters import misfits
from app.rules.kit.services import MODES
from app.rules.kit.subject import EnvironmentContext, remembered

type Reader = Literal["asyncpg", "libpq", "other"]

_READERS: Mapping[str, Reader] = {
    "asyncpg": "asyncpg", "psycopg": "libpq", "psycopg2": "libpq", "psycopg2cffi": "libpq", "psycopg_async": "libpq",
    "psycopg2-binary": "libpq",
}  # fmt: skip
"""The drivers that a scheme may name behind its plus sign."""

_TLS_WORDS = ("sslmode", "ssl")
_ELSEWHERE: Mapping[str, str] = {
    "application_name": 'connect_args={"server_settings": {"application_name": …}}',
    "connect_timeout": 'connect_args={"timeout": …}',
    "options": 'connect_args={"server_settings": {…}}',
    **dict.fromkeys(("sslcert", "sslcrl", "sslkey", "sslrootcert"), 'connect_args={"ssl": an ssl.SSLContext}'),
    **dict.fromkeys(("channel_binding", "gssencmode", "client_encoding", "dbname"), ""),
}
"""What `asyncpg.connect` has no argument for, and SQLAlchemy hands to it all the same; and where it belongs."""

_ASYNCPG = frozenset({
    "command_timeout", "connection_class", "database", "direct_tls", "dsn", "gsslib", "host", "krbsrvname", "loop",
    "max_cacheable_statement_size", "max_cached_statement_lifetime", "passfile", "password", "port",
    "prepared_statement_cache_size", "prepared_statement_name_func", "record_class", "server_settings", "service",
    "servicefile", "ssl", "statement_cache_size", "target_session_attrs", "timeout", "user",
})  # fmt: skip
"""Every argument that SQLAlchemy's dialect and `asyncpg.connect` have."""

_NO_TEXTS = frozenset({
    "connection_class", "loop", "max_cacheable_statement_size", "max_cached_statement_lifetime",
    "prepared_statement_name_func", "record_class", "server_settings", "statement_cache_size", "timeout",
})  # fmt: skip
"""Arguments that fail with a text, and a URL has nothing else: SQLAlchemy hands it over as it stands."""

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "gsslib": ("gssapi", "sspi"),
    "target_session_attrs": ("any", "primary", "standby", "prefer-standby", "read-write", "read-only"),
}
"""The words that asyncpg takes for these arguments."""

_TLS_FORCED = frozenset({"require", "verify-ca", "verify-full", "verify_ca", "verify_full"})

_SIGNS = ("sqlalchemy", "alembic")
_ENGINE_KEYS = frozenset({("pool", "pre", "ping"), ("pool", "recycle"), ("max", "overflow"), ("engine", "options")})


class Url(Struct, frozen=True, kw_only=True):
    """A PostgreSQL URL as its text has it.

    Attributes:
        dialect: what stands before the plus sign, or before `://`.
        driver: what stands behind the plus sign; empty where nothing does.
        sqlalchemy: whether SQLAlchemy reads it: the scheme names a driver, or the settings speak of SQLAlchemy.
        address: what stands before the `?`.
        parameters: each as it is written, with its name.
        padded: whether blanks stand around it; the end of a line behind it does no harm.
    """

    dialect: str
    driver: str
    sqlalchemy: bool
    address: str
    parameters: tuple[tuple[str, str], ...]
    padded: bool = False

    @property
    def reader(self) -> Reader:
        """Who takes the parameters; a bare URL's are libpq's words, which asyncpg takes too where it reads one."""
        return _READERS.get(self.driver, "other") if self.driver else "libpq"

    @property
    def word(self) -> str:
        """What the reader calls the TLS mode."""
        return "ssl" if self.reader == "asyncpg" else "sslmode"

    def said(self, *names: str) -> str | None:
        """The first of these parameters' value."""
        return next((value for name, value in self.parameters if name in names), None)

    @property
    def faults(self) -> Iterator[tuple[str, str]]:
        """What the reader refuses, each with what to write instead."""
        if self.padded:
            yield "drivers take the blanks around it as part of it", "Write the URL without them."
        if self.dialect == "postgres" and self.sqlalchemy:
            yield "SQLAlchemy has no dialect postgres", "Write postgresql:// for postgres://."
        known = {**_READERS, "pg8000": "other"}
        if self.driver not in known and (meant := nearest(self.driver, known)):
            yield f"SQLAlchemy has no driver {self.driver}", f"Write {self.dialect}+{meant}://."
        if self.driver:
            yield from _unread(self.address.rpartition("@")[2].partition("/")[0])
        for name, value in self._handed_over:
            yield from self._refused(name, value)
        names = [name for name, _ in self._handed_over if self.driver and name not in {"host", "port"}]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"SQLAlchemy hands over both values of {name} at once", f"Write {name} once."

    @property
    def _handed_over(self) -> Iterator[tuple[str, str]]:
        """The parameters that reach the driver: SQLAlchemy passes over one without a value."""
        return ((unquote_plus(name), value) for name, value in self.parameters if value or not self.driver)

    def _refused(self, name: str, value: str) -> Iterator[tuple[str, str]]:
        if self.reader == "asyncpg" and name == "sslmode":
            yield "asyncpg has no argument sslmode", f"Write ssl={_mode(value)}."
        elif self.reader == "asyncpg" and name in _ELSEWHERE:
            place = _ELSEWHERE[name]
            yield f"asyncpg has no argument {name}", f"Pass {place} instead." if place else f"Take {name} out."
        elif self.reader == "asyncpg" and name not in _ASYNCPG:
            yield f"asyncpg has no argument {name}", f"Take {name} out."
        elif self.reader == "asyncpg" and name != "ssl":
            yield from self._misfit(name, value)
        elif self.reader == "libpq" and self.driver and name == "ssl":
            yield f"{self.driver} has no parameter ssl", f"Write sslmode={_mode(value)}."
        elif name == self.word and self.reader != "other" and value not in MODES and not self._is_underscored(value):
            yield f"there is no {name} {value!r}, and nothing connects", f"Write {name}={_mode(value)}."
        elif name == "sslnegotiation" and value == "direct" and (self.said("sslmode") or "") not in _TLS_FORCED:
            yield "sslnegotiation=direct needs TLS", "Add sslmode=require, or stricter."
        elif self.reader == "libpq" and self.driver:
            yield from misfits(self.driver, name, value)

    def _misfit(self, name: str, value: str) -> Iterator[tuple[str, str]]:
        """A value that asyncpg does not take for an argument that it has."""
        if name in _NO_TEXTS:
            yield f"asyncpg takes no text for {name}", f'Pass connect_args={{"{name}": …}} instead.'
        elif name == "command_timeout" and not _is_positive(value):
            yield "asyncpg's command_timeout is a number above 0", "Write seconds, as in command_timeout=30."
        elif name == "prepared_statement_cache_size" and not value.strip().removeprefix("-").isdecimal():
            yield f"{name} is a whole number", f"Write {name}=0 for no cache, or the number of statements."
        elif (words_taken := _CHOICES.get(name)) and value.lower() not in words_taken:
            yield f"asyncpg has no {name} {value!r}", f"Write one of {', '.join(words_taken)}."
        elif name == "direct_tls" and value and (self.said("ssl") or "") not in _TLS_FORCED:
            yield "asyncpg's direct_tls, which any text turns on, needs TLS", "Add ssl=require, or stricter."

    def _is_underscored(self, value: str) -> bool:
        return self.reader == "asyncpg" and value in {"verify_ca", "verify_full"}

    def mended(self) -> str:
        """The URL as its reader takes it, with the TLS mode that it has, if that is one."""
        names = {name for name in _TLS_WORDS if self.said(name) is not None}
        return self._text(_mode(self.said(*_TLS_WORDS) or "")) if names else self._text(None)

    def secured(self) -> str:
        """The URL with a connection that is encrypted, and whose other end is verified."""
        return self._text("verify-full")

    def _text(self, mode: str | None) -> str:
        scheme = "postgresql" if self.dialect == "postgres" and self.sqlalchemy else self.dialect
        stated = [f"{name}={value}" for name, value in self.parameters if mode is None or name not in _TLS_WORDS]
        query = "&".join([*stated, *([f"{self.word}={mode}"] if mode else [])])
        driver = f"+{self.driver}" if self.driver else ""
        return f"{scheme}{driver}://{self.address}{'?' + query if query else ''}"


def _is_positive(value: str) -> bool:
    try:
        return float(value) > 0
    except ValueError:
        return False


def _unread(host: str) -> Iterator[tuple[str, str]]:
    """What SQLAlchemy does not read before the path, and libpq and asyncpg do."""
    if "," in host:
        yield "SQLAlchemy reads one host before the path", "Write several as ?host=one:5432&host=other:5432."
    if host.endswith(":"):
        yield "SQLAlchemy reads no empty port", "Take the colon out."
    if "%" in host:
        yield "SQLAlchemy takes a host as it is written", "Write a socket's folder as ?host=/run/postgresql."


def _mode(value: str) -> str:
    """The mode that a word means, if any does; else the one that is right."""
    folded = value.replace("_", "-").lower()
    return folded if folded in MODES else "verify-full"


def url_of(subject: EnvironmentContext | None, text: str) -> Url | None:
    """A text as the URL of PostgreSQL that it is; None for another. Without a subject its scheme tells who reads it."""
    scheme, separator, rest = text.strip().partition("://")
    dialect, _, driver = scheme.lower().partition("+")
    if not separator or dialect not in {"postgres", "postgresql"}:
        return None
    address, _, query = rest.partition("?")
    parameters = tuple((name, value) for name, _, value in (item.partition("=") for item in query.split("&")) if name)
    return Url(
        dialect=dialect,
        driver=driver,
        sqlalchemy=bool(driver) or (subject is not None and _speaks_of_sqlalchemy(subject)),
        address=address,
        parameters=parameters,
        padded=text.removesuffix("\n") != text.strip(),
    )


def is_sqlalchemys(subject: EnvironmentContext, text: str) -> bool:
    """Whether SQLAlchemy reads a URL: its scheme names a driver, or the settings speak of SQLAlchemy."""
    return "+" in text.partition("://")[0] or _speaks_of_sqlalchemy(subject)


@remembered
def _speaks_of_sqlalchemy(subject: EnvironmentContext) -> bool:
    return any(found for _, found in subject.of_layers(_has_sign))


def _has_sign(said: Sequence[Statement]) -> bool:
    return any(_is_sign(one.path, one.value) for one in said)


def _is_sign(path: tuple[str | int, ...], value: object) -> bool:
    names = [words(part) for part in path if isinstance(part, str)]
    if any({*_SIGNS} & {*name} or name in _ENGINE_KEYS for name in names):
        return True
    return isinstance(value, str) and value.startswith(("postgresql+", "postgres+"))
