"""A PostgreSQL of our own, for a machine that has none: it starts with us, and ends with us however we end.

.assay/postgres.lock         held by the process that owns the server, as long as it lives
.assay/postgres/             or the folder that .assay/postgres.location names
    password                 of the superuser `assay`; readable by its owner alone
    server.log               of the last start
    data/                    PostgreSQL's own
"""

from app.database.embedded.server import EmbeddedServer, start

__all__ = ["EmbeddedServer", "start"]
