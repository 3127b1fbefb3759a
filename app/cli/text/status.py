"""A database's status and its tables as text."""

import click

from app.cli.session import pass_over
from app.cli.text.probe import failure as failure_lines
from app.reports.migration import Migration, Revisions
from app.reports.probe import Migrations, PoolStatus, ProbedTarget, Server, Status

_LABEL = 12


def status(document: Status, width: int) -> str:
    """Where the database is, what it says of itself, and what the pool holds; or why it does not answer."""
    if document.target is None:
        return f"{click.style(pass_over(document.environment), bold=True)}  no database is configured"
    lines = [_head(document.environment, document.target)]
    if document.connected:
        lines.append(_line("connected", f"answers in {document.latency_ms} ms"))
    else:
        lines.append(_line("connected", click.style("no", fg="red")))
    lines += _server(document.server) if document.server else []
    lines += [_line("pool", _pool(document.pool))] if document.pool else []
    lines += [_line("migrations", _migrations(document.migrations))] if document.migrations else []
    if document.failure:
        lines += ["", *failure_lines(document.failure, width)]
    return "\n".join(lines)


def migration(document: Migration) -> str:
    """The steps of a migration, and where the tables are now."""
    verb = "applied" if _is_newer(document) else "taken back"
    lines = [_head(document.environment, document.target)]
    lines += [_line(verb, pass_over(f"{step.revision}  {step.description}")) for step in document.steps]
    now = f"at {document.after}" if document.after else "none"
    newest = ", the newest" if document.after == document.head else f"; the newest is {document.head}"
    return "\n".join([*lines, _line("tables", f"{now}{newest}{'' if document.steps else '; nothing to do'}")])


def revisions(document: Revisions) -> str:
    """Every revision, the applied ones marked."""
    lines = [_head(document.environment, document.target)]
    for row in document.revisions:
        mark = click.style("✓", fg="green") if row.applied else "-"
        current = "  (current)" if row.revision == document.current else ""
        lines.append(f"  {mark} {row.revision}  {pass_over(row.description)}{current}")
    state = Migrations(current=document.current, head=document.head, pending=document.pending)
    return "\n".join([*lines, _line("tables", _migrations(state))])


def _is_newer(document: Migration) -> bool:
    return (document.after or "") >= (document.before or "")


def _head(environment: str, target: ProbedTarget) -> str:
    who = f"{target.username or '(no user)'}@{target.place}/{target.name or target.username or ''}"
    return f"{click.style(pass_over(environment), bold=True)}  {pass_over(who)}  tls {target.tls}"


def _line(label: str, text: str) -> str:
    return f"  {label.ljust(_LABEL)}{text}"


def _server(server: Server) -> list[str]:
    kind = "read-only" if server.read_only else "read-write"
    tls = server.tls or "no TLS"
    said = (
        f"PostgreSQL {server.version}, {kind}, {tls}, {server.encoding}, {server.time_zone}, since {server.started_at}"
    )
    return [
        _line("server", pass_over(said)),
        _line("sessions", f"{server.connections} of {server.max_connections}"),
    ]


def _pool(pool: PoolStatus) -> str:
    return f"{pool.in_use} in use, {pool.idle} idle, of {pool.size}; {pool.overflow} beyond"


def _migrations(found: Migrations) -> str:
    if found.current is None:
        return f"never run: `assay db upgrade` makes the tables ({found.pending} pending)"
    if found.pending:
        return f"at {found.current}, {found.pending} pending up to {found.head}: run `assay db upgrade`"
    if found.current != found.head:
        return f"at {found.current}, which this version of Assay does not know; it knows up to {found.head}"
    return f"at {found.current}, the newest"
