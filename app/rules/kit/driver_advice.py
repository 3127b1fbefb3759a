"""What to do about a database URL, in the words of the driver that reads it."""

from collections.abc import Mapping

from app.core import dsn
from app.core.errors import TargetError
from app.core.findings import Fix
from app.core.tree import Leaf
from app.rules.kit.drivers import url_of
from app.rules.kit.subject import EnvironmentContext


def rewritten(subject: EnvironmentContext, leaf: Leaf, url: str, text: str) -> Fix:
    """What to do about a URL, with the edit that does it.

    There is none where the URL holds a password, or is secret itself, or cannot be read without doubt: nobody knows
    what is a password in such a one.
    """
    is_hidden = subject.splits(leaf.path) or subject.is_secret(leaf.path) or not _is_plain(str(leaf.value))
    if is_hidden or dsn.mask(url) != url:
        return Fix(text=text)
    return Fix(text=text, edit=subject.setting(leaf.path, value=url).edit)


def _is_plain(url: str) -> bool:
    try:
        return dsn.parse(url).password is None
    except TargetError:
        return False


def refusals(subject: EnvironmentContext | None, text: str) -> tuple[str, ...]:
    """What the driver that a URL names refuses in it, each with what to write instead, as sentences."""
    url = url_of(subject, text)
    return tuple(f"{what[:1].upper()}{what[1:]}: {cure}" for what, cure in url.faults) if url else ()


_MYSQL: Mapping[str, str] = {
    **dict.fromkeys(("pymysql", "mysqldb"), "Add ssl_ca=/path/to/ca.pem to the URL."),
    **dict.fromkeys(
        ("mysqlconnector", "mariadbconnector"), "Add ssl_ca=/path/to/ca.pem&ssl_verify_identity=true to the URL."
    ),
    **dict.fromkeys(("aiomysql", "asyncmy"), 'Pass connect_args={"ssl": ssl.create_default_context()}.'),
}
"""How SQLAlchemy's drivers of MySQL are told to encrypt; none of them takes `tls`."""

_DIALECTS: Mapping[str, str] = {
    **dict.fromkeys(
        ("mysql", "mariadb"), "Have its driver encrypt: mysqlclient and PyMySQL take ssl_ca=/path/to/ca.pem in the URL."
    ),
    "mongodb": "Add tls=true to the URL.",
    "mssql": "Add Encrypt=yes to the URL.",
    "oracle": 'Have its driver encrypt: python-oracledb takes protocol="tcps".',
}
_BARE = "Have its client encrypt the connection."
_MYSQL_MODES = ("mysql", "mariadb")


def encrypted(text: str) -> str:
    """How the URL of another database than PostgreSQL would say that the connection is encrypted."""
    dialect, _, driver = text.strip().partition("://")[0].lower().partition("+")
    told = _MYSQL.get(driver) if dialect in _MYSQL_MODES else None
    return told or _DIALECTS.get(dialect, _BARE)


def verified(text: str) -> str:
    """How the URL of another database than PostgreSQL would say that the other end is verified."""
    scheme = text.strip().partition("://")[0].lower()
    if scheme.endswith("+ssc"):  # Neo4j's drivers: a certificate that the server has signed for itself
        return f"Write {scheme.removesuffix('sc')}:// in the URL."
    if scheme.partition("+")[0] in _MYSQL_MODES:
        return "Write ssl_mode=VERIFY_IDENTITY in the URL."
    return "Have its client verify the certificate."


_AUTHORITY = " The authority's certificate is looked for in ~/.postgresql/root.crt, or where PGSSLROOTCERT says."
"""Without it neither libpq nor asyncpg connects. Source: PostgreSQL, libpq, sslrootcert."""


def secured(subject: EnvironmentContext, leaf: Leaf) -> Fix | None:
    """How a URL of PostgreSQL would say that the other end is verified, in its driver's word; None for another URL."""
    url = url_of(subject, leaf.value) if isinstance(leaf.value, str) else None
    if url is None:
        return None
    if url.reader == "other":
        return Fix(text=f'Pass connect_args={{"ssl_context": …}} to {url.driver}: it takes no TLS mode from a URL.')
    stands = any(name in {"ssl", "sslmode"} for name, _ in url.parameters)
    text = f"{'Write' if stands else 'Add'} {url.word}=verify-full {'in' if stands else 'to'} the URL."
    if not any(name == "sslrootcert" for name, _ in url.parameters):
        text += _AUTHORITY
    return rewritten(subject, leaf, url.secured(), text)
