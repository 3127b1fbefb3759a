"""Stage 7: are Assay's own tables those that this version works with, and may it write them?

Of another project: at which revision is it?
"""

from dataclasses import dataclass

import asyncpg

from app.core.outcomes import SchemaRevision

FOREIGN_TABLE = "alembic_version"
"""Where Alembic keeps a project's revision, if nobody told it otherwise."""


_WRITTEN = ("snapshot", "release", "instance")
"""What the history, the releases and the instances are written to, one table each."""

_UNWRITABLE = """
SELECT name FROM unnest($1::text[]) AS name
WHERE to_regclass(name) IS NOT NULL AND NOT has_table_privilege(name, 'INSERT')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What the tables should be.

    Attributes:
        table: where the database keeps its revision.
        revisions: every revision, newest first; None for another project's, whose revisions only its code knows.
    """

    table: str
    revisions: tuple[str, ...] | None


FOREIGN = Schema(table=FOREIGN_TABLE, revisions=None)
"""What may be asked of another project's database."""


async def migrations(session: asyncpg.Connection, schema: Schema) -> SchemaRevision:
    """How far the database is; of another project's nothing is known to be pending.

    Raises:
        asyncpg.InsufficientPrivilegeError: the role may not read it.
    """
    found = await _stated(session, schema.table)
    if schema.revisions is None:
        return SchemaRevision(current=", ".join(sorted(found)) or None, head=None, pending=0)
    current = found[0] if found else None
    behind = schema.revisions.index(current) if current in schema.revisions else len(schema.revisions)
    head = schema.revisions[0] if schema.revisions else None
    return SchemaRevision(current=current, head=head, pending=behind)


async def unwritable(session: asyncpg.Connection, schema: Schema) -> list[str]:
    """Assay's own tables that the role may not write; none of another project's, whose business that is."""
    if schema.revisions is None:
        return []
    return [str(row["name"]) for row in await session.fetch(_UNWRITABLE, list(_WRITTEN))]


async def _stated(session: asyncpg.Connection, table: str) -> list[str]:
    """The revisions that a table holds: one, or one a branch; none where there is no such table."""
    try:
        rows = await session.fetch(f"SELECT version_num FROM {table} LIMIT 9")  # noqa: S608 - a name of ours
    except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError):
        return []
    return [str(row["version_num"]) for row in rows]


def message(found: SchemaRevision, schema: Schema) -> tuple[str, bool]:
    """What there is to say, whose tables it is about, and whether all is well."""
    if schema.revisions is None:
        return f"The project's own {schema.table} is at revision {found.current}.", True
    if found.current is None:
        return "Assay's own migrations have never run here: assay db upgrade makes its tables.", False
    if found.current not in schema.revisions:
        return f"Assay's own tables are at revision {found.current}, which this version does not know.", False
    if found.pending:
        return f"{found.pending} of Assay's own migrations are pending: run assay db upgrade.", False
    return f"Assay's own tables are at the newest revision, {found.current}.", True
