"""A database URL cannot be read, so nobody knows which database is meant.

An `@`, `/`, `?` or `#` in the password that is not percent-encoded, a port that is none, quotation marks that came
along from a file of variables, another database's scheme, a host that nobody has written yet (`mysql://..`): what
stands there names no server. Nothing else counts in its stead; an application that falls back to a default connects to
the wrong database, and says that all is well. Where the project's own model has a text that is called a database's URL,
any text that is no URL is told, too.

It is a warning where drivers start with it all the same: a login that stands twice, an escape that is no UTF-8, and,
where SQLAlchemy reads the URL, what it takes as it stands, or passes over (`p%zz`, `?sslmode`).

In the service's own settings a URL of a parameter that Assay does not know is one of them too.

Wrong:

    [production]
    database_url = "postgresql://orders@db.example.com:99999/orders?sslmode=verify-full"

Right:

    [production]
    database_url = "postgresql://orders@db.example.com:5432/orders?sslmode=verify-full"
"""

import re
from collections.abc import Iterator, Sequence

from app.core import dsn
from app.core.errors import TargetError
from app.core.findings import Finding, Severity
from app.core.layers import Path, dotted, fold
from app.core.roles import Role
from app.core.tree import Leaf, Statement
from app.rules.kit.connection_names import names_database_url
from app.rules.kit.connection_urls import is_database_url, misspelt_scheme, read_url
from app.rules.kit.connections import connections, is_local, is_name
from app.rules.kit.drivers import is_sqlalchemys
from app.rules.kit.known_defaults import is_reference
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext

_BEGINNING = re.compile(r"['\"`<]?((?:postgres(?:ql)?|mysql|mariadb)(?:\+\w+)?)(?::|//)", re.IGNORECASE)


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """URLs that cannot be read; where no model knows them, what `unescaped-password` tells is left to it."""
    for leaf in subject.leaves(Role.DSN):
        error = fault(subject, leaf)
        if error is not None and (subject.splits(leaf.path) or not isinstance(error, dsn.UnescapedError)):
            yield _unread(rule, subject, leaf, error)
        yield from _misspelt(rule, subject, leaf)
    yield from _nowhere(rule, subject)
    for leaf in _broken(subject):
        what = "what stands there is neither a URL nor a key=value string" if leaf.value.strip() else "it is empty"
        message = f"{leaf.key} names no database: {what}."
        yield rule.finding(subject, leaf.path, message, _example(str(leaf.value)), leaf=leaf)
    for url in sorted(subject.url_paths):
        yield from _host(rule, subject, (*url[:-1], "host"))


def _unread(rule: Rule, subject: EnvironmentContext, leaf: Leaf, error: TargetError) -> Finding:
    """What is wrong with a URL; a warning where drivers start with it."""
    if is_taken(subject, leaf, error):
        ((part, what),) = error.errors.items()
        message = f"{leaf.key}: of the {'URL' if part == 'url' else part}, {what}."
        return rule.finding(subject, leaf.path, message, error.fix, leaf=leaf, severity=Severity.WARNING)
    message = f"{leaf.key} names no database: {error.message[:1].lower()}{error.message[1:]}"
    return rule.finding(subject, leaf.path, message, error.fix, leaf=leaf)


def is_taken(subject: EnvironmentContext, leaf: Leaf, error: TargetError) -> bool:
    """Whether drivers start with a URL that others refuse, or read differently; the service's own is read here."""
    if not isinstance(error, dsn.DifferingError) or subject.splits(leaf.path):
        return False
    return error.everybody or is_sqlalchemys(subject, str(leaf.value))


def _misspelt(rule: Rule, subject: EnvironmentContext, leaf: Leaf) -> Iterator[Finding]:
    """A scheme that is nearly a database's: `postgressql://`."""
    is_read = isinstance(leaf.value, str) and not subject.splits(leaf.path) and names_database_url(leaf.path)
    if is_read and (found := misspelt_scheme(leaf.value)):
        message = f"{leaf.key} names no database: there is no scheme {found[0]!r}."
        yield rule.finding(subject, leaf.path, message, f"Write {found[1]}:// for {found[0]}://.", leaf=leaf)


def _nowhere(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """A URL whose host is none, and stands for one that somebody has yet to write: `mysql://..`."""
    for connection in connections(subject):
        url, database = connection.url, connection.service.database
        hosts = [host for host in connection.hosts if not is_name(host) and not is_local(host)]
        if url is not None and database and hosts:
            message = f"{url.key} names no server: no host is called `{subject.told(url, hosts[0])}`."
            yield rule.finding(subject, url.path, message, _example(str(url.value)), leaf=url)


def _host(rule: Rule, subject: EnvironmentContext, path: Path) -> Iterator[Finding]:
    """A host beside the URL that is none: `db.example:99999`."""
    leaf = subject.tree.get(*path)
    try:
        dsn.parse_hosts(leaf.value if leaf and leaf.value and isinstance(leaf.value, str) else "localhost")
    except TargetError as error:
        message = f"{dotted(path)} names no server: {next(iter(error.errors.values()))}."
        yield rule.finding(subject, path, message, error.fix, leaf=leaf)


def fault(subject: EnvironmentContext, leaf: Leaf) -> TargetError | None:
    """Why a URL cannot be read; None where it can, or where it is no database's, or refers to something else."""
    text = leaf.value if isinstance(leaf.value, str) else ""
    if not text.strip():
        return None
    try:
        if subject.splits(leaf.path):
            dsn.database_parts(text)
        elif is_database_url(text):
            dsn.parse(text)
    except TargetError as error:
        return error
    return None


def _broken(subject: EnvironmentContext) -> Iterator[Leaf]:
    """Texts that are no URL where one belongs: they begin like a database's, or take the place of one."""
    replaced = frozenset[Path]().union(*(found for _, found in subject.of_layers(_urls_in)))
    for leaf, begins in subject.found(_no_url):
        if not leaf.value.strip():
            belongs = _is_expected(subject, leaf, required=True) and not subject.is_inherited(leaf)
        else:
            belongs = begins or fold(leaf.path) in replaced or _is_expected(subject, leaf)
        if belongs:
            yield leaf


def _urls_in(said: Sequence[Statement]) -> frozenset[Path]:
    """Where one layer has a database's URL."""
    return frozenset(fold(one.path) for one in said if isinstance(one.value, str) and is_database_url(one.value))


def _no_url(leaf: Leaf) -> bool | None:
    """Whether a text that is no URL begins like a database's."""
    if leaf.state != "plain" or not isinstance(leaf.value, str) or not _is_none(leaf.value.strip()):
        return None
    return bool(_BEGINNING.match(leaf.value.strip()))


def _is_expected(subject: EnvironmentContext, leaf: Leaf, *, required: bool = False) -> bool:
    """Whether the project's own model has a text there that is called a database's URL, and takes this one."""
    shape = subject.shape.at(leaf.path) if subject.shape and not subject.splits(leaf.path) else None
    if shape is None or shape.kind != "text" or (required and not shape.required):
        return False
    return names_database_url(leaf.path) and all(problem.path != leaf.path for problem in subject.problems)


def _example(text: str) -> str:
    """What a URL looks like, of the kind of database that the text begins with."""
    begun = _BEGINNING.match(text.strip())
    scheme = begun[1].lower() if begun else "postgresql"
    return f"Write it like {scheme}://user@host:{5432 if scheme.startswith('postgres') else 3306}/name."


def _is_none(text: str) -> bool:
    return "://" not in text and not is_reference(text) and read_url(text) is None


RULE = Rule(
    id="DB015",
    name="url-unusable",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A database URL cannot be read.",
    source="RFC 3986; PostgreSQL, Connection URIs",
    page=__doc__,
    check=check,
)
