"""Stage 7: are the tables those that this version of Assay works with?"""

from dataclasses import dataclass

import asyncpg

from app.reports.probe import Migrations


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What the tables should be.

    Attributes:
        table: where the database keeps its revision.
        revisions: every revision, newest first.
    """

    table: str
    revisions: tuple[str, ...]


async def migrations(session: asyncpg.Connection, schema: Schema) -> Migrations:
    """How far the database is.

    Raises:
        asyncpg.InsufficientPrivilegeError: the role may not read it.
    """
    try:
        current = await session.fetchval(f"SELECT version_num FROM {schema.table}")  # noqa: S608 - a name of ours
    except asyncpg.UndefinedTableError:
        current = None
    behind = schema.revisions.index(current) if current in schema.revisions else len(schema.revisions)
    head = schema.revisions[0] if schema.revisions else None
    return Migrations(current=current, head=head, pending=behind)


def message(found: Migrations, schema: Schema) -> tuple[str, bool]:
    """What there is to say, and whether all is well."""
    if found.current is None:
        return "Migrations have never run here: assay db upgrade makes the tables.", False
    if found.current not in schema.revisions:
        return f"The tables are at revision {found.current}, which this version of Assay does not know.", False
    if found.pending:
        return f"{found.pending} migrations are pending: run assay db upgrade.", False
    return f"The tables are at the newest revision, {found.current}.", True
