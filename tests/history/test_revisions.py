import subprocess
import sys

from app.history.store import schema
from app.history.store.revisions import VERSION_TABLE, revision_ids


def test_they_are_those_that_alembic_finds() -> None:
    assert revision_ids() == tuple(one.id for one in schema.revisions())
    assert len(revision_ids()) >= 1


def test_the_table_is_the_one_that_migrations_write() -> None:
    assert VERSION_TABLE == schema.VERSION_TABLE


def test_they_cost_no_alembic() -> None:
    script = "import sys, app.history.store.revisions as r; r.revision_ids(); print(*sys.modules)"
    asked = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"sqlalchemy", "alembic"} & set(asked.stdout.split())
