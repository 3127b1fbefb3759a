"""What was recorded, as people ask for it.

Lists are paged by the position of their last entry, so that what is recorded meanwhile moves nothing.
"""

from app.history.store.queries.comparison import LeafRow, compared
from app.history.store.queries.key_history import key_changes
from app.history.store.queries.listing import last_changes, probes, snapshots
from app.history.store.queries.lookup import leaves_of, snapshot
from app.history.store.queries.paging import LONGEST

__all__ = [
    "LONGEST",
    "LeafRow",
    "compared",
    "key_changes",
    "last_changes",
    "leaves_of",
    "probes",
    "snapshot",
    "snapshots",
]
