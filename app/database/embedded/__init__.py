"""A PostgreSQL of our own, for a machine that has none: it ends with the last process that uses it, however that ends.

.assay/postgres.lock         held by the process that starts, joins or leaves the server at this moment
.assay/postgres.holders      a named pipe: every process that uses the server holds its writing end
.assay/postgres/             or the folder that .assay/postgres.location names
    password                 of the superuser `assay`; readable by its owner alone
    server.log               of the last start
    data/                    PostgreSQL's own
"""

from app.database.embedded.server import EmbeddedServer, start
from app.database.embedded.supervisor import Restarts, SupervisedServer

__all__ = ["EmbeddedServer", "Restarts", "SupervisedServer", "start"]
