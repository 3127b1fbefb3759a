"""Waiting for a synchronous standby: a release that it has applied is lost with no primary."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.releases.errors import ReleaseUnconfirmed

# Roles without pg_read_all_stats see that a standby is there, and not of which kind: then the server's word has to do.
_STANDBYS = text(
    "SELECT current_setting('synchronous_standby_names') AS named, "
    "count(*) FILTER (WHERE sync_state IN ('sync', 'quorum') AND state = 'streaming') AS streaming, "
    "count(*) FILTER (WHERE sync_state IS NULL) AS unseen FROM pg_stat_replication"
)
_APPLIED = text("SET LOCAL synchronous_commit = 'remote_apply'")


async def require_synchronous(session: AsyncSession) -> None:
    """Has the transaction's commit wait until a synchronous standby has applied it.

    Args:
        session: of the primary, in a transaction.

    Raises:
        ReleaseUnconfirmed: no such standby is there; nothing was written.
    """
    found = (await session.execute(_STANDBYS)).one()
    if not found.named:
        message = "The server waits for no standby: synchronous_standby_names is empty."
        raise ReleaseUnconfirmed(message, fix="Name the standbys there, or set releases.synchronous to false.")
    if not found.streaming and not found.unseen:
        message = f"No synchronous standby streams; the server waits for {found.named!r}."
        raise ReleaseUnconfirmed(message, fix="Start the standby; a release is made when it has caught up.")
    await session.execute(_APPLIED)


def unconfirmed() -> ReleaseUnconfirmed:
    """The error of a commit that no standby acknowledged in time."""
    message = "The primary has written the release, and no synchronous standby has acknowledged it in time."
    fix = "See to the standby, then look at `assay release list`: it may be in force, and is lost if the primary is."
    return ReleaseUnconfirmed(message, fix=fix)
