"""Stage 6: what the role may do."""

from typing import Any

import asyncpg

QUESTION = """
SELECT current_user::text AS role,
       current_database()::text AS name,
       current_schema()::text AS schema,
       coalesce((SELECT rolsuper FROM pg_roles WHERE rolname = current_user), false) AS superuser,
       has_database_privilege(current_database(), 'CONNECT') AS connect,
       coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS "create"
"""


async def privileges(session: asyncpg.Connection) -> dict[str, Any]:
    """The role, its schema (None where its search path leads to none), and what it may do."""
    return dict(await session.fetchrow(QUESTION))


def message(found: dict[str, Any]) -> tuple[str, bool]:
    """What there is to say, and whether all is well."""
    role, schema = found["role"], found["schema"]
    if found["superuser"]:
        return f"{role} is a superuser: whoever takes over the application owns the server.", False
    if schema is None:
        return f"{role} may connect; its search_path leads to no schema.", True
    may = "may connect and create" if found["create"] else "may connect, but create nothing"
    return f"{role} {may} in the schema {schema}.", True
